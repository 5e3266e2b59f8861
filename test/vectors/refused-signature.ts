// Signatures that are absent, elsewhere, of another shape, weak, or not true of what they stand in.
import { dsig, enveloped, exclusive, inclusive, keyInfoMarkup, more, signingTime, signWith, xmlenc } from '../support/signer.ts';
import type { SignatureSpec } from '../support/signer.ts';
import { both, refused, swap } from './kit.ts';
import type { Change, Kit, Vector } from './kit.ts';

type Code = Parameters<typeof refused>[1];

/** The envelope's signature written in another way; everything is signed by the employer. */
function written(name: string, codes: Code, spec: Partial<SignatureSpec> | ((kit: Kit) => Partial<SignatureSpec>), change: Change = {}): Vector {
  return refused(name, codes, (kit) => kit.dossier({ ...change, spec: typeof spec === 'function' ? spec(kit) : spec }));
}

/** The valid dossier, changed after signing. */
function mangled(name: string, codes: Code, signed: Change['signed'], note?: string): Vector {
  return refused(name, codes, signed === undefined ? {} : { signed }, note === undefined ? {} : { note });
}

const transform = (algorithm: string, inside = ''): string => `${enveloped}<Transform Algorithm="${algorithm}">${inside}</Transform>`;
const before = (marker: string): NonNullable<SignatureSpec['put']> => (xml, signature) => swap(marker, `${signature}${marker}`)(xml);

const sha1 = `${dsig}sha1`;

