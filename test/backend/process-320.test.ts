// Guarantee: process 320 runs its 60 working days on a virtual clock exactly by the calendar (2017-01-03 → 04/01, 07/02, 03/4, 04/4/2017), every
// hand-over confirmed, every faulty book with its Mẫu 02, every C02-TS answered in two days, every blank accounted for, every paper valid; and a
// program killed anywhere on the way loses and repeats nothing.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { VirtualClock } from '../../src/development/virtual-clock.ts';
import { formatDay } from '../../src/standard/time.ts';
import { checkDocument, documentsOf, readFeed, textAt } from './feed.ts';
import type { Message } from './feed.ts';
import { bookLines, call, makeBookDossier, makeSite, put, sha256, signedReceipt } from './support.ts';
import type { BookFiling, Site } from './support.ts';

const START = new Date('2017-01-03T02:30:00Z');
const END = new Date('2017-04-04T16:00:00Z');

let site: Site;
let clock: VirtualClock;
let backend: Backend;

/** What the case's view says, as JSON. */
interface View {
  readonly number: string;
  readonly state: string;
  readonly dueAt: string;
  readonly steps: readonly { readonly room: string; readonly receivedAt: string; readonly dueAt: string; readonly returnedAt: string }[];
  readonly handOvers: readonly { readonly fromRoom: string; readonly toRoom: string; readonly givenBy: string; readonly takenBy: string; readonly checksum: string | null }[];
  readonly documents: readonly { readonly position: number; readonly kind: string; readonly copies: number; readonly sha256: string }[];
  readonly tasks: readonly { readonly toRoom: string; readonly askedAt: string; readonly dueAt: string; readonly answeredAt: string }[];
  readonly books: readonly { readonly state: string; readonly kind: string; readonly content: { readonly slip: string | null; readonly decision: { readonly branch: string } | null; readonly blanks: readonly string[]; readonly cuts: readonly { readonly code: string }[] } }[];
  readonly bookEvents: readonly { readonly line: number; readonly event: string; readonly blank: string | null }[];
  readonly history: readonly { readonly at: string; readonly room: string; readonly officer: string; readonly action: string }[];
  readonly parcel: { readonly tracking: string; readonly books: number };
}

async function file(filing: BookFiling): Promise<string> {
  const dossier = await makeBookDossier(site.signers, filing);
  const digest = sha256(dossier);
  const receipt = await signedReceipt(site.signers, dossier);
  expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 202 });
  return digest;
}

const viewOf = async (digest: string): Promise<View> => (await call(site, backend, { path: `/cases/${digest}` })).json as View;
const days = (instants: readonly string[]): string[] => instants.map((instant) => formatDay(new Date(instant)));

beforeAll(async () => {
  site = await makeSite(START);
  clock = createVirtualClock(START);
  backend = await site.start({ pace: 'calendar' }, clock.now);
  clock.join({ nextDue: () => backend.nextDue(), work: () => backend.work() });
});

afterAll(() => site.end());

