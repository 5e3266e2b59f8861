// A batch of messages, each read or not to be believed → what is made of each, in their order, and where the cases then stand. Pure: what the store
// knows comes in, rows and notices to issue come out.
import type { AgencyMessageRow, EarlierMessage, KeptMessage, Repeat } from '../store/agency-messages.ts';
import type { CaseChange, CaseDossier } from '../store/cases.ts';
import { caseAtReception, caseStates, judgeStep } from './case-steps.ts';
import type { CaseFacts, Earlier, Judgement } from './case-steps.ts';
import type { AgencyMessage, Said } from './message.ts';

export interface Arrived {
  readonly position: number | null;
  /** SHA-256 of the octets. */
  readonly digest: string;
  readonly body: Buffer;
  /** A text: why it is not believed. */
  readonly read: AgencyMessage | string;
}

/** Where a batch comes from. */
export interface Origin {
  readonly backend: string;
  readonly lane: string;
  readonly receivedAt: Date;
  readonly trustDigest: string;
  readonly factsId: string;
}

/** What the store knows that bears on a batch. */
export interface Known {
  readonly ids: readonly string[];
  /** By the dossier's digest. */
  readonly cases: ReadonlyMap<string, CaseDossier>;
  readonly earlier: readonly EarlierMessage[];
  /** Sense → message. */
  readonly notices: ReadonlyMap<string, string>;
  /** Digest → what was made of the octets before, the first first. */
  readonly kept: ReadonlyMap<string, readonly KeptMessage[]>;
  /** Messages of which one repeat is written down. */
  readonly repeated: ReadonlySet<string>;
  /** Agencies that are not this backend's. */
  readonly foreign: ReadonlySet<string>;
}

export interface JudgedMessage {
  readonly row: AgencyMessageRow;
  /** Undefined when it is rejected. */
  readonly believed: Believed | undefined;
}

export interface Believed {
  readonly message: AgencyMessage;
  /** Undefined for a notice to a unit. */
  readonly dossier: CaseDossier | undefined;
  /** It is news for the sender, or the unit: a notice or result is to be issued where its kind has one. */
  readonly isTold: boolean;
  readonly octets: Buffer;
}

export interface JudgedBatch {
  /** Those that are written down. */
  readonly judged: readonly JudgedMessage[];
  /** Those that are only counted. */
  readonly repeats: readonly Repeat[];
  readonly changes: readonly Omit<CaseChange, 'notices'>[];
}

interface Standing {
  readonly dossier: CaseDossier;
  facts: CaseFacts;
  changedAt: Date | null;
  messages: number;
  readonly earlier: Earlier[];
}

/** In the column `reason`, beside those of `case-steps.ts` and the codes of findings. */
const DOSSIER_UNKNOWN = 'DOSSIER_UNKNOWN';
const NUMBER_MISMATCH = 'NUMBER_MISMATCH';
const BACKEND_MISMATCH = 'BACKEND_MISMATCH';
const AGENCY_MISMATCH = 'AGENCY_MISMATCH';

/** What is not believed because of what the store knows by then, not because of its octets. */
export const outsideReasons: ReadonlySet<string> = new Set([DOSSIER_UNKNOWN, NUMBER_MISMATCH, BACKEND_MISMATCH, AGENCY_MISMATCH]);

export function judgeBatch(arrived: readonly Arrived[], origin: Origin, known: Known): JudgedBatch {
  const standings = new Map<string, Standing>();
  const kept = new Map(known.kept);
  const notices = new Map(known.notices);
  const repeated = new Set(known.repeated);
  const repeats: Repeat[] = [];
  const judged = arrived.flatMap((message, index): JudgedMessage[] => {
    const id = known.ids[index] ?? '';
    const judge = judgeOne(message, origin, known, { standings, notices, id });
    const before = kept.get(message.digest) ?? [];
    const countedOn = countOn(judge, before, repeated);
    if (countedOn !== undefined) {
      repeats.push({ messageId: countedOn, position: message.position });
      return [];
    }
    const standing = judge.believed?.dossier && standings.get(judge.believed.dossier.submissionId);
    if (standing !== undefined) standing.messages += 1;
    const { trustDigest, factsId } = origin;
    const row = rowOf(message, origin, id, judge, before.find(({ hasOctets }) => hasOctets)?.id);
    kept.set(message.digest, [...before, { id, digest: message.digest, verdict: judge.verdict, reason: judge.reason, trustDigest, factsId, hasOctets: row.body !== null }]);
    if (judge.verdict === 'repeated' && judge.firstId !== null) repeated.add(judge.firstId);
    return [{ row, believed: judge.believed }];
  });
  return { judged, repeats, changes: [...standings.values()].filter(({ messages, dossier }) => messages > dossier.messages).map(changeOf) };
}

/**
 * What is said again says nothing new: a first repeat of what was believed is a row, and so are the octets of what was not, or contradicts; whatever repeats
 * these once more is counted on the first, so that no backend that says the same for ever fills the store.
 */
function countOn({ verdict, reason, firstId }: OneJudgement, before: readonly KeptMessage[], repeated: ReadonlySet<string>): string | undefined {
  if (verdict === 'repeated' && firstId !== null && repeated.has(firstId)) return firstId;
  return verdict === 'taken' || verdict === 'late' ? undefined : before.find((other) => other.verdict === verdict && other.reason === reason)?.id;
}

