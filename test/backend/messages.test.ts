// Guarantee: everything the agency says stands in its feed, once, without a gap, signed and valid; a dossier passes its rooms with hand-overs
// confirmed by both, is returned by software when it must be, waits for what it lacks, and ends with one result.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { planOf, readyAt } from '../../src/backend/plan.ts';
import type { Backend } from '../../src/backend/server.ts';
import { loadWorkflows } from '../../src/backend/workflow.ts';
import { works } from '../../src/backend/works.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { documentsOf, page, readFeed, rows, textAt } from './feed.ts';
import type { Message } from './feed.ts';
import { call, makeDossier, makeSite, put, sha256, signedReceipt } from './support.ts';
import type { Row, Site } from './support.ts';

let site: Site;
let backend: Backend;
let read = 0;

beforeAll(async () => {
  site = await makeSite();
  backend = await site.start();
});

afterAll(() => site.end());

const pass = (ms: number): void => { site.time = new Date(site.time.getTime() + ms); };

async function news(): Promise<Message[]> {
  await backend.work();
  const messages = await readFeed(site, backend, read);
  read = messages.at(-1)?.position ?? read;
  return messages.filter(({ kind }) => kind !== 'THONGBAO_XULY'); // monthly ones: the clock of this site runs on
}

async function file(people: readonly Row[] | undefined, procedure = '600', supplements?: string): Promise<string> {
  const dossier = await makeDossier(site.pki, people, procedure);
  const digest = sha256(dossier);
  const receipt = await signedReceipt(site.pki, dossier);
  const body = JSON.stringify({ receipt: receipt.toString('base64'), dossier: dossier.toString('base64'), supplements });
  expect(await put(site, backend, digest, dossier, receipt, { body })).toMatchObject({ status: 202 });
  return digest;
}

const kindsOf = (messages: readonly Message[]): string[] => messages.map(({ kind }) => kind);

describe('a dossier of procedure 600', () => {
  test('is received with a slip, passes its rooms, and comes back with a signed notice', async () => {
    const receivedAt = site.time;
    const digest = await file([{ HoTen: 'Nguyễn Văn Thử', MasoBHXH: '0100000001' }]);
    const [slip, ...early] = await news();
    expect([slip?.kind, kindsOf(early)]).toEqual(['TIEPNHAN_XULY', []]);
    expect(slip?.fields).toMatchObject({ SHA256: digest, SO_HSO: '00001/2026/01903', SO_THUTU: '1', SO_NGAY: '5', NHAN_LUC: formatInstant(receivedAt) });
    pass(2_000);
    const later = await news();
    expect(later.map(({ kind, fields }) => [kind, fields['SO_THUTU']])).toEqual([['BUOC_XULY', '2'], ['BUOC_XULY', '3'], ['KETQUA_XULY', '4']]);
    const [first, , result] = later;
    expect(rows(first?.fields ?? {}, 'LICHSU').map((row) => row['HANHDONG'])).toEqual([
      'Kiểm tra tự động trên cơ sở dữ liệu: không có người phải trả lại', 'Kiểm tra thành phần hồ sơ: đủ', 'Cập nhật dữ liệu thu, trình lãnh đạo phê duyệt', expect.stringMatching(/^Bàn giao cho Bộ phận Tiếp nhận/),
    ]);
    expect(result?.fields).toMatchObject({ MA_KQUA: '200', KQUA: 'Đã giải quyết: 1 người lao động.' });
    expect(documentsOf(site, result?.fields ?? {}).map(({ kind }) => kind)).toEqual(['03-TB-TS']);
  });

  test('shows its hand-over with both sides', async () => {
    const digest = await file([{ HoTen: 'B', MasoBHXH: '0100000002' }]);
    pass(2_000);
    await news();
    const { json } = await call(site, backend, { path: `/cases/${digest}` });
    expect(json).toMatchObject({ state: 'decided', handOvers: [{ fromRoom: 'THU', toRoom: 'TNHS', givenBy: expect.any(String), takenBy: expect.any(String) }], steps: [{ room: 'THU' }, { room: 'TNHS' }] });
  });

  test.each([['7999000001', 'đang tham gia BHXH bắt buộc tại đơn vị khác'], ['7999000011', 'đang hưởng trợ cấp thất nghiệp'], ['7999000021', 'đang hưởng lương hưu']])('with %s is returned at once: %s', async (number, because) => {
    await file([{ HoTen: 'A', MasoBHXH: '0100000003' }, { HoTen: 'B', MasoBHXH: number }]);
    const messages = await news();
    expect(kindsOf(messages)).toEqual(['TIEPNHAN_XULY', 'BUOC_XULY', 'KETQUA_XULY']);
    const result = messages[2]?.fields;
    expect(result?.['MA_KQUA']).toBe('GW-TC03');
    expect(result?.['KQUA']).toContain(`dòng 2 ${because}`);
    expect(result?.['KQUA']).toContain('liên hệ cơ quan BHXH');
  });

  test('who leaves may be known anywhere', async () => {
    await file([{ HoTen: 'B', MasoBHXH: '7999000001', PA: 'GH' }]);
    pass(2_000);
    expect((await news()).at(-1)?.fields['MA_KQUA']).toBe('200');
  });

  test('with somebody who pays by himself is taken, and refunded to the account in the note', async () => {
    await file([{ HoTen: 'A', MasoBHXH: '7999000031', Ghichu: 'STK 0011223344 Ngân hàng Mẫu' }, { HoTen: 'B', MasoBHXH: '7999000041' }, { HoTen: 'C', MasoBHXH: '7999000061' }]);
    pass(2_000);
    const result = (await news()).at(-1)?.fields;
    expect(result?.['KQUA']).toBe(
      'Đã giải quyết: 3 người lao động. Dòng 1 đang tham gia BHXH tự nguyện: lập danh sách hoàn trả C16-TS, hoàn trả vào tài khoản đã ghi. ' +
      'Dòng 2 đang tham gia BHYT tự đóng: lập danh sách hoàn trả C16-TS, chưa ghi số tài khoản, đề nghị bổ sung vào cột ghi chú. Dòng 3 có thẻ BHYT do ngân sách nhà nước đóng: giảm tự động và thu hồi thẻ.',
    );
  });
});

