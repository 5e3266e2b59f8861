// Guarantee: what is recognised as the usual shape of a signature is exactly what the judge of all shapes finds, with the same key and without
// qualifying properties; whatever is not exactly so is left to that judge. The two are compared over what signers write and over thousands of
// alterations of it.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { readSigningKey } from '../../src/signature/keys.ts';
import type { SignaturePolicy } from '../../src/signature/policy.ts';
import { archivePolicy, fieldPolicy, strictPolicy } from '../../src/signature/policy.ts';
import { readShape } from '../../src/signature/shape.ts';
import type { SignatureShape } from '../../src/signature/shape.ts';
import { readUsualShape } from '../../src/signature/usual-shape.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { readXades } from '../../src/signature/xades.ts';
import type { CanonicalForm } from '../../src/xml/canonical.ts';
import { elementsNamed } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { dsig, exclusive, keyInfoMarkup, more, more2007, signingTime, signWith, xmlenc } from '../support/signer.ts';
import type { SignatureSpec, TestIdentity } from '../support/signer.ts';

const document = '<Hoso xmlns:xsi="urn:xsi" xmlns:xsd="urn:xsd"><NoiDung>1</NoiDung><CKy_Dvi/></Hoso>';
const place = { path: ['Hoso', 'CKy_Dvi'] };
const usual: SignatureSpec[] = [];
let identity: TestIdentity;

beforeAll(() => {
  const authority = issueCertificate({ subject: { CN: 'CA' }, ca: true, notBefore: new Date(0), notAfter: new Date('2040-01-01') });
  const signer = issueCertificate({ subject: { CN: 'Thử' }, issuer: authority, notBefore: new Date(0), notAfter: new Date('2040-01-01') });
  identity = { key: createPrivateKey(signer.privateKeyPem), certificate: new X509Certificate(signer.certificatePem).raw };
  const markup = (parts = {}): string => keyInfoMarkup(identity, parts);
  usual.push(
    { identity, attributes: ' Id="sigid"', keyInfo: markup(), objects: signingTime() },
    { identity, keyInfo: markup({ keyValue: false }), objects: '' },
    { identity, keyInfo: markup({ subjectName: false }), objects: `${signingTime()}<Object xmlns=""><SigningTime>1</SigningTime></Object>` },
    { identity, keyInfo: markup({ keyValue: false, subjectName: false }), signedInfoAttributes: ' Id="sigid"' },
    { identity, keyInfo: markup(), canonicalization: exclusive, form: { exclusive: true } },
    { identity, keyInfo: markup(), method: `${more2007}sha256-rsa-MGF1` },
    { identity, keyInfo: markup(), method: `${more}rsa-sha512`, references: [{ uri: '', digestMethod: `${xmlenc}sha512` }] },
  );
});

interface Found {
  readonly usual: SignatureShape | undefined;
  readonly judged: SignatureShape | string;
}

function judged<Result>(judge: () => Result): Result | string {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error.findings);
    throw error;
  }
}

function factsOf({ form, value, references }: SignatureShape): unknown {
  return { form: formOf(form), value: value.toString('hex'), references: references.map(({ uri, hash, digest, form: own }) => [uri, hash, digest.toString('hex'), formOf(own)]) };
}

function formOf({ inclusivePrefixes, ...form }: CanonicalForm): string {
  return JSON.stringify([form, [...inclusivePrefixes]]);
}

function keyOf(read: XmlDocument, shape: SignatureShape, policy: SignaturePolicy): unknown {
  const { certificate, publicKey, all } = readSigningKey(read, shape, policy);
  return [certificate.toString('hex'), publicKey.export({ format: 'jwk' }), all.map((one) => one.toString('hex'))];
}

/** Both readers' answers about one signature; fails when they differ in anything that the rest of the verification goes by. */
function compare(read: XmlDocument, element: XmlElement, policy: SignaturePolicy = fieldPolicy): Found {
  const found = readUsualShape(read, element, policy);
  const shape = judged(() => readShape(read, element, policy));
  if (found === undefined) return { usual: found, judged: shape };
  if (typeof shape === 'string') throw new Error(`the judge refuses ${read.bytes.toString()}: ${shape}`);
  expect(factsOf(found)).toEqual(factsOf(shape));
  for (const part of ['element', 'signedInfo', 'keyInfo', 'method'] as const) expect(found[part] === shape[part]).toBe(true);
  expect(found.references[0]?.element === shape.references[0]?.element).toBe(true);
  // Twice: the second time the certificate is known.
  for (let again = 0; again < 2; again += 1) {
    expect(judged(() => keyOf(read, found, policy))).toEqual(judged(() => keyOf(read, shape, policy)));
  }
  expect(judged(() => readXades({ document: read, element, references: shape.references, certificate: Buffer.alloc(0) }, policy.xadesRules))).toBeUndefined();
  return { usual: found, judged: shape };
}

