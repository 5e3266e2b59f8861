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

  test('STORY', () => {
    process.stderr.write(view.history.map(({ at, room, officer, action }) => `${at} ${room} ${officer}: ${action}\n`).join(''));
    process.stderr.write(messages.map(({ kind, fields }) => `${kind} ${textAt(fields, 'THOIDIEM')} ${textAt(fields, 'TEN_BUOC')} ${textAt(fields, 'KQUA')}\n`).join(''));
    process.stderr.write(JSON.stringify(view.books.map(({ state, kind, content }) => [kind, state, content.slip, content.decision?.branch, content.cuts.map(({ code }) => code).join()])));
    process.stderr.write(JSON.stringify(view.documents.map(({ kind }) => kind)));
  });
  test('documents', async () => {
    for (const { position, kind } of view.documents) checkDocument(site, kind, (await call(site, backend, { path: `/cases/${digest}/documents/${position}` })).body);
    expect(documentsOf(site, messages.at(-1)?.fields ?? {}).length).toBeGreaterThan(3);
    expect(days(view.steps.map(({ dueAt }) => dueAt))).toEqual([]);
  });
});
