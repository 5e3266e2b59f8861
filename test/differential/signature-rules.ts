// Every rule by which our judgement of a signature parts from libxmlsec1's and the JDK's. Where we are stricter: the finding that must be
// given, and a document, good but for that, which they take. Where we are milder: why, and how to know it from the judgement itself.
import type { FindingCode } from '../../src/errors/findings.ts';
import { isDsig } from '../../src/signature/shape.ts';
import { childElements, childrenNamed, descendants } from '../../src/xml/document.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { dsig, enveloped, inclusive, keyInfoMarkup, signingTime, signWith } from '../support/signer.ts';
import type { ReferenceSpec, SignatureSpec } from '../support/signer.ts';
import { hasOddNamespaceName } from './exclusions.ts';
import { unsignedContent } from './signed.ts';
import type { Keys, Witness } from './signed.ts';

export interface StricterRule {
  readonly code: FindingCode;
  readonly reason?: string;
  readonly why: string;
  /** The witnesses that it concerns; both unless said. */
  readonly witnesses?: readonly Witness[];
  /** Absent where only chance makes such a document, or the witnesses do not agree about it. */
  readonly shown?: (keys: Keys) => string;
}

const signed = ({ rsa }: Keys, spec: Partial<SignatureSpec> = {}): string => signWith(unsignedContent, { identity: rsa, ...spec });
const signedOver = (keys: Keys, ...references: readonly ReferenceSpec[]): string => signed(keys, { references });
const edited = (keys: Keys, from: string, to: string): string => {
  const xml = signed(keys);
  if (!xml.includes(from)) throw new Error(`nothing to change: ${from}`);
  return xml.replace(from, () => to);
};
const xpath = '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>true()</XPath></Transform>';
const timeObject = signingTime().replace('<Object>', '<Object Id="time-1">');
const again = `<Transform Algorithm="${inclusive}"></Transform>`;