describe('forty books', () => {
  let digest: string;
  let view: View;
  let messages: Message[];

  beforeAll(async () => {
    digest = await file({ books: bookLines(40) });
    await clock.advanceTo(END);
    view = await viewOf(digest);
    messages = (await readFeed(site, backend)).filter(({ fields }) => textAt(fields, 'SHA256') === digest);
  });

  test('are due, room by room, on the days of the calendar, and done by then', () => {
    expect(view.number).toBe('320/0001/SO');
    expect(view.steps.map(({ room }) => room)).toEqual(['TNHS', 'THU', 'SO_THE', 'TNHS']);
    expect(days(view.steps.map(({ dueAt }) => dueAt))).toEqual(['04/01/2017', '07/02/2017', '03/04/2017', '04/04/2017']);
    expect(view.steps.every(({ dueAt, returnedAt }) => returnedAt <= dueAt)).toBe(true);
    expect(days(view.steps.map(({ returnedAt }) => returnedAt))).toEqual(['04/01/2017', '07/02/2017', '03/04/2017', '04/04/2017']);
  });

  test('are told about in one slip, each step begun and ended, and one result', () => {
    expect(messages.map(({ kind, fields }) => [kind, textAt(fields, 'SO_THUTU'), textAt(fields, 'SO_BUOC'), textAt(fields, 'TRA_LUC') === '']).slice(1, -1)).toEqual(
      ['1', '1', '2', '2', '3', '3', '4', '4'].map((step, index) => ['BUOC_XULY', String(index + 2), step, index % 2 === 0]),
    );
    const [slip, result] = [messages[0]?.fields, messages.at(-1)?.fields];
    expect([textAt(slip, 'SO_NGAY'), textAt(slip, 'TRA_LUC').slice(0, 10)]).toEqual(['60', '2017-04-04']);
    expect(textAt(result, 'KQUA')).toBe('Đã giải quyết hồ sơ 320/0001/SO: 29 sổ được xác nhận và in tờ rời, 11 sổ trả lại kèm Mẫu 02. Trả qua bưu điện, bưu gửi RR000000014VN.');
  });

  test('are handed over by one officer and taken by another, the data file by its checksum', () => {
    expect(view.handOvers.map(({ fromRoom, toRoom }) => `${fromRoom}→${toRoom}`)).toEqual(['TNHS→THU', 'THU→SO_THE', 'SO_THE→TNHS']);
    for (const { givenBy, takenBy } of view.handOvers) expect(givenBy).not.toBe(takenBy);
    const data = view.documents.find(({ kind }) => kind === 'M01a-320');
    expect(view.handOvers[1]?.checksum).toBe(data?.sha256);
    expect(view.history.some(({ action }) => action === `Nhận bàn giao, mã kiểm tra tệp dữ liệu khớp (${data?.sha256.slice(0, 12) ?? ''})`)).toBe(true);
  });

  test('with faults have a Mẫu 02 each and go back unprocessed; the others are printed', () => {
    const slips = view.books.flatMap(({ content }) => content.slip ?? []);
    expect(slips).toHaveLength(view.documents.filter(({ kind }) => kind === 'M02-320').length);
    expect(new Set(slips).size).toBe(slips.length);
    for (const { content } of view.books) expect((content.slip === null) === (content.decision !== null)).toBe(true);
    expect(new Set(view.books.map(({ content }) => content.decision?.branch))).toEqual(new Set(['cover', 'a', 'b', 'c', undefined]));
    expect(new Set(view.books.flatMap(({ content }) => content.cuts.map(({ code }) => code)))).toEqual(new Set(['CT', 'TT']));
  });

  test('that do not agree are asked about by C02-TS, of both rooms, and answered in two working days', () => {
    expect(new Set(view.tasks.map(({ toRoom }) => toRoom))).toEqual(new Set(['THU', 'CHE_DO']));
    expect(new Set(days(view.tasks.flatMap(({ askedAt, dueAt, answeredAt }) => [askedAt, dueAt, answeredAt])))).toEqual(new Set(['21/02/2017', '23/02/2017']));
    for (const { dueAt, answeredAt } of view.tasks) expect(answeredAt <= dueAt).toBe(true);
    expect(view.documents.filter(({ kind }) => kind === 'C02-TS')).toHaveLength(2 * view.tasks.length);
  });

  test('of the old kinds are withdrawn, punched, archived and reissued on a blank, and every blank is used once', () => {
    const eventsOf = (line: number): string[] => view.bookEvents.filter((event) => event.line === line).map(({ event }) => event);
    for (const [index, { content }] of view.books.entries()) {
      const { decision } = content;
      const old = decision !== null && decision.branch !== 'cover';
      const expected = old ? ['withdrawn', ...(decision.branch === 'c' ? ['leaves-withdrawn'] : []), 'punched', 'archived', 'reissued'] : [];
      expect(eventsOf(index + 1).filter((event) => event !== 'printed')).toEqual(expected);
    }
    const blanks = view.bookEvents.flatMap(({ blank }) => blank ?? []);
    expect(new Set(blanks).size).toBe(blanks.length);
    expect(view.books.flatMap(({ content }) => content.blanks).toSorted()).toEqual(blanks.toSorted());
  });

  test('bring papers that are all signed by the agency and valid, in as many copies as the notice says', async () => {
    for (const { position, kind } of view.documents) checkDocument(site, kind, (await call(site, backend, { path: `/cases/${digest}/documents/${position}` })).body);
    const copies = new Map(view.documents.map(({ kind, copies: count }) => [kind, count]));
    expect([copies.get('PGNHS-320'), copies.get('BBGN-320'), copies.get('C06-TS')]).toEqual([2, 2, 2]);
    const given = documentsOf(site, messages.at(-1)?.fields ?? {}).map(({ kind }) => kind);
    expect(given).toEqual([...Array<string>(11).fill('M02-320'), 'BBGN-320', 'PGNHS-320', '03-TB-TS']);
  });

  test('are asked about in another province by letter, which its agency answers', () => {
    const actions = view.history.map(({ action }) => action).join('\n');
    expect(actions).toMatch(/Công văn 1\/CV-BHXH đề nghị cơ quan cấp sổ tỉnh khác xác minh/);
    expect(actions).toMatch(/trả lời công văn 1\/CV-BHXH/);
  });

  test('are returned by post with a tracking number', () => {
    expect(view.parcel).toMatchObject({ tracking: 'RR000000014VN', books: 40 });
    expect(view.books.every(({ state }) => state === 'returned')).toBe(true);
  });
});

