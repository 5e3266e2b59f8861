// What a sender is told: an event as it stands in its feed, in the same words whether it asks (`GET /v1/events`) or is told, so that one program reads
// both. Instants are at +07:00. The id tells a repeat, the position a gap.
import { formatInstant } from '../standard/time.ts';

export interface ToldEvent {
  readonly id: string;
  readonly position: number;
  readonly kind: string;
  readonly at: Date;
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly transactionCode: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function describeEvent({ id, position, kind, at, digest, dossierNumber, transactionCode, detail }: ToldEvent): Record<string, unknown> {
  const dossier = digest === null ? null : { sha256: digest, number: dossierNumber, transactionCode };
  return { position, id, kind, at: formatInstant(at), dossier, detail: localDetail(detail) };
}

export function payloadOf(event: ToldEvent): Buffer {
  return Buffer.from(JSON.stringify(describeEvent(event)));
}

/** What a receiver must answer before it is told anything: no event of any dossier, so its position is 0. */
export function testPayload(id: string, at: Date): Buffer {
  return payloadOf({ id, position: 0, kind: 'test', at, digest: null, dossierNumber: null, transactionCode: null, detail: {} });
}

/** Members of an event's detail that are instants; others may be anybody's words. */
const instants: ReadonlySet<string> = new Set(['from', 'dueAt', 'metAt', 'until', 'saidAt', 'begunAt', 'startedAt', 'endedAt']);

export function isInstantMember(name: string): boolean {
  return instants.has(name);
}

/** The trail of events writes instants as it likes. */
function localDetail(detail: ToldEvent['detail']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, isInstantMember(name) && typeof value === 'string' ? local(value) : value]));
}

function local(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : formatInstant(at);
}