export const stricterSignatureRules: Readonly<Record<string, StricterRule>> = {
  doctype: { code: 'XML_DOCTYPE', why: 'see exclusions.ts', shown: (keys) => edited(keys, '<Hoso', '<!DOCTYPE Hoso><Hoso') },
  'processing-instruction': { code: 'XML_PROCESSING_INSTRUCTION', why: 'see exclusions.ts', shown: (keys) => edited(keys, '<KeyInfo>', '<KeyInfo><?x y?>') },
  'comment-inside': { code: 'SIGNATURE_FORMAT', reason: 'COMMENT_INSIDE', why: 'A comment splits text: readers have taken what stands before it for the whole.', shown: (keys) => edited(keys, '<KeyInfo>', '<KeyInfo><!-- x -->') },
  'key-mismatch': {
    code: 'KEY_MISMATCH',
    why: 'A KeyValue beside the certificate must be its key, so that no reader verifies with another one.',
    shown: (keys) => signed(keys, { keyInfo: keyInfoMarkup(keys.rsa, { shownKey: keys.rsa3072.key }) }),
  },
  'key-info': { code: 'SIGNATURE_FORMAT', reason: 'KEY_INFO', why: 'KeyInfo holds at most one KeyValue, X509Data, and nothing else.', shown: (keys) => edited(keys, '<KeyInfo>', '<KeyInfo><KeyName>x</KeyName>') },
  'signature-misplaced': {
    code: 'SIGNATURE_MISPLACED',
    why: 'Signatures stand where the form has them and nowhere else.',
    shown: (keys) => signed(keys, { put: (xml, signature) => xml.replace('<NoiDung ', () => `${signature}<NoiDung `) }),
  },
  'weak-algorithm': { code: 'CRYPTO_CONSTRAINTS_FAILURE', witnesses: ['xmlsec1'], why: 'SHA-1 (and MD5, HMAC, RSA under 2048 bits) is refused for new dossiers.', shown: (keys) => signed(keys, { method: `${dsig}rsa-sha1` }) },
  'weak-digest': { code: 'CRYPTO_CONSTRAINTS_FAILURE', witnesses: ['xmlsec1'], why: 'The same for digests.', shown: (keys) => signedOver(keys, { uri: '', digestMethod: `${dsig}sha1` }) },
  'transform-xpath': { code: 'TRANSFORM_FORBIDDEN', why: 'What is signed is the whole document; no transform selects or rewrites.', shown: (keys) => signedOver(keys, { uri: '', transforms: enveloped + xpath }) },
  'transform-again': { code: 'TRANSFORM_FORBIDDEN', witnesses: ['xmlsec1'], why: 'One canonicalization at most.', shown: (keys) => signedOver(keys, { uri: '', transforms: enveloped + again + again }) },
  'reference-partial': { code: 'REFERENCE_PARTIAL', witnesses: ['xmlsec1'], why: 'A signature over a part leaves the rest to anybody.', shown: (keys) => signedOver(keys, { uri: '#nd' }) },
  'reference-count': {
    code: 'SIGNATURE_FORMAT',
    reason: 'REFERENCE_COUNT',
    why: 'The document, and at most one thing inside the signature.',
    shown: (keys) => signedOver(keys, { uri: '' }, { uri: '' }),
  },
  'reference-target': { code: 'SIGNATURE_FORMAT', reason: 'REFERENCE_TARGET', witnesses: ['xmlsec1'], why: 'The second reference points to one element inside the signature.', shown: (keys) => signedOver(keys, { uri: '' }, { uri: '#nd' }) },
  'reference-target-twice': {
    code: 'SIGNATURE_FORMAT',
    reason: 'REFERENCE_TARGET',
    why: 'The same, and to one only.',
    witnesses: ['jdk'],
    shown: (keys) => signed(keys, { objects: timeObject, references: [{ uri: '' }, { uri: '#time-1' }] }).replace('<X509Data>', '<X509Data Id="time-1">'),
  },
  'object-content': {
    code: 'SIGNATURE_FORMAT',
    reason: 'OBJECT_CONTENT',
    why: 'What nobody signed must not look like a dossier to a reader that searches for names.',
    shown: (keys) => edited(keys, '<Object>', '<Object><NoiDung xmlns=""/>'),
  },
  'name-with-colons': { code: 'XML_MALFORMED', reason: 'NAME', why: 'Namespaces 1.0: xmlsec1 reads on past what libxml2 calls an error of namespaces.', witnesses: ['xmlsec1'], shown: (keys) => edited(keys, '<Object>', '<Object><x:y:z xmlns:x="urn:x"/>') },
  'prefix-unbound': { code: 'XML_MALFORMED', reason: 'PREFIX_UNBOUND', why: 'The same.', witnesses: ['xmlsec1'], shown: (keys) => edited(keys, '<Object>', '<Object><x:y/>') },
  'namespace-reserved': { code: 'XML_MALFORMED', reason: 'NAMESPACE_RESERVED', why: 'The same.', witnesses: ['xmlsec1'], shown: (keys) => edited(keys, '<Object>', '<Object><y xmlns="urn:y" xmlns:x=""/>') },
  'attribute-twice-by-namespace': {
    code: 'XML_MALFORMED',
    reason: 'ATTRIBUTE_REPEATED',
    why: 'The same.',
    witnesses: ['xmlsec1'],
    shown: (keys) => edited(keys, '<Object>', '<Object><y xmlns="urn:y" xmlns:a="urn:x" xmlns:b="urn:x" a:c="" b:c=""/>'),
  },
  base64: { code: 'SIGNATURE_FORMAT', reason: 'BASE64', why: 'Node and the JDK’s MIME decoder pass over stray characters; two texts would be one value.', witnesses: ['jdk'], shown: (keys) => signed(keys, { writeValue: (value) => `-${value}` }) },
  'certificate-elsewhere': {
    code: 'CERTIFICATE_MISSING',
    why: 'The certificate stands in X509Data; the Java program takes the first wherever it is.',
    witnesses: ['jdk'],
    shown: (keys) => edited(keys, '<X509Certificate>', '<X509Data><X509Certificate>').replace('</X509Certificate>', '</X509Certificate></X509Data>'),
  },
  'certificate-unreadable': { code: 'CERTIFICATE_MALFORMED', why: 'DER to the letter, and base64 without bits left over: two texts would be one certificate.' },
  'certificate-untrusted': {
    code: 'NO_CERTIFICATE_CHAIN_FOUND',
    why: 'The Java program does not judge certificates.',
    witnesses: ['jdk'],
    shown: ({ stranger }) => signWith(unsignedContent, { identity: stranger }),
  },
};

