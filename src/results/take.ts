// The map of results: a batch of an agency's messages is read and judged, what the sender is to have is signed, and all of it (messages, cases,
// notices, results, events, the cursor) is recorded in one transaction. Verifying and signing are done outside of it. Whether a process is killed, or
// two take the same batch, the store has each message once and each case is judged by all that came before.
import { setImmediate } from 'node:timers/promises';

import { Refusal, Unavailable } from '../errors/outcomes.ts';
import { readListed } from '../receipts/listed.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { Schemas } from '../standard/schema.ts';
import { findEarlierMessages, findForeignAgencies, findKeptOctets, findRepeated, findSameNotices, takeMessageIds } from '../store/agency-messages.ts';
import { findFacts, findNewestFactsId } from '../store/backend-facts.ts';
import type { RecordedFacts } from '../store/backend-facts.ts';
import { findCases } from '../store/cases.ts';
import type { Database, Query } from '../store/database.ts';
import { findReceipts } from '../store/submissions.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { judgeBatch, outsideReasons } from './judge.ts';
import type { Arrived, JudgedBatch, Known, Origin } from './judge.ts';
import { readMessage } from './message.ts';
import type { AgencyMessage, Reading } from './message.ts';
import { isNoticed, noticeXml, resultOf, sha256 } from './notices.ts';
import { recordBatch } from './record.ts';
import type { SignedBatch } from './record.ts';

export interface ResultSettings {
  readonly database: Database;
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly schemas: Schemas;
  readonly trust: () => TrustMaterial;
  /** What is owed is counted by. */
  readonly terms: ObligationTerms;
  /** Told of a message that cannot be judged now, so that what is missing may be fetched. */
  readonly missed: (error: Unavailable) => void;
}

/** Who says it. */
export interface Speaker {
  readonly backend: string;
  readonly lane: string;
}

export interface Incoming {
  /** In the backend's feed; null for what came another way. */
  readonly position: number | null;
  readonly body: Buffer;
}

export interface Taking {
  /** How many of them, from the first, are recorded. */
  readonly taken: number;
  /** Why the next could not be judged: nothing is skipped. */
  readonly blocked: Unavailable | undefined;
}

/** Runs first in the transaction; false gives everything up, because another is at it. `taken` is what of the batch is recorded. */
export type Hold = (query: Query, taken: number) => Promise<boolean>;

/** Each try of many at one case lets one through. */
const TRIES = 10;

/** Gives undefined when `hold` gave it up. */
export async function takeMessages(settings: ResultSettings, speaker: Speaker, incoming: readonly Incoming[], at: Date, hold: Hold): Promise<Taking | undefined> {
  for (let triesLeft = TRIES; triesLeft > 0; triesLeft -= 1) {
    const given = await findFacts(settings.database.query, speaker.backend);
    if (given === undefined) throw new Error(`nothing is recorded of what the backend ${speaker.backend} may sign with`);
    const taking = await takeUnder(settings, speaker, given, incoming, at, hold);
    if (taking !== 'replaced') return taking;
  }
  throw new Error(`what the backend ${speaker.backend} may sign with is changed again and again`);
}

/** replaced: other certificates may sign by now; the messages are to be read again. */
async function takeUnder(settings: ResultSettings, speaker: Speaker, given: RecordedFacts, incoming: readonly Incoming[], at: Date, hold: Hold): Promise<Taking | 'replaced' | undefined> {
  const trust = settings.trust();
  const before = await findKeptOctets(settings.database.query, speaker.backend, incoming.map(({ body }) => sha256(body)));
  // What was not believed is not by the same certificates and lists: it is answered from the first row, and costs no signature's verification.
  const disbelieved = new Map([...before.values()].flat().flatMap(({ digest, verdict, reason, trustDigest, factsId }) => (
    verdict === 'rejected' && reason !== null && !outsideReasons.has(reason) && trustDigest === trust.digest && factsId === given.id ? [[digest, reason] as const] : [])));
  const { arrived, blocked } = await readAll(settings, new Set(given.facts.answerSigners), incoming, disbelieved, trust, at);
  if (blocked !== undefined) settings.missed(blocked);
  if (arrived.length === 0) return { taken: 0, blocked };
  const origin: Origin = { backend: speaker.backend, lane: speaker.lane, receivedAt: at, trustDigest: trust.digest, factsId: given.id };
  let newest: string | undefined = given.id;
  const holdAll = async (query: Query): Promise<boolean> => {
    if (!(await hold(query, arrived.length))) return false;
    newest = await findNewestFactsId(query, speaker.backend);
    return newest === given.id;
  };
  for (let triesLeft = TRIES; triesLeft > 0; triesLeft -= 1) {
    const batch = judgeBatch(arrived, origin, await know(settings.database.query, speaker.backend, arrived));
    const signed = await signAll(settings, batch, at);
    const outcome = await recordBatch(settings.database, batch, signed, { origin, terms: settings.terms, hold: holdAll });
    if (outcome === 'recorded') return { taken: arrived.length, blocked };
    if (outcome === 'given-up') return newest === given.id ? undefined : 'replaced';
  }
  throw new Error('the cases of a batch are changed by another again and again');
}

