// A detached XAdES baseline signature (ETSI EN 319 132-1 §6, level B) over files as their octets are, one reference each by the file's name, as the
// signature file of an ASiC-E container (ETSI EN 319 162-1 §4.4). For a key whose signatures are always the same, the same files, identity and time give
// the same octets.
import { createHash } from 'node:crypto';

import { escapeAttribute, escapeText } from '../xml/canonical.ts';
import { ASIC } from './detached.ts';
import { DSIG, EXCLUSIVE, methodForKey, SHA256 } from './algorithms.ts';
import type { SigningIdentity } from './sign.ts';
import { digestOf, octetsIn, signedPropertiesXml, signWith } from './sign-xades.ts';
import type { Parts } from './sign-xades.ts';
import { XADES } from './xades-elements.ts';
import { SIGNED_PROPERTIES_TYPE } from './xades.ts';

export interface FileToSign {
  /** Relative to the folder from which the signature's names are followed. */
  readonly name: string;
  readonly mimeType: string;
  readonly octets: Buffer;
}

/** The whole signature file. RSASSA-PKCS1-v1_5 or ECDSA with SHA-256, as everything that the gateway signs. */
export async function signDetached(files: readonly FileToSign[], identity: SigningIdentity, signingTime: Date): Promise<Buffer> {
  const [certificate] = identity.certificates;
  if (certificate === undefined) throw new Error('no certificate to sign with');
  const method = methodForKey(identity.key);
  const references = files.map(({ name, octets }) => ({ name, digest: digestOf(octets) }));
  const id = `xades-${createHash('sha256').update(JSON.stringify(references)).update(certificate).update(signingTime.toISOString()).digest('hex').slice(0, 24)}`;
  const formats = files.map(({ mimeType }, place) => ({ reference: `${id}-${place + 1}`, mimeType: escapeText(mimeType) }));
  const properties = signedPropertiesXml(id, certificate, signingTime, [...formats, { reference: `${id}-by`, mimeType: 'text/xml' }]);
  const whole = (signedInfo: string, value: string): string => signatureFileXml({ id, identity, properties, signedInfo, value });
  const [keyInfo, signedProperties] = ['KeyInfo', 'SignedProperties'].map((local) => digestOf(octetsIn(whole('', ''), local)));
  const signedInfo = signedInfoXml({ id, method, keyInfo, signedProperties }, references);
  const value = await signWith(identity.key, method, octetsIn(whole(signedInfo, ''), 'SignedInfo'));
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${whole(signedInfo, value.toString('base64'))}\n`);
}

/** Nothing in it is left unsigned but the value: the certificates that come along are signed as well, and nothing has an Id that nobody refers to. */
function signatureFileXml({ id, identity, properties, signedInfo, value }: Pick<Parts, 'id' | 'identity' | 'properties'> & Readonly<Record<'signedInfo' | 'value', string>>): string {
  const certificates = identity.certificates.map((der) => `<X509Certificate>${der.toString('base64')}</X509Certificate>`).join('');
  return (
    `<asic:XAdESSignatures xmlns:asic="${ASIC}"><Signature xmlns="${DSIG}" Id="${id}">${signedInfo}<SignatureValue>${value}</SignatureValue><KeyInfo Id="${id}-key"><X509Data>${certificates}</X509Data></KeyInfo>` +
    `<Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#${id}">${properties}</xades:QualifyingProperties></Object></Signature></asic:XAdESSignatures>`
  );
}

function signedInfoXml({ id, method, keyInfo, signedProperties }: Readonly<Record<'id' | 'method', string>> & Readonly<Record<'keyInfo' | 'signedProperties', string | undefined>>, references: readonly { readonly name: string; readonly digest: string }[]): string {
  const digests = (digest: string): string => `<DigestMethod Algorithm="${SHA256}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference>`;
  const inside = (attributes: string, digest = ''): string => `<Reference ${attributes}><Transforms><Transform Algorithm="${EXCLUSIVE}"></Transform></Transforms>${digests(digest)}`;
  return (
    `<SignedInfo><CanonicalizationMethod Algorithm="${EXCLUSIVE}"></CanonicalizationMethod><SignatureMethod Algorithm="${method}"></SignatureMethod>` +
    references.map(({ name, digest }, place) => `<Reference Id="${id}-${place + 1}" URI="${escapeAttribute(encodeURI(name))}">${digests(digest)}`).join('') +
    `${inside(`Id="${id}-by" URI="#${id}-key"`, keyInfo)}${inside(`Type="${SIGNED_PROPERTIES_TYPE}" URI="#${id}-properties"`, signedProperties)}</SignedInfo>`
  );
}
