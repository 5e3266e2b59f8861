// The sender's line to a gateway. Every call is safe to repeat, so every call is repeated by itself until it is answered or patience ends; the bytes
// are never touched in between. Every signed answer has been checked by both engines and names the digest asked about; whose signature it is, is
// for `verifyMessage` to say.
import type { MessageKind } from '../receipts/read.ts';
import { parseInstant } from '../standard/time.ts';
import { dryRunOf, headerOf, isNonReceipt, pendingOf, problemOf, sealedMessage, stateOf } from './answers.ts';
import type { DossierState, DryRun } from './answers.ts';
import { readEvents } from './events.ts';
import { evidenceOf } from './evidence.ts';
import type { EvidenceAnswer } from './evidence.ts';
import type { EventOptions, SenderEvent } from './events.ts';
import { follow } from './follow.ts';
import type { FollowedState, FollowOptions } from './follow.ts';
import { awaitDecision, registrationOf, submittedRegistrationOf } from './registration.ts';
import type { AwaitOptions, RegistrationAnswer, SubmittedRegistration } from './registration.ts';
import { retryAfterOf, retryPolicy, withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { openTransport, SILENCE_MS } from './transport.ts';
import type { HttpAnswer, HttpRequest, TransportOptions } from './transport.ts';
import { digestOf } from './verify-message.ts';
import type { SealedMessage } from './verify-message.ts';

export type ConnectionOptions = TransportOptions & RetryOptions;

export interface SubmitOptions {
  /** The sender's own name for this dossier (Idempotency-Key): other bytes under it are a conflict. */
  readonly key?: string;
  /** SHA-256 of the dossier that the agency asked to be completed, and that these bytes complete (Ivan-Supplements). */
  readonly supplements?: string;
  readonly signal?: AbortSignal;
}

export interface Submission {
  readonly outcome: 'accepted' | 'refused' | 'conflict';
  /** SHA-256 of the bytes sent. */
  readonly digest: string;
  /** The signed receipt, refusal or conflict, byte for byte. */
  readonly receipt: Buffer;
  readonly message: SealedMessage;
  readonly httpStatus: number;
  /** The gateway had these bytes already and gave the receipt of that time. */
  readonly resent: boolean;
}

export type DossierStatus = KnownDossier | UnknownDossier;

export interface KnownDossier {
  readonly known: true;
  readonly state: DossierState;
  readonly transactionCode: string | undefined;
  readonly dossierNumber: string | undefined;
  readonly dueAt: Date | undefined;
  readonly receipt: Buffer;
  readonly message: SealedMessage;
}

export interface UnknownDossier {
  readonly known: false;
  /** The gateway's signed statement that it had received nothing with this digest by then. */
  readonly nonReceipt: Buffer;
  readonly message: SealedMessage;
}

export type ResultAnswer =
  | { readonly kind: 'result'; readonly result: Buffer; readonly message: SealedMessage }
  | { readonly kind: 'pending'; readonly state: DossierState; readonly dueAt: Date | undefined; readonly retryAfter: number | undefined }
  | { readonly kind: 'refused'; readonly state: 'refused' | 'conflict'; readonly receipt: Buffer; readonly message: SealedMessage }
  | { readonly kind: 'unknown'; readonly nonReceipt: Buffer; readonly message: SealedMessage };

export interface GatewayClient {
  readonly submit: (bytes: Buffer, options?: SubmitOptions) => Promise<Submission>;
  /** Judged and not filed. */
  readonly dryRun: (bytes: Buffer, options?: Pick<SubmitOptions, 'supplements' | 'signal'>) => Promise<DryRun>;
  readonly status: (digest: string, signal?: AbortSignal) => Promise<DossierStatus>;
  readonly result: (digest: string, signal?: AbortSignal) => Promise<ResultAnswer>;
  /** Everything that the gateway has of a dossier, for whoever checks it alone. */
  readonly evidence: (digest: string, signal?: AbortSignal) => Promise<EvidenceAnswer>;
  /** Every change of state until the result; through lost connections and "not now", for as long as it takes. */
  readonly follow: (digest: string, options?: FollowOptions) => AsyncGenerator<FollowedState, void>;
  /** What happened since, in order, none left out: of all the caller's dossiers, or of one. */
  readonly events: (options?: EventOptions) => AsyncGenerator<SenderEvent, void>;
  /** Sends form 04, 05 or 06, signed by both; as an I-VAN. */
  readonly register: (bytes: Buffer, signal?: AbortSignal) => Promise<SubmittedRegistration>;
  readonly registration: (digest: string, signal?: AbortSignal) => Promise<RegistrationAnswer>;
  /** The agency's notice, or the refusal, for as long as it takes. */
  readonly awaitDecision: (digest: string, options?: AwaitOptions) => Promise<Exclude<RegistrationAnswer, { kind: 'pending' }>>;
  readonly close: () => void;
}

/** Throws `ClientError` (URL, KEY_FILE); every call may throw `ClientError` or `GatewayProblem`. Opens no connection yet. */
export function connect(options: ConnectionOptions): GatewayClient {
  const transport = openTransport(options);
  const policy = retryPolicy(options);
  const ask = (request: HttpRequest, patience = policy): Promise<HttpAnswer> => withRetries(patience, () => transport.exchange(request), request.signal);
  const result = async (digest: string, signal?: AbortSignal, patience = policy): Promise<ResultAnswer> =>
    resultOf(await ask({ method: 'GET', path: `v1/dossiers/${digest}/result`, signal }, patience), digest);
  const registration = async (digest: string, signal?: AbortSignal, patience = policy): Promise<RegistrationAnswer> =>
    registrationOf(await ask({ method: 'GET', path: `v1/registrations/${digest}`, signal }, patience), digest);
  // Following has a patience of its own, which does not end.
  const once = { ...policy, attempts: 1 };
  return {
    submit: async (bytes, { signal, ...named } = {}) => submissionOf(await ask({ ...post('v1/dossiers', bytes, named), signal }), digestOf(bytes)),
    dryRun: async (bytes, { signal, supplements } = {}) => dryRunOf(await ask({ ...post('v1/dossiers?dry-run', bytes, supplements === undefined ? {} : { supplements }), signal })),
    status: async (digest, signal) => statusOf(await ask({ method: 'GET', path: `v1/dossiers/${digest}`, signal }), digest),
    result: (digest, signal) => result(digest, signal),
    evidence: async (digest, signal) => evidenceOf(await ask({ method: 'GET', path: `v1/dossiers/${digest}/evidence`, signal }), digest),
    follow: (digest, asked) => follow(digest, (about, signal) => result(about, signal, once), policy, asked),
    events: (asked = {}) => readEvents((path, signal, isPatient) => ask({ method: 'GET', path, signal }, isPatient ? once : policy), policy, longPollSeconds(options), asked),
    register: async (bytes, signal) => submittedRegistrationOf(await ask({ ...post('v1/registrations', bytes), signal }), digestOf(bytes)),
    registration: (digest, signal) => registration(digest, signal),
    awaitDecision: (digest, asked) => awaitDecision(digest, (signal) => registration(digest, signal, once), policy, asked),
    close: transport.close,
  };
}

/** Shorter than the silence after which a request is given up. */
function longPollSeconds({ silence = SILENCE_MS }: ConnectionOptions): number {
  return Math.max(1, Math.min(60, Math.floor(silence / 1000) - 5));
}

function post(path: string, body: Buffer, { key, supplements }: Pick<SubmitOptions, 'key' | 'supplements'> = {}): HttpRequest {
  const headers = { 'Content-Type': 'application/xml', ...(key === undefined ? {} : { 'Idempotency-Key': key }), ...(supplements === undefined ? {} : { 'Ivan-Supplements': supplements }) };
  return { method: 'POST', path, body, headers };
}

const outcomes: Partial<Record<MessageKind, Submission['outcome']>> = { TIEP_NHAN: 'accepted', TU_CHOI: 'refused', XUNG_DOT: 'conflict' };
const kindsOf: ReadonlyMap<number, readonly MessageKind[]> = new Map([
  [200, ['TIEP_NHAN', 'TU_CHOI', 'XUNG_DOT']],
  [201, ['TIEP_NHAN']],
  [409, ['XUNG_DOT']],
  [422, ['TU_CHOI']],
]);

async function submissionOf(answer: HttpAnswer, digest: string): Promise<Submission> {
  const kinds = kindsOf.get(answer.status);
  if (kinds === undefined) throw problemOf(answer);
  const message = await sealedMessage(answer, digest, kinds);
  const outcome = outcomes[message.kind];
  if (outcome === undefined) throw problemOf(answer);
  return { outcome, digest, receipt: answer.body, message, httpStatus: answer.status, resent: answer.status === 200 };
}

async function statusOf(answer: HttpAnswer, digest: string): Promise<DossierStatus> {
  if (isNonReceipt(answer)) return { known: false, nonReceipt: answer.body, message: await sealedMessage(answer, digest, ['CHUA_NHAN']) };
  if (answer.status !== 200) throw problemOf(answer);
  const message = await sealedMessage(answer, digest, ['TIEP_NHAN', 'TU_CHOI', 'XUNG_DOT']);
  return {
    known: true,
    state: stateOf(answer, headerOf(answer, 'ivan-state')),
    transactionCode: headerOf(answer, 'ivan-transaction-code'),
    dossierNumber: headerOf(answer, 'ivan-dossier-number'),
    dueAt: parseInstant(headerOf(answer, 'ivan-due-at') ?? ''),
    receipt: answer.body,
    message,
  };
}

async function resultOf(answer: HttpAnswer, digest: string): Promise<ResultAnswer> {
  if (isNonReceipt(answer)) return { kind: 'unknown', nonReceipt: answer.body, message: await sealedMessage(answer, digest, ['CHUA_NHAN']) };
  if (answer.status === 202) return { kind: 'pending', ...pendingOf(answer), retryAfter: retryAfterOf(answer) };
  if (answer.status === 422) return refusedOf(answer, digest);
  if (answer.status !== 200) throw problemOf(answer);
  return { kind: 'result', result: answer.body, message: await sealedMessage(answer, digest, ['KETQUA']) };
}

/** There will be no result: what the gateway signed when the dossier came is all there is. */
async function refusedOf(answer: HttpAnswer, digest: string): Promise<ResultAnswer> {
  const message = await sealedMessage(answer, digest, ['TU_CHOI', 'XUNG_DOT']);
  return { kind: 'refused', state: message.kind === 'TU_CHOI' ? 'refused' : 'conflict', receipt: answer.body, message };
}