/** Up to the first that cannot be judged now. The event loop is given back after each: intake goes on. */
async function readAll({ schemas }: ResultSettings, signers: ReadonlySet<string>, incoming: readonly Incoming[], disbelieved: Map<string, string>, trust: TrustMaterial, at: Date): Promise<{ readonly arrived: readonly Arrived[]; readonly blocked: Unavailable | undefined }> {
  const arrived: Arrived[] = [];
  for (const { position, body } of incoming) {
    const digest = sha256(body);
    const read = disbelieved.get(digest) ?? readOne(body, { schemas, trust, signers }, at);
    if (read instanceof Unavailable) return { arrived, blocked: read };
    if (typeof read === 'string') disbelieved.set(digest, read);
    arrived.push({ position, digest, body, read });
    await setImmediate();
  }
  return { arrived, blocked: undefined };
}

/** A text: why it is not believed. */
export function readOne(body: Buffer, reading: Reading, at: Date): AgencyMessage | Unavailable | string {
  try {
    return readMessage(body, reading, at);
  } catch (error) {
    if (error instanceof Unavailable) return error;
    if (error instanceof Refusal) return [...new Set(error.findings.map(({ code }) => code))].join(' ');
    throw error;
  }
}

async function know(query: Query, backend: string, arrived: readonly Arrived[]): Promise<Known> {
  const messages = arrived.flatMap(({ read }) => (typeof read === 'string' ? [] : [read]));
  const units = messages.filter(({ said }) => said.kind === 'notice');
  const cases = await findCases(query, [...new Set(messages.map(({ about }) => about.digest))]);
  const kept = await findKeptOctets(query, backend, arrived.map(({ digest }) => digest));
  const [ids, earlier, notices, foreign] = [
    await takeMessageIds(query, arrived.length),
    await findEarlierMessages(query, cases.map(({ submissionId }) => submissionId)),
    units.length === 0 ? [] : await findSameNotices(query, backend, units.map(({ sense }) => sense)),
    units.length === 0 ? new Set<string>() : await findForeignAgencies(query, backend, [...new Set(units.map(({ about }) => about.agency))]),
  ];
  const repeated = await findRepeated(query, [...new Set([...earlier, ...notices].map(({ id }) => id))]);
  return { ids, repeated, cases: new Map(cases.map((row) => [row.digest, row])), earlier, notices: new Map(notices.map(({ sense, id }) => [sense, id])), kept, foreign };
}

async function signAll({ database, issue, issuer }: ResultSettings, { judged }: JudgedBatch, at: Date): Promise<SignedBatch> {
  const told = judged.flatMap(({ row, believed }) => (believed?.isTold === true ? [{ id: row.id, ...believed }] : []));
  const noticed = told.filter(({ dossier, message }) => dossier !== undefined && isNoticed(message.said.kind));
  const receipts = await findReceipts(database.query, [...new Set(noticed.flatMap(({ dossier }) => (dossier === undefined ? [] : [dossier.submissionId])))]);
  const notices = new Map<string, { readonly form: string; readonly body: Buffer }>();
  const results = new Map<string, Buffer>();
  await Promise.all(told.map(async ({ id, message, dossier, octets }) => {
    if (message.said.kind === 'notice') notices.set(id, { form: message.said.form, body: message.said.text });
    if (dossier === undefined) return;
    if (message.said.kind === 'result') {
      results.set(id, await issue(resultOf(message, dossier, octets, at, issuer)));
      return;
    }
    const receipt = receipts.get(dossier.submissionId);
    const notice = receipt && noticeXml(message, dossier, readListed(receipt), at, issuer);
    if (notice !== undefined) notices.set(id, { form: notice.form, body: await issue(notice.xml) });
  }));
  return { notices, results };
}
