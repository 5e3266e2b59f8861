// Signed documents of every kind that the field writes or that we say we read (wire-format §3.1-3.2), each the start of many changed ones.
// Where a witness cannot judge one, or judges it otherwise on purpose, the kind says so with a reason.
import { generateKeyPairSync } from 'node:crypto';

import type { DevelopmentPki } from '../../src/development/pki.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { enveloped, exclusive, inclusive, keyInfoMarkup, more, more2007, signingTime, signWith, xmlenc } from '../support/signer.ts';
import type { SignatureSpec, TestIdentity } from '../support/signer.ts';

export type Witness = 'xmlsec1' | 'jdk';

export interface Kind {
  readonly name: string;
  readonly bytes: Buffer;
  /** Witnesses that do not accept even the unchanged document, and why. */
  readonly unwitnessed: Readonly<Partial<Record<Witness, string>>>;
}

export const unsignedContent =
  '<?xml version="1.0" encoding="utf-8"?>\n<!-- before --><Hoso xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
  '<NoiDung Id="nd" z="1" a=\'2 &amp; "3"\'>\r\n\t<TenDoiTuong>CÔNG TY &#x110;ẠI PHÁT &lt;1&gt; <![CDATA[& <CỘNG SỰ>]]></TenDoiTuong><!-- inside --><x:b xmlns:x="urn:x" x:q="1" q="2"><c xmlns="urn:c"/></x:b>' +
  '<NoiDungFile>QmFzZTY0IGVuY29kZWQ=</NoiDungFile></NoiDung><CKy_Dvi /></Hoso>\n<!-- after -->';

const c14n11 = 'http://www.w3.org/2006/12/xml-c14n11';

const transform = (algorithm: string, inside = ''): string => `<Transform Algorithm="${algorithm}">${inside}</Transform>`;
const prefixList = (list: string): string => `<InclusiveNamespaces xmlns="${exclusive}" PrefixList="${list}"/>`;
const timeObject = (namespace: string): string => signingTime().replace('<Object>', `<Object Id="time-1"${namespace}>`);

interface Recipe {
  readonly spec: Omit<SignatureSpec, 'identity'>;
  readonly key?: keyof Keys;
  readonly signed?: (xml: string, keys: Keys) => string;
  readonly unwitnessed?: Kind['unwitnessed'];
}

export type Keys = Readonly<Record<'rsa' | 'rsa3072' | 'p256' | 'p384' | 'p521' | 'stranger', TestIdentity>>;

/** Rewrites CanonicalizationMethod so that it holds its parameter. */
const withList = (list: string) => (xml: string): string => xml.replace('></CanonicalizationMethod>', `>${prefixList(list)}</CanonicalizationMethod>`);

const noPss = { xmlsec1: 'libxmlsec1 before 1.3 does not know RSASSA-PSS' };

