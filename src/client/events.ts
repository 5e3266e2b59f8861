// What happened since, event by event and in order: the caller's own feed, or one dossier's by its digest. A position that does not follow the last one
// is an error and never passed over, so whoever keeps the last position it worked off has missed nothing. Waiting goes on through lost connections
// and "not now".
import { countOf, entriesOf, listOf, memberOf, optionalMemberOf, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import { parseInstant } from '../standard/time.ts';
import { isOf, problemOf, readingJson } from './answers.ts';
import { ClientError } from './errors.ts';
import type { Explanation } from './errors.ts';
import { passingTrouble, waitAfterTrouble } from './follow.ts';
import { pause } from './retry.ts';
import type { RetryPolicy } from './retry.ts';
import type { HttpAnswer } from './transport.ts';

export interface SenderEvent {
  /** In this feed, from 1; ask on with it. */
  readonly position: number;
  /** The same in every feed. */
  readonly id: string;
  readonly kind: string;
  readonly at: Date;
  /** Undefined for what concerns no dossier. */
  readonly dossier: { readonly digest: string; readonly number: string | undefined; readonly transactionCode: string } | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventOptions {
  /** The last position that was worked off; 0. */
  readonly after?: number;
  /** One dossier's, whoever asks; absent: the feed of the client certificate. */
  readonly digest?: string;
  /** `<agency>/<unit code>`, for a certificate that is registered for several units. */
  readonly unit?: string;
  /** Goes on for as long as it takes, and hears of each event as it comes. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** That the gateway cannot be asked at present, when following. */
  readonly onTrouble?: (trouble: Explanation, waitMs: number) => void;
}

type Ask = (path: string, signal: AbortSignal | undefined, isPatient: boolean) => Promise<HttpAnswer>;

const PAGE = 500;

export async function* readEvents(ask: Ask, policy: RetryPolicy, waitSeconds: number, options: EventOptions): AsyncGenerator<SenderEvent, void> {
  const { digest, unit, follow = false, signal, onTrouble } = options;
  const base = digest === undefined ? 'v1/events' : `v1/dossiers/${digest}/events`;
  let { after = 0 } = options;
  let failures = 0;
  for (;;) {
    const path = `${base}?after=${after}&limit=${PAGE}${follow ? `&wait=${waitSeconds}` : ''}${unit === undefined ? '' : `&unit=${encodeURIComponent(unit)}`}`;
    const answer = await ask(path, signal, follow).then((given) => pageOf(given, after)).catch(follow ? passingTrouble : rethrow);
    if (answer instanceof Error) {
      failures += 1;
      const waitMs = waitAfterTrouble(answer, failures, policy);
      onTrouble?.(answer, waitMs);
      await pause(policy, waitMs, base, signal);
      continue;
    }
    failures = 0;
    for (const event of answer) {
      yield event;
      after = event.position;
    }
    if (!follow && answer.length < PAGE) return;
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function pageOf(answer: HttpAnswer, after: number): readonly SenderEvent[] {
  if (answer.status !== 200 || !isOf(answer, 'application/json')) throw problemOf(answer);
  const events = readingJson(answer, (json) => listOf(memberOf(json, 'events'), eventOf));
  for (const [index, { position }] of events.entries()) {
    if (position !== after + 1 + index) throw new ClientError('ANSWER_UNEXPECTED', answer.place, `position ${position}, not ${after + 1 + index}`);
  }
  return events;
}

function eventOf(json: JsonValue): SenderEvent {
  const dossier = memberOf(json, 'dossier');
  const at = parseInstant(textOf(memberOf(json, 'at')));
  if (at === undefined) throw new Error(`${json.at}/at: not an instant`);
  return {
    position: countOf(memberOf(json, 'position')),
    id: textOf(memberOf(json, 'id')),
    kind: textOf(memberOf(json, 'kind')),
    at,
    dossier: dossier.value === null ? undefined : dossierOf(dossier),
    detail: Object.fromEntries(entriesOf(memberOf(json, 'detail')).map(([name, { value }]) => [name, value])),
  };
}

function dossierOf(json: JsonValue): SenderEvent['dossier'] {
  const number = optionalMemberOf(json, 'number');
  return { digest: textOf(memberOf(json, 'sha256')), number: typeof number?.value === 'string' ? number.value : undefined, transactionCode: textOf(memberOf(json, 'transactionCode')) };
}
