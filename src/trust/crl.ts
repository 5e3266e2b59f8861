// Bytes → RevocationList (RFC 5280 §5), strictly. A list that says anything we do not understand — a critical extension of the list or of any
// entry, as delta, partitioned and indirect lists have, or no nextUpdate — is kept, but marked unusable: it can never let a certificate pass.
// Whose signature is on it is checked in `revocation.ts`, where the issuer is known.
import { createHash } from 'node:crypto';
import { fieldsOf, integerOf, readDer, tags, timeOf, type Der, type Fields } from './der.ts';
import { criticalOids, crlNumberOf, crlReasonOf, extensionOids, readExtensions, type Extensions } from './extensions.ts';
import { displayName, readName } from './name.ts';
import { readSigned, takeAlgorithm, unsoundAlgorithm, type SignedDer } from './signed.ts';

export interface Revocation {
  readonly date: Date;
  /** CRLReason (§5.3.1); 6 is certificateHold. */
  readonly reason: number | undefined;
}

export interface RevocationList {
  readonly der: Buffer;
  /** SHA-256 of `der`, lower-case hex. */
  readonly fingerprint: string;
  readonly signed: SignedDer;
  readonly issuer: string;
  readonly issuerDer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** cRLNumber, lower-case hex. */
  readonly number: string | undefined;
  /** By serial number, in the form of `Certificate.serialNumber`. */
  readonly entries: ReadonlyMap<string, Revocation>;
  /** Why the list must not be used, if it must not. */
  readonly unusable: string | undefined;
}

interface Entries {
  readonly entries: ReadonlyMap<string, Revocation>;
  readonly critical: readonly string[];
}

const extensionsTag = 0xa0;
/** The reason of an entry that lifts a hold: it says that the certificate is not revoked. */
const REMOVED = 8;

export function parseRevocationList(bytes: Uint8Array): RevocationList {
  const der = Buffer.from(bytes);
  const signed = readSigned(der);
  const fields = fieldsOf(signed.toBeSigned);
  takeVersion(fields);
  takeAlgorithm(fields, signed);
  const issuer = fields.next(tags.sequence);
  const thisUpdate = timeOf(fields.next());
  const nextUpdate = optionalTime(fields);
  const { entries, critical } = readEntries(fields.optional(tags.sequence));
  const extensions = takeExtensions(fields);
  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    signed,
    issuer: displayName(readName(issuer)),
    issuerDer: issuer.raw,
    thisUpdate,
    nextUpdate,
    number: crlNumberOf(extensions),
    entries,
    unusable: whyUnusable([...criticalOids(extensions), ...critical], nextUpdate, unsoundAlgorithm(signed)),
  };
}

function whyUnusable(critical: readonly string[], nextUpdate: Date | undefined, unsound: string | undefined): string | undefined {
  if (critical.length > 0) return `critical extension ${critical.join(', ')}`;
  if (nextUpdate === undefined) return 'no nextUpdate';
  return unsound && `signed with ${unsound}`;
}

function takeVersion(fields: Fields): void {
  const version = fields.optional(tags.integer);
  if (version !== undefined && integerOf(version) !== '01') throw new Error('revocation list of an unknown version');
}

function optionalTime(fields: Fields): Date | undefined {
  const time = fields.optional(tags.utcTime, tags.generalizedTime);
  return time && timeOf(time);
}

function takeExtensions(fields: Fields): Extensions {
  const explicit = fields.optional(extensionsTag);
  fields.end();
  return readExtensions(explicit && readDer(explicit.content));
}

function readEntries(list: Der | undefined): Entries {
  const entries = new Map<string, Revocation>();
  const critical = new Set<string>();
  for (const element of list === undefined ? [] : fieldsOf(list).rest()) {
    const { serialNumber, date, extensions } = readEntry(element);
    const reason = crlReasonOf(extensions);
    criticalOids(extensions).filter((oid) => oid !== extensionOids.crlReason).forEach((oid) => critical.add(oid));
    if (reason !== REMOVED && isEarlier(date, entries.get(serialNumber))) entries.set(serialNumber, { date, reason });
  }
  return { entries, critical: [...critical] };
}

function readEntry(element: Der) {
  const fields = fieldsOf(element);
  const entry = { serialNumber: integerOf(fields.next()), date: timeOf(fields.next()), extensions: readExtensions(fields.optional(tags.sequence)) };
  fields.end();
  return entry;
}

/** A serial number listed twice counts from its first revocation. */
function isEarlier(date: Date, known: Revocation | undefined): boolean {
  return known === undefined || date < known.date;
}
