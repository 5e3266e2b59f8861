// Which names an authority may certify (RFC 5280 §4.2.1.10, §6.1.3 b and c): permitted and excluded subtrees over the subject and all its
// alternative names. Every certificate of the path that states constraints is asked by itself, which gives the intersection of what is
// permitted and the union of what is excluded. Whatever cannot be compared for certain is outside of what is permitted and inside of what is
// excluded. Of a kind of name that cannot be compared at all, the presence of one in a certificate so constrained refuses it.
import type { Certificate } from './certificate.ts';
import { fieldsOf, readDer, type Der } from './der.ts';
import { directoryNameOf, generalNamesOf, generalNameTags } from './general-names.ts';
import { foldedName, nameOids, readName, valuesOf } from './name.ts';

export interface NameConstraints {
  readonly permitted: readonly Der[];
  readonly excluded: readonly Der[];
}

type Comparison = 'within' | 'outside' | 'doubtful';
type Compare = (name: Der, base: Der) => Comparison;

const MOST_SUBTREES = 1024;
/** Names of one certificate times subtrees of one authority: real ones stay under a hundred, and each comparison may cost a kilobyte. */
const MOST_COMPARISONS = 16_384;

const comparisons: ReadonlyMap<number, Compare> = new Map<number, Compare>([
  [generalNameTags.directoryName, compareDirectory],
  [generalNameTags.rfc822Name, compareMailbox],
  [generalNameTags.dNSName, (name, base) => compareHost(ascii(name), ascii(base), isBelow)],
  [generalNameTags.uniformResourceIdentifier, (name, base) => compareHost(hostOf(ascii(name)), ascii(base), isNamed)],
  [generalNameTags.iPAddress, compareAddress],
]);

/** A hostile value throws; a distance, which RFC 5280 does not use, too: what we cannot compute must not look like no constraint. */
export function constraintsOf(value: Der): NameConstraints {
  const fields = fieldsOf(value);
  const constraints = { permitted: basesOf(fields.optional(0xa0)), excluded: basesOf(fields.optional(0xa1)) };
  fields.end();
  if (constraints.permitted.length + constraints.excluded.length > MOST_SUBTREES) throw new Error('too many subtrees');
  return constraints;
}

export function alternativeNamesOf(value: Der): readonly Der[] {
  fieldsOf(value);
  return generalNamesOf(value);
}

/** What a constraint forbids, in the words of RFC 5280, or undefined. `isLeaf`: a self-issued authority in between is not constrained. */
export function nameViolation(certificate: Certificate, authority: Certificate, isLeaf: boolean): string | undefined {
  if (authority.nameConstraints === undefined || (!isLeaf && certificate.subjectDer.equals(certificate.issuerDer))) return undefined;
  const { permitted, excluded } = constraintsOf(readDer(authority.nameConstraints));
  const names = namesOf(certificate);
  if (names.length * (permitted.length + excluded.length) > MOST_COMPARISONS) return 'nameConstraints > 16384';
  for (const name of names) {
    if (excluded.some((base) => base.tag === name.tag && compare(name, base) !== 'outside')) return 'excludedSubtrees';
    const ofKind = permitted.filter(({ tag }) => tag === name.tag);
    if (ofKind.length > 0 && !ofKind.some((base) => compare(name, base) === 'within')) return 'permittedSubtrees';
  }
  return undefined;
}

function basesOf(subtrees: Der | undefined): readonly Der[] {
  if (subtrees === undefined) return [];
  return fieldsOf(subtrees, subtrees.tag).rest().map((subtree) => {
    const fields = fieldsOf(subtree);
    const base = fields.next();
    fields.end();
    return base;
  });
}

/** The subject, unless it is empty; its e-mail addresses, which older certificates keep there; and the alternative names. */
function namesOf({ subjectDer, alternativeNames }: Certificate): readonly Der[] {
  const subject = readDer(subjectDer);
  const mailboxes = valuesOf(readName(subject), nameOids.emailAddress).map((address) => nameElement(generalNameTags.rfc822Name, Buffer.from(address)));
  const directory = subject.content.length === 0 ? [] : [nameElement(generalNameTags.directoryName, subjectDer)];
  return [...directory, ...mailboxes, ...(alternativeNames === undefined ? [] : alternativeNamesOf(readDer(alternativeNames)))];
}

function nameElement(tag: number, content: Buffer): Der {
  return { tag, content, raw: content };
}

function compare(name: Der, base: Der): Comparison {
  try {
    return comparisons.get(name.tag)?.(name, base) ?? 'doubtful';
  } catch {
    return 'doubtful';
  }
}

/** The base begins the name, set by set. */
function compareDirectory(name: Der, base: Der): Comparison {
  const [sets, wanted] = [foldedName(directoryNameOf(name)), foldedName(directoryNameOf(base))];
  return wanted.every((set, index) => sets[index] !== undefined && isSame(set, sets[index])) ? 'within' : 'outside';
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((value) => b.has(value));
}

/** A base with @ is one mailbox, one without it the mailboxes of a host, one that begins with a dot those of the hosts below. */
function compareMailbox(name: Der, base: Der): Comparison {
  const [address, wanted] = [ascii(name), ascii(base)];
  const [local = '', host, ...others] = address.split('@');
  if (host === undefined || others.length > 0 || local === '') return 'doubtful';
  const [wantedLocal = '', wantedHost] = wanted.split('@');
  if (wantedHost === undefined) return compareHost(host, wanted, isNamed);
  if (wantedLocal !== '' && wantedLocal !== local) return 'outside';
  return compareHost(host, wantedHost, isNamed);
}

function compareHost(host: string, base: string, isWithin: (host: string, base: string) => boolean): Comparison {
  if (!isHostName(host) || (base !== '' && !isHostName(base.replace(/^\./, '')))) return 'doubtful';
  return isWithin(host.toLowerCase(), base.toLowerCase()) ? 'within' : 'outside';
}

/** For e-mail and URIs: the host itself, or, after a dot, any below it. Empty is everything. */
function isNamed(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) && host.length > base.length : base === '' || host === base;
}

/** For dNSName: the host itself and any below it. */
function isBelow(host: string, base: string): boolean {
  return isNamed(host, base) || (!base.startsWith('.') && host.endsWith(`.${base}`));
}

/** Labels as they stand in certificates, the wildcard first if at all. A name that ends with a dot means the same and is compared for certain by nobody. */
function isHostName(host: string): boolean {
  return /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(host) && !/^[0-9.]+$/.test(host);
}

/** Of a URI with an authority; a constraint on URIs forbids the others (§4.2.1.10). */
function hostOf(uri: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1] ?? '';
  return authority.replace(/^.*@/, '').replace(/:\d*$/, '');
}

/** Address and mask, of either family; a base of the other family is another kind of name. */
function compareAddress(name: Der, base: Der): Comparison {
  const { length } = name.content;
  if ((length !== 4 && length !== 16) || (base.content.length !== 8 && base.content.length !== 32)) return 'doubtful';
  if (base.content.length !== length * 2) return 'outside';
  const [address, mask] = [base.content.subarray(0, length), base.content.subarray(length)];
  return name.content.every((byte, index) => ((byte ^ (address[index] ?? 0)) & (mask[index] ?? 0)) === 0) ? 'within' : 'outside';
}

function ascii({ content }: Der): string {
  if (content.some((byte) => byte < 0x20 || byte > 0x7e)) throw new Error('a name outside its alphabet');
  return content.toString('latin1');
}
