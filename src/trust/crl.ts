// Bytes → RevocationList (RFC 5280 §5), strictly. A list that says anything we do not understand, as delta and indirect lists and lists for
// some reasons do, or that has no nextUpdate, is kept but marked unusable: it can never let a certificate pass. What a partitioned list covers
// is its `scope`. Whose signature is on it is checked in `revocation-lists.ts`, where the issuer is known.
import { createHash } from 'node:crypto';
import { readEntries, type Entries } from './crl-entries.ts';
import { booleanOf, fieldsOf, integerOf, readDer, tags, timeOf, type Der, type Fields } from './der.ts';
import { criticalOids, crlNumberOf, extensionOids, readExtensions, type Extensions } from './extensions.ts';
import { fullNameOf } from './general-names.ts';
import { displayName, readName } from './name.ts';
import { readSigned, takeAlgorithm, unsoundAlgorithm, type SignedDer } from './signed.ts';

/** Which certificates of the issuer a list speaks of (issuingDistributionPoint, §5.2.5). */
export interface Scope {
  readonly of: 'all' | 'users' | 'authorities';
  /** Raw names in hexadecimal; a certificate is covered if it names one of them as its point. Absent: every certificate. */
  readonly points: ReadonlySet<string> | undefined;
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
  readonly entries: Entries;
  readonly scope: Scope;
  /** Why the list must not be used, if it must not. */
  readonly unusable: string | undefined;
}

const reasons: readonly (string | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

/** CRLReason in the words of RFC 5280 §5.3.1; absent means unspecified. */
export function reasonName(reason: number | undefined): string {
  return reasons[reason ?? 0] ?? `reason ${reason ?? 0}`;
}

/** The one reason that can be taken back. */
export const HOLD = 6;

const extensionsTag = 0xa0;

/** By SHA-256, for as long as somebody else holds them: a large list is read once, however often its folder is looked at. */
const lists = new Map<string, WeakRef<RevocationList>>();
const forgotten = new FinalizationRegistry<string>((fingerprint) => {
  if (lists.get(fingerprint)?.deref() === undefined) lists.delete(fingerprint);
});

export function parseRevocationList(bytes: Uint8Array): RevocationList {
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  const known = lists.get(fingerprint)?.deref();
  if (known !== undefined) return known;
  const list = readRevocationList(Buffer.from(bytes), fingerprint);
  lists.set(fingerprint, new WeakRef(list));
  forgotten.register(list, fingerprint);
  return list;
}

function readRevocationList(der: Buffer, fingerprint: string): RevocationList {
  const signed = readSigned(der);
  const fields = fieldsOf(signed.toBeSigned);
  takeVersion(fields);
  takeAlgorithm(fields, signed);
  const issuer = fields.next(tags.sequence);
  const thisUpdate = timeOf(fields.next());
  const nextUpdate = optionalTime(fields);
  const entries = readEntries(fields.optional(tags.sequence));
  const extensions = takeExtensions(fields);
  const partition = scopeOf(extensions);
  return {
    der,
    fingerprint,
    signed,
    issuer: displayName(readName(issuer)),
    issuerDer: issuer.raw,
    thisUpdate,
    nextUpdate,
    number: crlNumberOf(extensions),
    entries,
    scope: partition ?? everything,
    unusable: partition === undefined ? 'issuingDistributionPoint' : whyUnusable([...criticalOfList(extensions), ...entries.critical], nextUpdate, unsoundAlgorithm(signed)),
  };
}

function whyUnusable(critical: readonly string[], nextUpdate: Date | undefined, unsound: string | undefined): string | undefined {
  if (critical.length > 0) return `critical extension ${critical.join(', ')}`;
  if (nextUpdate === undefined) return 'no nextUpdate';
  return unsound && `signed with ${unsound}`;
}

function criticalOfList(extensions: Extensions): readonly string[] {
  return criticalOids(extensions).filter((oid) => oid !== extensionOids.issuingDistributionPoint);
}

const everything: Scope = { of: 'all', points: undefined };

/** Undefined for a list of which we cannot say what it covers: for some reasons, for other issuers, for attributes, under a relative name. */
function scopeOf(extensions: Extensions): Scope | undefined {
  const extension = extensions.get(extensionOids.issuingDistributionPoint);
  if (extension === undefined) return everything;
  try {
    return scopeIn(fieldsOf(readDer(extension.value)));
  } catch {
    return undefined;
  }
}

function scopeIn(fields: Fields): Scope | undefined {
  const point = fields.optional(0xa0);
  const users = isTrue(fields.optional(0x81));
  const authorities = isTrue(fields.optional(0x82));
  if (fields.rest().length > 0 || (users && authorities)) return undefined;
  const names = point && new Set(fullNameOf(point).map(({ raw }) => raw.toString('hex')));
  if (names?.size === 0) return undefined;
  return { of: users ? 'users' : authorities ? 'authorities' : 'all', points: names };
}

/** DER leaves out what is false; here it is read all the same, for nothing rests on it. */
function isTrue(flag: Der | undefined): boolean {
  return flag !== undefined && booleanOf({ ...flag, tag: tags.boolean });
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