describe('a dossier that lacks something', () => {
  test('is asked for it, waits, and goes on with the dossier that supplements it; both get the result', async () => {
    const first = await file([{ HoTen: 'Chưa Có Số' }]);
    const asked = await news();
    expect(kindsOf(asked)).toEqual(['TIEPNHAN_XULY', 'BOSUNG_XULY']);
    expect(rows(asked[1]?.fields ?? {}, 'MUC')).toMatchObject([{ TEP: 'TK1-TS', LYDO: 'Người lao động chưa có mã số BHXH và số định danh' }]);
    pass(86_400_000);
    expect(await news()).toEqual([]);
    expect((await call(site, backend, { path: `/dossiers/${first}/result` })).status).toBe(202);
    const second = await file([{ HoTen: 'Đã Có Số', CMND: '001090000001' }], '600', first);
    pass(2_000);
    const rest = await news();
    expect(rest.map(({ kind, fields }) => [kind, fields['SHA256'] === first ? 'first' : 'second', fields['SO_THUTU']])).toEqual([
      ['TIEPNHAN_XULY', 'second', '1'], ['BUOC_XULY', 'first', '3'], ['BUOC_XULY', 'first', '4'], ['KETQUA_XULY', 'first', '5'], ['KETQUA_XULY', 'second', '2'],
    ]);
    for (const digest of [first, second]) expect((await call(site, backend, { path: `/dossiers/${digest}/result` })).status).toBe(200);
  });

  test('is returned when nothing comes in ten working days', async () => {
    await file([{ HoTen: 'Chưa Có Số' }]);
    const until = textAt((await news())[1]?.fields, 'HAN');
    site.time = new Date(until);
    expect((await news()).map(({ fields }) => fields['MA_KQUA'])).toEqual(['GW-TC04']);
  });

  test('and that nobody waits for, is a dossier of its own', async () => {
    const digest = await file([{ HoTen: 'A', MasoBHXH: '0100000009' }], '600', sha256('never seen'));
    pass(2_000);
    expect((await news()).every(({ fields }) => fields['SHA256'] === digest)).toBe(true);
  });
});

describe('the feed', () => {
  test('waits for news and gives them at once', async () => {
    const waiting = page(site, backend, `after=${read}&wait=20`);
    await file([{ HoTen: 'A', MasoBHXH: '0100000010' }]);
    expect((await waiting).messages.map(({ position }) => position)).toEqual([read + 1]);
    await news();
  });

  test('without news and without a wait is empty, and says where it ends', async () => {
    expect(await page(site, backend, `after=${read}`)).toEqual({ messages: [], end: read });
  });

  test('is given in pages', async () => {
    expect((await page(site, backend, 'after=1&limit=2')).messages.map(({ position }) => position)).toEqual([2, 3]);
  });

  test.each(['after=-1', 'after=x', 'limit=1001', 'wait=61'])('refuses %s', async (query) => {
    expect(await call(site, backend, { path: `/messages?${query}` })).toMatchObject({ status: 422, json: { error: 'query-malformed' } });
  });
});

describe('many at once', () => {
  test('two programs on one database share the work, and say everything once', async () => {
    const other = await site.start();
    const dossiers = await Promise.all(Array.from({ length: 20 }, (_, index) => makeDossier(site.pki, [{ HoTen: 'A', MasoBHXH: String(200_000_000 + index) }])));
    await Promise.all(dossiers.map(async (dossier, index) => put(site, index % 2 === 0 ? backend : other, sha256(dossier), dossier, await signedReceipt(site.pki, dossier))));
    pass(2_000);
    await Promise.all([backend.work(), other.work()]);
    const digests = dossiers.map(sha256);
    const said = (await news()).filter(({ fields }) => digests.includes(textAt(fields, 'SHA256')));
    for (const digest of digests) {
      expect(said.filter(({ fields }) => fields['SHA256'] === digest).map(({ kind, fields }) => `${kind} ${textAt(fields, 'SO_THUTU')}`)).toEqual(['TIEPNHAN_XULY 1', 'BUOC_XULY 2', 'BUOC_XULY 3', 'KETQUA_XULY 4']);
    }
    expect(said).toHaveLength(80);
    await other.stop();
  });
});

test('every procedure has a workflow of its term', () => {
  const { procedures } = loadStandard();
  const workflows = loadWorkflows(new Set(works.keys()));
  for (const [code, row] of procedures) {
    const { workflow, days } = workflows.of(code, row);
    expect([code, days, workflow.steps.reduce((sum, step) => sum + step.days, 0)]).toEqual([code, row.workingDays, row.workingDays]);
    const at = new Date('2026-11-20T02:00:00Z');
    const plan = planOf(workflow, days, at, { pace: { kind: 'calendar' }, calendar: loadStandard().calendar, slowness: 1 });
    expect(readyAt(plan).toISOString() <= (plan.dues.at(-1) ?? '')).toBe(true);
    expect(plan.moves.map((move) => move.at)).toEqual(plan.moves.map((move) => move.at).toSorted());
  }
});
