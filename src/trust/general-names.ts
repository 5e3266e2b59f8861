// GeneralName (RFC 5280 §4.2.1.6) as its encoding tells it: an element whose tag is the kind of name. Where a certificate says its revocation
// state can be had, as far as it says so in http or https. Nothing here decides: an address is a hint, and one that cannot be read is none.
import { elementsOf, fieldsOf, oidOf, readDer, tags, type Der } from './der.ts';

export const generalNameTags = {
  otherName: 0xa0,
  rfc822Name: 0x81,
  dNSName: 0x82,
  x400Address: 0xa3,
  directoryName: 0xa4,
  ediPartyName: 0xa5,
  uniformResourceIdentifier: 0x86,
  iPAddress: 0x87,
  registeredID: 0x88,
} as const;

const kinds: ReadonlySet<number> = new Set(Object.values(generalNameTags));

/** Of one extension. Real ones have under ten; the limit bounds the work that names and constraints make together. */
const MOST_NAMES = 256;
const MOST_ADDRESSES = 16;
const LONGEST_ADDRESS = 1024;
const OCSP_METHOD = '1.3.6.1.5.5.7.48.1';

/** `names` is a SEQUENCE OF GeneralName, whatever its tag. */
export function generalNamesOf(names: Der): readonly Der[] {
  const elements = elementsOf(names);
  if (elements.length > MOST_NAMES) throw new Error('too many names');
  if (elements.some(({ tag }) => !kinds.has(tag))) throw new Error('a name of an unknown kind');
  return elements;
}

/**
 * The names of the points at which complete lists of this certificate's issuer lie, raw. A point for some reasons only, or whose list is another
 * issuer's, is left out: its list says less than this room asks of one.
 */
export function pointNamesOf(distributionPoints: Buffer | undefined): readonly Der[] {
  return hintsOf(distributionPoints, (value) => fieldsOf(value).rest().flatMap((point) => {
    const fields = fieldsOf(point);
    const name = fields.optional(0xa0);
    const isPartial = fields.rest().length > 0;
    return isPartial ? [] : fullNameOf(name);
  }));
}

/** Of `DistributionPointName`, which is a choice and therefore explicit: the names, or none where it is relative to the issuer's. */
export function fullNameOf(point: Der | undefined): readonly Der[] {
  const choice = point && readDer(point.content);
  return choice?.tag === 0xa0 ? generalNamesOf(choice) : [];
}

export function responderNamesOf(authorityInformation: Buffer | undefined): readonly Der[] {
  return hintsOf(authorityInformation, (value) => fieldsOf(value).rest().flatMap((access) => {
    const fields = fieldsOf(access);
    const method = oidOf(fields.next());
    const location = fields.next();
    fields.end();
    return method === OCSP_METHOD ? [location] : [];
  }));
}

/** What can be fetched; other schemes are for other programs. */
export function addressesOf(names: readonly Der[]): readonly string[] {
  return names
    .filter(({ tag, content }) => tag === generalNameTags.uniformResourceIdentifier && content.length <= LONGEST_ADDRESS)
    .map(({ content }) => content.toString('latin1'))
    .filter((address) => /^https?:\/\/[!-~]+$/i.test(address) && URL.canParse(address));
}

function hintsOf(value: Buffer | undefined, read: (value: Der) => readonly Der[]): readonly Der[] {
  if (value === undefined) return [];
  try {
    return read(readDer(value)).slice(0, MOST_ADDRESSES);
  } catch {
    return [];
  }
}

/** The Name inside a directoryName, which is explicit because Name is a choice. */
export function directoryNameOf(name: Der): Der {
  const inner = readDer(name.content);
  if (inner.tag !== tags.sequence) throw new Error('a directory name that is no name');
  return inner;
}