const recipes: Readonly<Record<string, Recipe>> = {
  desktop: { spec: {} },
  'time-referenced': { spec: { objects: timeObject(''), references: [{ uri: '' }, { uri: '#time-1' }] } },
  'time-referenced-first': { spec: { objects: timeObject(''), references: [{ uri: '#time-1' }, { uri: '' }] } },
  'time-referenced-exclusively': { spec: { objects: timeObject(''), references: [{ uri: '' }, { uri: '#time-1', transforms: transform(exclusive), form: { exclusive: true } }] } },
  'time-without-context': {
    spec: { objects: timeObject(''), references: [{ uri: '' }, { uri: '#time-1', withoutContext: true }] },
    unwitnessed: { xmlsec1: 'the second digest is of the time without the namespaces it inherits; for us a warning', jdk: 'the same' },
  },
  'object-in-no-namespace': {
    spec: { objects: signingTime().replace('<Object>', '<Object xmlns="">') },
    unwitnessed: { xmlsec1: 'the schema knows no such Object; .NET and we pass it over', jdk: 'the same' },
  },
  'no-object': { spec: { objects: '' } },
  'duplicate-id': { spec: { signedInfoAttributes: ' Id="sigid"' } },
  'certificate-only': { spec: {}, key: 'rsa3072' },
  'rsa-sha384': { spec: { method: `${more}rsa-sha384` } },
  'rsa-sha512': { spec: { method: `${more}rsa-sha512` } },
  'digest-sha384': { spec: { references: [{ uri: '', digestMethod: `${more}sha384` }] } },
  'digest-sha512': { spec: { references: [{ uri: '', digestMethod: `${xmlenc}sha512` }] } },
  'pss-sha256': { spec: { method: `${more2007}sha256-rsa-MGF1` }, unwitnessed: noPss },
  'pss-sha384': { spec: { method: `${more2007}sha384-rsa-MGF1` }, unwitnessed: noPss },
  'pss-sha512': { spec: { method: `${more2007}sha512-rsa-MGF1` }, unwitnessed: noPss },
  'ecdsa-p256': { spec: {}, key: 'p256' },
  'ecdsa-p384': { spec: { method: `${more}ecdsa-sha384` }, key: 'p384' },
  'ecdsa-p521': { spec: { method: `${more}ecdsa-sha512` }, key: 'p521' },
  exclusive: { spec: { canonicalization: exclusive, form: { exclusive: true } } },
  'exclusive-prefix-list': { spec: { canonicalization: exclusive, form: { exclusive: true, inclusivePrefixes: new Set(['xsi', '', 'nosuch']) }, editSignedInfo: withList('xsi #default nosuch') } },
  'exclusive-with-comments': { spec: { canonicalization: `${exclusive}WithComments`, form: { exclusive: true, comments: true } } },
  'exclusive-reference': { spec: { references: [{ uri: '', transforms: enveloped + transform(exclusive), form: { exclusive: true } }] } },
  'exclusive-reference-prefix-list': {
    spec: { references: [{ uri: '', transforms: enveloped + transform(exclusive, prefixList('xsd x')), form: { exclusive: true, inclusivePrefixes: new Set(['xsd', 'x']) } }] },
  },
  'inclusive-reference': { spec: { references: [{ uri: '', transforms: enveloped + transform(inclusive) }] } },
  'c14n-1.1': { spec: { canonicalization: c14n11, form: { version11: true }, references: [{ uri: '', transforms: enveloped + transform(c14n11), form: { version11: true } }] } },
  'with-comments': { spec: { canonicalization: `${inclusive}#WithComments`, form: { comments: true } } },
  'reference-with-comments': { spec: { references: [{ uri: '', transforms: enveloped + transform(`${inclusive}#WithComments`) }] } },
  'certificate-before-key': { spec: {}, signed: (xml) => xml.replace(/(<KeyValue>.*?<\/KeyValue>)(<X509Data>.*?<\/X509Data>)/, '$2$1') },
  'chain-in-key-info': { spec: {}, signed: (xml, { rsa3072 }) => xml.replace('</X509Certificate>', () => `</X509Certificate><X509Certificate>${rsa3072.certificate.toString('base64')}</X509Certificate>`) },
  'base64-in-lines': { spec: { writeValue: (base64) => `\n${base64.replace(/.{76}/g, '$&\n')}\n` } },
  'ivan-slot-added': {
    spec: {},
    signed: (xml) => xml.replace('</Hoso>', '<CKy_iVan/></Hoso>'),
    unwitnessed: { xmlsec1: 'the slot for the counter-signature was added after signing; the others know nothing of it', jdk: 'the same' },
  },
};

export const kindNames: readonly string[] = Object.keys(recipes);

export function makeKinds(keys: Keys): Kind[] {
  return Object.entries(recipes).map(([name, { spec, key = 'rsa', signed, unwitnessed = {} }]) => {
    const identity = keys[key];
    const keyInfo = key === 'rsa' || key === 'p256' ? {} : { keyInfo: keyInfoMarkup(identity, { keyValue: false, subjectName: false }) };
    const xml = signWith(unsignedContent, { identity, ...keyInfo, ...spec });
    return { name, bytes: Buffer.from(signed === undefined ? xml : signed(xml, keys)), unwitnessed };
  });
}

export function makeKeys(pki: DevelopmentPki): Keys {
  const ec = (namedCurve: string): string => generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    rsa: testIdentity(employerLike(pki)),
    rsa3072: testIdentity(employerLike(pki, { key: rsa })),
    p256: testIdentity(employerLike(pki, { key: ec('P-256') })),
    p384: testIdentity(employerLike(pki, { key: ec('P-384') })),
    p521: testIdentity(employerLike(pki, { key: ec('P-521') })),
    // Of an authority that nobody knows.
    stranger: testIdentity(employerLike({ ...pki, subordinate: pki.gatewaySigning })),
  };
}

export function testIdentity(credential: Credential): TestIdentity {
  const { key, certificates: [certificate] } = identityOf(credential);
  if (certificate === undefined) throw new Error('no certificate');
  return { key, certificate };
}