/** The answers about each signature of a document; none when it is not even well-formed. */
function compareAll(xml: string | Buffer): readonly Found[] {
  let read: XmlDocument;
  try {
    read = parse(Buffer.from(xml));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
  return elementsNamed(read.root, 'Signature', dsig).map((element) => compare(read, element));
}

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TAGS = ['SignedInfo', 'CanonicalizationMethod', 'SignatureMethod', 'Reference', 'Transforms', 'Transform', 'DigestMethod', 'DigestValue', 'SignatureValue', 'KeyInfo', 'KeyValue', 'RSAKeyValue', 'Modulus', 'Exponent', 'X509Data', 'X509Certificate', 'X509SubjectName', 'Object', 'SignatureProperties', 'SignatureProperty', 'SigningTime'];
const BITS = [' ', '\n', 'x', '<x/>', '<!-- -->', '<![CDATA[]]>', '<![CDATA[MA==]]>', '&#77;', '=', '<Object/>', '<Object xmlns=""/>', '<Object xmlns="urn:o"/>', '<KeyInfo/>', '<SignedInfo/>', '<Reference URI=""/>', '<KeyName>k</KeyName>', '<X509Certificate>MA==</X509Certificate>', '<Object><NoiDung xmlns=""/></Object>', '<Object><q:QualifyingProperties xmlns:q="urn:q"/></Object>', '<Object><QualifyingPropertiesReference xmlns="urn:q"/></Object>'];
const ATTRIBUTES = [' Id="x"', ' xmlns=""', ' xmlns="urn:x"', ` xmlns="${dsig}"`, ' xmlns:p="urn:p"', ' Type="http://uri.etsi.org/01903#SignedProperties"', ' URI="#x"', ' Algorithm="urn:x"', ' '];

/** One alteration somewhere in the signature. */
function altered(xml: string, next: (below: number) => number): string {
  const tag = TAGS[next(TAGS.length)] ?? '';
  const element = new RegExp(`<${tag}(?: [^>]*)?>.*?</${tag}>`, 's').exec(xml)?.[0];
  if (element === undefined) return xml;
  const open = element.slice(0, element.indexOf('>') + 1);
  const close = `</${tag}>`;
  const bit = BITS[next(BITS.length)] ?? '';
  switch (next(10)) {
    case 0: return xml.replace(element, '');
    case 1: return xml.replace(element, () => element + element);
    case 2: return xml.replace(element, () => `${bit}${element}`);
    case 3: return xml.replace(open, () => `${open}${bit}`);
    case 4: return xml.replace(close, () => `${bit}${close}`);
    case 5: return xml.replace(element, () => element.replaceAll(tag, TAGS[next(TAGS.length)] ?? ''));
    case 6: return xml.replace(open, () => `${open.slice(0, -1)}${ATTRIBUTES[next(ATTRIBUTES.length)] ?? ''}>`);
    case 7: return xml.replace(element, () => `<p:${element.slice(1, -close.length)}</p:${tag}>`.replace('>', ` xmlns:p="${dsig}">`));
    case 8: return xml.replace(new RegExp(`${close}(<(\\w+)(?: [^>]*)?>[^<]*</\\2>)`), `$1${close}`);
    default: return xml.replace(close, `</${tag} >`);
  }
}

describe('the usual shape of a signature', () => {
  it('is recognised in what signers write, and read as the judge of all shapes reads it', () => {
    for (const spec of usual) {
      for (let again = 0; again < 2; again += 1) {
        const [found] = compareAll(signWith(document, spec));
        expect(found?.usual).toBeDefined();
      }
      expect(verifySignature(parse(Buffer.from(signWith(document, spec))), place).xades).toBeUndefined();
    }
  });

  it('is recognised with empty tags, and with base64 that differs', () => {
    for (const spec of usual) {
      const xml = signWith(document, spec).replaceAll(/><\/(?:DigestMethod|Transform|SignatureMethod|CanonicalizationMethod)>/g, ' />');
      expect(compareAll(xml)[0]?.usual).toBeDefined();
      expect(compareAll(xml.replace(/<DigestValue>./, '<DigestValue>x'))[0]?.usual).toBeDefined();
    }
  });

  it('holds nothing that the judge refuses, by any policy', () => {
    const algorithms = [[`${more}rsa-sha256`, `${xmlenc}sha256`], [`${dsig}rsa-sha1`, `${dsig}sha1`], [`${more}rsa-sha256`, `${dsig}sha1`], [`${dsig}hmac-sha1`, `${xmlenc}sha256`], ['', '']];
    for (const [method = '', digestMethod = ''] of algorithms) {
      const read = parse(Buffer.from(signWith(document, { identity, keyInfo: keyInfoMarkup(identity), method, references: [{ uri: '', digestMethod }] })));
      const [element] = elementsNamed(read.root, 'Signature', dsig);
      if (element === undefined) throw new Error('no signature');
      for (const policy of [fieldPolicy, strictPolicy, archivePolicy]) {
        // Twice: the second time the methods are known, under whichever policy they were first read.
        for (let again = 0; again < 2; again += 1) {
          const found = readUsualShape(read, element, policy);
          const shape = judged(() => readShape(read, element, policy));
          expect(found === undefined).toBe(typeof shape === 'string');
        }
      }
    }
  });

  it('is not what carries, or claims, qualifying properties', () => {
    const [spec] = usual;
    if (spec === undefined) throw new Error('no signature to alter');
    const xml = signWith(document, spec);
    const isUsual = (text: string): boolean => compareAll(text)[0]?.usual !== undefined;
    expect(isUsual(xml)).toBe(true);
    for (const properties of ['<QualifyingProperties xmlns="http://uri.etsi.org/01903/v1.3.2#"/>', '<x:QualifyingProperties xmlns:x="urn:x"/>', '<QualifyingPropertiesReference xmlns="urn:x"/>']) {
      expect(isUsual(xml.replace('</Signature>', `<Object>${properties}</Object></Signature>`))).toBe(false);
    }
    expect(isUsual(xml.replace('</Signature>', '<Object><Other xmlns="urn:x"/></Object></Signature>'))).toBe(true);
    expect(isUsual(xml.replace('<Reference URI=""', '<Reference URI="" Type="http://uri.etsi.org/01903#SignedProperties"'))).toBe(false);
    expect(isUsual(xml.replace('<Reference URI=""', '<Reference Type="http://uri.etsi.org/01903#SignedProperties" URI=""'))).toBe(false);
  });

  it('shows no other key than the judge finds, even when the certificate is known', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const honest = signWith(document, { identity, keyInfo: keyInfoMarkup(identity) });
    const shown = signWith(document, { identity, keyInfo: keyInfoMarkup(identity, { shownKey: other }) });
    const outcome = (xml: string): string => judged(() => verifySignature(parse(Buffer.from(xml)), place).method);
    for (let again = 0; again < 2; again += 1) {
      expect(outcome(honest)).toBe('RSASSA-PKCS1-v1_5 sha256');
      expect(outcome(shown)).toContain('KEY_MISMATCH');
      expect(outcome(honest.replace('<Exponent>AQAB<', '<Exponent>AQAC<'))).toContain('KEY_MISMATCH');
      expect(outcome(honest.replace('<X509Certificate>M', '<X509Certificate>N'))).toContain('CERTIFICATE_MALFORMED');
      expect(outcome(honest.replace('<X509Certificate>', '<X509Certificate>\n'))).toBe('RSASSA-PKCS1-v1_5 sha256');
    }
  });

  it('is found or left as the judge has it in thousands of alterations', () => {
    let recognised = 0;
    let left = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const next = numbers(seed);
      const spec = usual[next(usual.length)];
      if (spec === undefined) continue;
      let xml = texts.get(spec) ?? signWith(document, spec);
      texts.set(spec, xml);
      for (let i = 1 + next(2); i > 0; i -= 1) xml = altered(xml, next);
      for (const found of compareAll(xml)) {
        if (found.usual === undefined) left += 1;
        else recognised += 1;
      }
    }
    expect(recognised).toBeGreaterThan(200);
    expect(left).toBeGreaterThan(1000);
  });

  it('is found or left as the judge has it when octets of the signature are altered', () => {
    const [spec] = usual;
    if (spec === undefined) throw new Error('no signature to alter');
    const honest = Buffer.from(signWith(document, spec));
    const from = honest.indexOf('<Signature');
    for (let seed = 1; seed <= 2000; seed += 1) {
      const next = numbers(seed);
      const bytes = Buffer.from(honest);
      bytes[from + next(bytes.length - from)] = next(3) === 0 ? next(256) : Buffer.from('<>/ "=aA0:&!')[next(12)] ?? 0;
      compareAll(bytes);
    }
  });
});

const texts = new Map<SignatureSpec, string>();