test('while the months go by every unit gets its C12-TS and every agent its list, and who has them is known', async () => {
  const notices = (await readFeed(site, backend)).filter(({ kind }) => kind === 'THONGBAO_XULY');
  expect(notices.map(({ fields }) => [textAt(fields, 'LOAI'), textAt(fields, 'MA_DVI'), textAt(fields, 'KY'), textAt(fields, 'THOIDIEM').slice(0, 16)])).toEqual([
    ['C12-TS', 'TZ0001L', '01/2017', '2017-02-02T08:00'], ['D08a-TS', 'DL07906', '02/2017', '2017-02-02T08:00'],
    ['C12-TS', 'TZ0001L', '02/2017', '2017-03-01T08:00'], ['D08a-TS', 'DL07906', '03/2017', '2017-03-01T08:00'],
    ['C12-TS', 'TZ0001L', '03/2017', '2017-04-03T08:00'], ['D08a-TS', 'DL07906', '04/2017', '2017-04-03T08:00'],
  ]);
  for (const { fields } of notices) checkDocument(site, textAt(fields, 'LOAI'), Buffer.from(textAt(fields, 'VANBAN'), 'base64'));
  const report = (digest: string, what: string, at: string): Promise<unknown> => call(site, backend, { method: 'POST', path: `/notices/${digest}/${what}`, body: JSON.stringify({ at }) }).then(({ status, json }) => ({ status, json }));
  const digest = notices[0]?.digest ?? '';
  expect(await report(digest, 'delivered', '2017-02-02T08:05:00.000+07:00')).toMatchObject({ status: 200, json: { deliveredAt: '2017-02-02T01:05:00.000Z', openedAt: null } });
  expect(await report(digest, 'opened', '2017-02-03T09:00:00.000+07:00')).toMatchObject({ json: { deliveredAt: '2017-02-02T01:05:00.000Z', openedAt: '2017-02-03T02:00:00.000Z' } });
  expect(await report(digest, 'opened', '2017-02-04T09:00:00.000+07:00')).toMatchObject({ json: { openedAt: '2017-02-03T02:00:00.000Z' } });
  expect(await report(sha256('nothing'), 'delivered', '2017-02-02T08:05:00.000+07:00')).toMatchObject({ status: 404 });
  expect(await report(digest, 'opened', 'yesterday')).toMatchObject({ status: 422, json: { error: 'report-malformed' } });
  const { json } = await call(site, backend, { path: '/notices' });
  expect((json as { notices: { openedAt: string | null }[] }).notices.filter(({ openedAt }) => openedAt === null)).toHaveLength(5);
});

test('what does not agree with Form 01 is asked for within a day, and the list filed anew goes on under the same number', async () => {
  const first = await file({ books: bookLines(3), told: { SoSo: 4 }, withoutD02: true });
  await clock.advanceTo(new Date(clock.now().getTime() + 2 * 86_400_000));
  const mine = async (): Promise<Message[]> => (await readFeed(site, backend)).filter(({ fields }) => textAt(fields, 'SHA256') === first);
  const asked = (await mine()).at(-1);
  expect([asked?.kind, asked?.fields['MUC']]).toEqual(['BOSUNG_XULY', [expect.objectContaining({ TEP: 'D02-TS' }), expect.objectContaining({ LYDO: 'Mẫu 01 ghi 4, kiểm đếm được 3' })]]);
  const dossier = await makeBookDossier(site.signers, { books: bookLines(3) });
  const receipt = await signedReceipt(site.signers, dossier);
  const body = JSON.stringify({ receipt: receipt.toString('base64'), dossier: dossier.toString('base64'), supplements: first });
  expect(await put(site, backend, sha256(dossier), dossier, receipt, { body })).toMatchObject({ status: 202 });
  await clock.advanceTo(new Date(clock.now().getTime() + 120 * 86_400_000));
  expect(await viewOf(first)).toMatchObject({ number: '320/0002/SO', state: 'decided', supplements: 1, books: [{}, {}, {}] });
  expect((await mine()).map(({ kind }) => kind).filter((kind) => kind === 'KETQUA_XULY')).toHaveLength(1);
});

test('a program stopped between any two moves goes on where it was', async () => {
  const digest = await file({ books: bookLines(5) });
  const limit = new Date(clock.now().getTime() + 120 * 86_400_000);
  for (let moves = 0; (await viewOf(digest)).state !== 'decided'; moves += 1) {
    expect(moves).toBeLessThan(60);
    await backend.stop();
    backend = await site.start({ pace: 'calendar' }, clock.now);
    await clock.advanceToNext(limit);
  }
  const mine = (await readFeed(site, backend)).filter(({ fields }) => textAt(fields, 'SHA256') === digest);
  expect(mine.map(({ fields }) => Number(textAt(fields, 'SO_THUTU')))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const { documents } = await viewOf(digest);
  expect(documents.filter(({ kind }) => kind === 'PGNHS-320')).toHaveLength(2);
});
