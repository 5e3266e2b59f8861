// HTTP answers → typed values: signed messages checked by both engines and against the digest asked about, findings of a dry run, states, problems.
// Whatever is not of the gateway's interface is an error that says what came instead.
import { Refusal } from '../errors/outcomes.ts';
import type { PublishedFinding } from '../errors/published.ts';
import type { MessageKind } from '../receipts/read.ts';
import { listOf, memberOf, optionalMemberOf, parseJson, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import { parseInstant } from '../standard/time.ts';
import { ClientError, GatewayProblem, reasonOf } from './errors.ts';
import { judgedSignatureOf } from './judged-signature.ts';
import type { JudgedSignature } from './judged-signature.ts';
import { retryAfterOf } from './retry.ts';
import type { HttpAnswer } from './transport.ts';
import { checkDigest, readSealed } from './verify-message.ts';
import type { SealedMessage } from './verify-message.ts';

const dossierStates = ['waiting', 'delivered', 'answered', 'refused', 'conflict'] as const;
/** Accepted and queued; with the agency; result there; refused and in conflict, which are final. */
export type DossierState = (typeof dossierStates)[number];

export interface DryRun {
  readonly outcome: 'accepted' | 'refused';
  readonly findings: readonly PublishedFinding[];
  /** Of every signature inside: the unit's, the I-VAN's, then one for each signed declaration. */
  readonly signatures: readonly JudgedSignature[];
}

/** The signed message of an answer, sealed, of one of the kinds given, about this digest. */
export async function sealedMessage(answer: HttpAnswer, digest: string, kinds: readonly MessageKind[]): Promise<SealedMessage> {
  if (!isOf(answer, 'application/xml')) throw problemOf(answer);
  try {
    const message = await readSealed(answer.body, answer.place);
    checkDigest(message, digest);
    if (!kinds.includes(message.kind)) throw unexpected(answer, message.kind);
    return message;
  } catch (error) {
    if (error instanceof Refusal) throw unexpected(answer, error.findings.map(({ code }) => code).join(', '), error);
    throw error;
  }
}

export function isOf({ headers }: HttpAnswer, mediaType: string): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === mediaType;
}

/** The gateway's signed word that it has nothing with the digest. */
export function isNonReceipt(answer: HttpAnswer): boolean {
  return answer.status === 404 && isOf(answer, 'application/xml');
}

export function dryRunOf(answer: HttpAnswer): DryRun {
  if ((answer.status !== 200 && answer.status !== 422) || !isOf(answer, 'application/json')) throw problemOf(answer);
  return readingJson(answer, (json) => ({
    outcome: textOf(memberOf(json, 'outcome'), /^(?:accepted|refused)$/) === 'accepted' ? 'accepted' : 'refused',
    findings: listOf(memberOf(json, 'findings'), findingOf),
    signatures: listOf(memberOf(json, 'signatures'), judgedSignatureOf),
  }));
}

export function pendingOf(answer: HttpAnswer): { readonly state: DossierState; readonly dueAt: Date | undefined } {
  if (!isOf(answer, 'application/json')) throw problemOf(answer);
  return readingJson(answer, (json) => ({ state: stateOf(answer, optionalText(json, 'state')), dueAt: parseInstant(optionalText(json, 'dueAt') ?? '') }));
}

export interface RegistrationPending {
  /** The gateway has it; the agency has it before it. */
  readonly state: 'received' | 'forwarded';
  readonly decisionDueAt: Date | undefined;
}

export function registrationPendingOf(answer: HttpAnswer): RegistrationPending {
  if (!isOf(answer, 'application/json')) throw problemOf(answer);
  return readingJson(answer, (json) => ({
    state: textOf(memberOf(json, 'state'), /^(?:received|forwarded)$/) === 'received' ? 'received' : 'forwarded',
    decisionDueAt: parseInstant(optionalText(json, 'decisionDueAt') ?? ''),
  }));
}

export function stateOf(answer: HttpAnswer, text: string | undefined): DossierState {
  return dossierStates.find((state) => state === text) ?? unexpectedState(answer, text);
}

export function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The gateway's problem details, or that the answer is something else altogether. */
export function problemOf(answer: HttpAnswer): GatewayProblem | ClientError {
  if (!isOf(answer, 'application/problem+json')) return unexpected(answer, headerOf(answer, 'content-type') ?? '∅');
  return readingJson(answer, (json) => {
    const text = (name: string): string => optionalText(json, name) ?? '';
    return new GatewayProblem({
      status: answer.status,
      code: text('code'),
      place: answer.place,
      vi: text('vi'),
      en: text('en') === '' ? text('title') : text('en'),
      actionVi: text('actionVi'),
      actionEn: text('actionEn'),
      requestId: text('requestId'),
      retryAfter: retryAfterOf(answer),
    });
  });
}

function unexpected(answer: HttpAnswer, reason: string, cause?: unknown): ClientError {
  return new ClientError('ANSWER_UNEXPECTED', answer.place, `HTTP ${answer.status}, ${reason}`, { cause });
}

function unexpectedState(answer: HttpAnswer, text: string | undefined): never {
  throw unexpected(answer, `state ${text ?? '∅'}`);
}

export function readingJson<Value>(answer: HttpAnswer, read: (json: JsonValue) => Value): Value {
  try {
    return read(parseJson(answer.body, 'JSON'));
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw unexpected(answer, reasonOf(error), error);
  }
}

function findingOf(json: JsonValue): PublishedFinding {
  const text = (name: string): string => optionalText(json, name) ?? '';
  return {
    code: textOf(memberOf(json, 'code')),
    wireCode: text('wireCode'),
    severity: text('severity') === 'warn' ? 'warn' : 'refuse',
    place: placeOf(optionalMemberOf(json, 'place')),
    value: optionalText(json, 'value'),
    vi: text('vi'),
    en: text('en'),
    actionVi: text('actionVi'),
    actionEn: text('actionEn'),
    clause: text('clause'),
  };
}

function placeOf(json: JsonValue | undefined): PublishedFinding['place'] {
  if (json === undefined) return {};
  const [file, xpath] = [optionalText(json, 'file'), optionalText(json, 'xpath')];
  const [line, column] = [optionalNumber(json, 'line'), optionalNumber(json, 'column')];
  return {
    ...(file === undefined ? {} : { file }),
    ...(xpath === undefined ? {} : { xpath }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

function optionalText(json: JsonValue, name: string): string | undefined {
  const value = optionalMemberOf(json, name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function optionalNumber(json: JsonValue, name: string): number | undefined {
  const value = optionalMemberOf(json, name)?.value;
  return typeof value === 'number' ? value : undefined;
}