function rowOf(message: Arrived, { backend, receivedAt, trustDigest, factsId }: Origin, id: string, { verdict, reason, firstId, believed }: OneJudgement, octetsOf: string | undefined): AgencyMessageRow {
  const { position, digest, body, read } = message;
  const mayLeaveOut = octetsOf !== undefined && (firstId === octetsOf || verdict === 'rejected');
  return {
    id, backend, position, digest, body: mayLeaveOut ? null : body, receivedAt, trustDigest, verdict, reason,
    firstId: mayLeaveOut ? octetsOf : firstId,
    kind: typeof read === 'string' ? null : read.said.kind,
    submissionId: believed?.dossier?.submissionId ?? null,
    number: believed?.message.about.number ?? null,
    sense: believed?.message.sense ?? null,
    saidAt: typeof read === 'string' ? null : read.about.at,
    factsId,
  };
}

interface OneJudgement {
  readonly verdict: AgencyMessageRow['verdict'];
  readonly reason: string | null;
  readonly firstId: string | null;
  readonly believed: Believed | undefined;
}

interface SoFar {
  readonly standings: Map<string, Standing>;
  readonly notices: Map<string, string>;
  readonly id: string;
}

const rejected = (reason: string): OneJudgement => ({ verdict: 'rejected', reason, firstId: null, believed: undefined });

function judgeOne({ read, body, digest }: Arrived, origin: Origin, known: Known, soFar: SoFar): OneJudgement {
  if (typeof read === 'string') return rejected(read);
  if (read.said.kind === 'notice') return judgeNotice(read, body, known, soFar);
  const dossier = known.cases.get(read.about.digest);
  if (dossier === undefined) return rejected(DOSSIER_UNKNOWN);
  if (dossier.number !== read.about.dossierNumber || dossier.transactionCode !== read.about.transactionCode) return rejected(NUMBER_MISMATCH);
  if (dossier.lane !== origin.lane) return rejected(BACKEND_MISMATCH);
  if (dossier.agency !== read.about.agency) return rejected(AGENCY_MISMATCH);
  const standing = standingOf(dossier, known, soFar.standings);
  const judgement = dossier.answeredBefore === digest ? { ...repeatedBefore, after: standing.facts } : judgeStep(standing.facts, standing.earlier, read, origin.receivedAt);
  const { verdict, reason, firstId, after } = judgement;
  const { kind } = read.said;
  if (verdict === 'taken' || verdict === 'late') standing.earlier.push({ id: soFar.id, kind, number: read.about.number ?? null, sense: read.sense });
  if (verdict === 'taken') standing.changedAt = origin.receivedAt;
  standing.facts = after;
  return { verdict, reason, firstId, believed: { message: read, dossier, octets: body, isTold: isTold(judgement, read.said) } };
}

const repeatedBefore = { verdict: 'repeated', reason: 'SAME', firstId: null } as const;

/** What came late is told where it is no promise that was overtaken: the slip's appointment, a step. */
export function isTold({ verdict }: Pick<Judgement, 'verdict'>, { kind }: Pick<Said, 'kind'>): boolean {
  return verdict === 'taken' || (verdict === 'late' && (kind === 'slip' || kind === 'step'));
}

/** The agency may correct a notice by another: only the same one again is a repeat. */
function judgeNotice(message: AgencyMessage, octets: Buffer, { foreign }: Known, { notices, id }: SoFar): OneJudgement {
  if (foreign.has(message.about.agency)) return rejected(BACKEND_MISMATCH);
  const same = notices.get(message.sense);
  if (same === undefined) notices.set(message.sense, id);
  const believed = { message, dossier: undefined, octets, isTold: same === undefined };
  return same === undefined ? { verdict: 'taken', reason: null, firstId: null, believed } : { verdict: 'repeated', reason: 'SAME', firstId: same, believed };
}

function standingOf(dossier: CaseDossier, known: Known, standings: Map<string, Standing>): Standing {
  const { submissionId, standing, messages } = dossier;
  const found = standings.get(submissionId);
  if (found !== undefined) return found;
  const earlier = known.earlier.filter((message) => message.submissionId === submissionId) as (EarlierMessage & Earlier)[];
  const made: Standing = { dossier, facts: standing === null ? caseAtReception : factsOf(standing), changedAt: standing?.changedAt ?? null, messages, earlier: [...earlier] };
  standings.set(submissionId, made);
  return made;
}

export function factsOf({ state, stateNumber, slipDueAt, promisedAt, apologies, step, supplementUntil }: NonNullable<CaseDossier['standing']>): CaseFacts {
  const known = caseStates.find((name) => name === state);
  if (known === undefined) throw new Error(`there is no state ${state}`);
  return { state: known, stateNumber, slipDueAt, promisedAt, apologies, step: step as CaseFacts['step'], supplementUntil };
}

function changeOf({ dossier, facts, changedAt, messages }: Standing): Omit<CaseChange, 'notices'> {
  return { submissionId: dossier.submissionId, ...facts, changedAt, messagesBefore: dossier.messages, messages };
}