/** The name of the rule by which we refuse. Never one for HASH_FAILURE or SIG_CRYPTO_FAILURE: arithmetic has no profile. */
export function stricterSignatureRuleFor(witness: Witness, code: FindingCode, reason: string | undefined): string | undefined {
  return Object.entries(stricterSignatureRules).find(([, rule]) => concerns(rule, witness) && rule.code === code && rule.reason === reason)?.[0];
}

interface MilderRule {
  readonly why: string;
  readonly witnesses?: readonly Witness[];
  readonly applies: (document: XmlDocument, warnings: readonly FindingCode[]) => boolean;
  readonly shown: (keys: Keys) => string;
}

/** As the schema has them. */
const keyValueParts: ReadonlyMap<string, string> = new Map([['RSAKeyValue', 'Modulus Exponent'], ['ECKeyValue', 'NamedCurve PublicKey']]);

/** What we accept and they refuse. The content that comes out is in every case the one that was signed. */
export const milderSignatureRules: Readonly<Record<string, MilderRule>> = {
  'signing-time': {
    why: 'A signing time that does not match its reference is only said (SIGNING_TIME_UNVERIFIED): nothing relies on it.',
    applies: (_document, warnings) => warnings.includes('SIGNING_TIME_UNVERIFIED'),
    shown: (keys) => signed(keys, { objects: timeObject, references: [{ uri: '' }, { uri: '#time-1' }] }).replace('01:58:42', '01:58:43'),
  },
  'ivan-slot': {
    why: 'CKy_iVan may come after the employer has signed; it is no part of the content.',
    applies: ({ root }) => childrenNamed(root, 'CKy_iVan').length > 0,
    shown: (keys) => edited(keys, '</Hoso>', '<CKy_iVan><x/></CKy_iVan></Hoso>'),
  },
  'object-in-no-namespace': {
    why: 'One remote signer in the field writes its unsigned Object so; nothing in it is read.',
    applies: ({ root }) => [...descendants(root)].some((element) => isDsig(element, 'Signature') && childrenNamed(element, 'Object').length > 0),
    shown: (keys) => edited(keys, '<Object>', '<Object xmlns="">'),
  },
  'namespace-name': {
    why: 'libxml2 cannot canonicalise a document with a namespace name that is no absolute URI; our octets are those of the name as it stands.',
    witnesses: ['xmlsec1'],
    applies: (document) => hasOddNamespaceName(document),
    shown: (keys) => edited(keys, '<Object>', '<Object xmlns:odd="odd">'),
  },
  'cdata-in-base64': {
    why: 'The JDK reads base64 from text nodes only; a CDATA section is text.',
    witnesses: ['jdk'],
    applies: ({ bytes }) => bytes.includes('<![CDATA[', bytes.indexOf('<Signature')),
    shown: (keys) => signed(keys, { writeValue: (value) => `<![CDATA[${value}]]>` }),
  },
  'padding-split': {
    why: 'White space between two signs of padding is white space; the JDK’s MIME decoder fails there.',
    witnesses: ['jdk'],
    applies: ({ bytes }) => /=(?:\s|&#\w+;)+=/.test(bytes.toString('latin1')),
    shown: (keys) => signed(keys, { writeValue: (value) => value.replace('==', '= =') }),
  },
  'key-value-shape': {
    why: 'No key is ever read from KeyValue, only compared; order and surplus in it do not matter to us.',
    witnesses: ['jdk'],
    applies: ({ root }) => [...descendants(root)].some((element) => keyValueParts.has(element.local) && childElements(element).map(({ local }) => local).join(' ') !== keyValueParts.get(element.local)),
    shown: (keys) => edited(keys, '</Modulus>', '</Modulus><x/>'),
  },
};

export function milderSignatureRuleFor(witness: Witness, document: XmlDocument, warnings: readonly FindingCode[]): string | undefined {
  return Object.entries(milderSignatureRules).find(([, rule]) => concerns(rule, witness) && rule.applies(document, warnings))?.[0];
}

export function concerns({ witnesses }: { readonly witnesses?: readonly Witness[] }, witness: Witness): boolean {
  return witnesses === undefined || witnesses.includes(witness);
}
