// What a receiver is sent: the event as it stands in the feed (`GET /v1/events`), in the same words, so that one program reads both. The id tells
// a repeat, the position a gap.
import { formatInstant } from '../standard/time.ts';

export interface ToldEvent {
  readonly eventId: string;
  readonly position: string;
  readonly kind: string;
  readonly at: Date;
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly transactionCode: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function payloadOf({ eventId: id, position, kind, at, digest, dossierNumber, transactionCode, detail }: ToldEvent): Buffer {
  const dossier = digest === null ? null : { sha256: digest, number: dossierNumber, transactionCode };
  return Buffer.from(JSON.stringify({ position: Number(position), id, kind, at: formatInstant(at), dossier, detail }));
}

/** What a receiver must answer before it is told anything: no event of any dossier, so its position is 0. */
export function testPayload(id: string, at: Date): Buffer {
  return payloadOf({ eventId: id, position: '0', kind: 'test', at, digest: null, dossierNumber: null, transactionCode: null, detail: {} });
}