export const refusedSignatures: readonly Vector[] = [
  refused('signature-none', 'SIGNATURE_MISSING', { spec: 'unsigned' }),
  refused('signature-two', 'SIGNATURE_MULTIPLE', ({ dossier, signers }) => {
    const once = dossier();
    return signWith(once, { identity: signers.employer, put: before('</CKy_Dvi>') });
  }),
  refused('signature-copied', 'SIGNATURE_MULTIPLE', { signed: (xml) => xml.replace(/<CKy_Dvi>(.*)<\/CKy_Dvi>/, '<CKy_Dvi>$1$1</CKy_Dvi>') }),
  written('signature-in-root', 'SIGNATURE_MISPLACED', { put: before('</Hoso>') }),
  written('signature-in-content', 'SIGNATURE_MISPLACED', { put: before('</NoiDung>') }),
  written('signature-in-file', 'SIGNATURE_MISPLACED', { put: before('</FileToKhai>') }),
  written('signature-in-ivan-slot', 'SIGNATURE_MISSING', { put: (xml, signature) => swap('</Hoso>', `<CKy_iVan>${signature}</CKy_iVan></Hoso>`)(xml) }),
  refused('signature-in-signature', 'SIGNATURE_MISPLACED', ({ dossier, signers }) =>
    dossier({ spec: { objects: `<Object>${/<Signature.*<\/Signature>/.exec(dossier({ spec: { identity: signers.otherUnit } }))?.[0] ?? ''}</Object>` } })),
  written('signature-in-other-namespace', ['SIGNATURE_MISSING', 'ELEMENT_UNKNOWN'], {}, { signed: swap(`<Signature Id="sigid" xmlns="${dsig}"`, '<Signature Id="sigid" xmlns="urn:x"') }),

  written('reference-none', 'SIGNATURE_FORMAT', { references: [] }),
  written('reference-four', 'SIGNATURE_FORMAT', { references: [{ uri: '' }, { uri: '#proid' }, { uri: '#proid' }, { uri: '#proid' }] }),
  written('reference-twice-whole', 'SIGNATURE_FORMAT', { references: [{ uri: '' }, { uri: '' }] }),
  written('reference-part', 'REFERENCE_PARTIAL', { references: [{ uri: '#content' }] }, { envelope: swap('<NoiDung>', '<NoiDung Id="content">') }),
  written('reference-object-only', 'REFERENCE_PARTIAL', { references: [{ uri: '#proid' }] }),
  written('reference-xpointer-root', 'REFERENCE_PARTIAL', { references: [{ uri: '#xpointer(/)' }] }),
  written('reference-http', 'REFERENCE_EXTERNAL', { references: [{ uri: 'http://attacker.example/hoso.xml', transforms: enveloped }] }),
  written('reference-file', 'REFERENCE_EXTERNAL', { references: [{ uri: 'file:///etc/passwd' }] }),
  written('reference-http-besides-whole', 'REFERENCE_EXTERNAL', { references: [{ uri: '' }, { uri: 'http://attacker.example/' }] }),
  written('reference-without-uri', 'SIGNATURE_FORMAT', { editSignedInfo: swap(' URI=""', '') }),
  written('reference-inner-absent', 'SIGNATURE_FORMAT', { references: [{ uri: '' }, { uri: '#nowhere' }] }),
  written('reference-inner-outside-signature', 'SIGNATURE_FORMAT', { references: [{ uri: '' }, { uri: '#content' }] }, { envelope: swap('<NoiDung>', '<NoiDung Id="content">') }),
  written('reference-inner-changed', 'HASH_FAILURE', { references: [{ uri: '' }, { uri: '#more' }], objects: `${signingTime()}<Object Id="more">a</Object>` }, { signed: swap('<Object Id="more">a', '<Object Id="more">b') }),

  written('transform-xslt', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: transform('http://www.w3.org/TR/1999/REC-xslt-19991116', '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"></x:stylesheet>') }] }),
  written('transform-xpath', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<XPath>not(ancestor-or-self::MaSoBHXH)</XPath>') }] }),
  written('transform-xpath-filter-2', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: transform('http://www.w3.org/2002/06/xmldsig-filter2') }] }),
  written('transform-base64', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: transform(`${dsig}base64`) }] }),
  written('transform-canonical-twice', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: `${transform(inclusive)}<Transform Algorithm="${exclusive}"></Transform>` }] }),
  written('transform-with-parameter', 'TRANSFORM_FORBIDDEN', { references: [{ uri: '', transforms: `<Transform Algorithm="${dsig}enveloped-signature"><XPath>/</XPath></Transform>` }] }),
  written('transform-enveloped-missing', 'SIGNATURE_FORMAT', { references: [{ uri: '', transforms: `<Transform Algorithm="${inclusive}"></Transform>` }] }),
  written('transform-none', 'SIGNATURE_FORMAT', { references: [{ uri: '', transforms: ' ' }] }),
  written('transform-enveloped-last', 'SIGNATURE_FORMAT', { references: [{ uri: '', transforms: `<Transform Algorithm="${inclusive}"></Transform>${enveloped}` }] }),

  written('algorithm-hmac', 'CRYPTO_CONSTRAINTS_FAILURE', { method: `${more}hmac-sha256` }),
  written('algorithm-hmac-sha1', 'CRYPTO_CONSTRAINTS_FAILURE', { method: `${dsig}hmac-sha1` }),
  written('algorithm-md5-digest', 'CRYPTO_CONSTRAINTS_FAILURE', { references: [{ uri: '', digestMethod: `${more}md5` }] }),
  written('algorithm-rsa-md5', 'CRYPTO_CONSTRAINTS_FAILURE', { method: `${more}rsa-md5` }),
  written('algorithm-sha1-digest', 'CRYPTO_CONSTRAINTS_FAILURE', { references: [{ uri: '', digestMethod: sha1 }] }),
  written('algorithm-rsa-sha1', 'CRYPTO_CONSTRAINTS_FAILURE', { method: `${dsig}rsa-sha1` }),
  written('algorithm-rsa-1024', 'CRYPTO_CONSTRAINTS_FAILURE', ({ signers }) => ({ identity: signers.shortKey })),
  written('algorithm-field-of-2020', 'CRYPTO_CONSTRAINTS_FAILURE', ({ signers }) => ({ identity: signers.shortKey, method: `${dsig}rsa-sha1`, references: [{ uri: '', digestMethod: sha1 }] })),
  written('algorithm-ecdsa-with-rsa-key', 'CRYPTO_CONSTRAINTS_FAILURE', { method: `${more}ecdsa-sha256` }),
  written('algorithm-canonicalization-unknown', 'CRYPTO_CONSTRAINTS_FAILURE', { canonicalization: 'urn:x' }),
  written('algorithm-digest-unknown', 'CRYPTO_CONSTRAINTS_FAILURE', { references: [{ uri: '', digestMethod: `${xmlenc}ripemd160` }] }),

  mangled('changed-content', 'HASH_FAILURE', swap('<MaSoBHXH>TS12345', '<MaSoBHXH>TS12346')),
  mangled('changed-white-space', 'HASH_FAILURE', swap('</NoiDung><CKy_Dvi>', '</NoiDung>\n<CKy_Dvi>'), 'a vendor that indents after signing'),
  mangled('changed-file', ['HASH_FAILURE', 'FILE_LENGTH'], swap(/JVBERi0xLjQ[^<]*/, 'JVBERi0xLjU=')),
  mangled('changed-attribute', ['HASH_FAILURE', 'ELEMENT_UNKNOWN'], swap('<NoiDung>', '<NoiDung a="1">')),
  mangled('changed-signed-info', 'SIG_CRYPTO_FAILURE', swap('<DigestMethod Algorithm', '<DigestMethod  Id="x" Algorithm')),
  mangled('changed-digest-value', 'SIG_CRYPTO_FAILURE', swap(/<DigestValue>(?!AAAA)..../, '<DigestValue>AAAA')),
  mangled('changed-signature-value', 'SIG_CRYPTO_FAILURE', swap(/<SignatureValue>(?!AAAA)..../, '<SignatureValue>AAAA')),
  mangled('changed-signature-value-short', 'SIG_CRYPTO_FAILURE', swap(/<SignatureValue>.*?</, '<SignatureValue>AAAA<')),
  mangled('changed-signature-value-empty', 'SIG_CRYPTO_FAILURE', swap(/<SignatureValue>.*?</, '<SignatureValue><')),
  mangled('stray-character-in-signature-value', 'SIGNATURE_FORMAT', swap(/<SignatureValue>/, '<SignatureValue>!')),
  mangled('stray-character-in-digest-value', 'SIGNATURE_FORMAT', swap(/<DigestValue>/, '<DigestValue>*')),
  mangled('comment-in-digest-value', 'SIGNATURE_FORMAT', swap(/<DigestValue>..../, '<DigestValue>AAAA<!-- -->')),
  mangled('comment-in-signature-value', 'SIGNATURE_FORMAT', swap(/<SignatureValue>/, '<SignatureValue><!-- -->')),
  mangled('signature-value-missing', 'SIGNATURE_FORMAT', swap(/<SignatureValue>.*?<\/SignatureValue>/, '')),
  mangled('signature-child-unknown', 'SIGNATURE_FORMAT', swap('</Signature></CKy_Dvi>', '<Extra></Extra></Signature></CKy_Dvi>')),

  written('key-value-of-another-key', 'KEY_MISMATCH', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer, { shownKey: signers.unknownAuthority.key }) })),
  written('key-value-empty', 'KEY_MISMATCH', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer).replace(/<KeyValue>.*<\/KeyValue>/, '<KeyValue></KeyValue>') })),
  written('key-of-attacker-certificate-of-employer', 'SIG_CRYPTO_FAILURE', ({ signers }) => ({ identity: { ...signers.employer, key: signers.selfSigned.key } })),
  written('key-info-none', 'CERTIFICATE_MISSING', { keyInfo: '' }),
  written('key-info-key-value-only', 'CERTIFICATE_MISSING', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer).replace(/<X509Data>.*<\/X509Data>/, '') })),
  written('key-info-subject-only', 'CERTIFICATE_MISSING', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer).replace(/<X509Certificate>.*<\/X509Certificate>/, '') })),
  written('key-info-retrieval', 'SIGNATURE_FORMAT', { keyInfo: '<KeyInfo><RetrievalMethod URI="http://attacker.example/key"></RetrievalMethod></KeyInfo>' }),
  written('certificate-garbage', 'CERTIFICATE_MALFORMED', { keyInfo: '<KeyInfo><X509Data><X509Certificate>MIIBAAAA</X509Certificate></X509Data></KeyInfo>' }),
  written('certificate-not-base64', 'CERTIFICATE_MALFORMED', { keyInfo: '<KeyInfo><X509Data><X509Certificate>không</X509Certificate></X509Data></KeyInfo>' }),
  written('certificate-with-tail', 'CERTIFICATE_MALFORMED', ({ signers }) => ({
    keyInfo: keyInfoMarkup({ certificate: signers.employer.certificate }, { keyValue: false }).replace(/(<X509Certificate>)[^<]*/, `$1${Buffer.concat([signers.employer.certificate, Buffer.from('tail')]).toString('base64')}`),
  })),
  refused('comment-does-not-hide-change', 'HASH_FAILURE', { envelope: swap('TS12345', 'TS123<!-- -->45'), signed: swap('TS123<!-- -->45', 'TS123<!-- -->46') }),
  refused('signed-twice-the-same-change', ['HASH_FAILURE', 'VALUE_INVALID'], { signed: both(swap('TS12345', 'TS12346'), swap('TS12346', 'ts12345')) }),
];
