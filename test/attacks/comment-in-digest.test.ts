// Attack: a comment inside DigestValue or SignatureValue is dropped by canonicalization but splits the text node, so that a verifier that takes
// the first, or the last, piece compares another digest than was signed (CVE-2025-29775, xml-crypto).
import { createHash } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalDocument, inclusiveForm } from '../../src/xml/canonical.ts';
import { parse } from '../../src/xml/parse.ts';
import { attackersName, evil, itWith, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const attacked = evil(honest);
/** The digest that the changed content really has. */
const forged = digestOfContent(attacked);

function digestOfContent(xml: string): string {
  const document = parse(Buffer.from(xml.replace(/<Signature.*<\/Signature>/, '')));
  return createHash('sha256').update(canonicalDocument(document, document.root, inclusiveForm)).digest('base64');
}

const inDigest = (xml: string, write: (digest: string) => string): string => xml.replace(/<DigestValue>([^<]*)/, (_all, digest: string) => `<DigestValue>${write(digest)}`);

describe('a comment in DigestValue', () => {
  it('lives: it changes nothing in the signed octets of SignedInfo, so the signature over it stays true', () => {
    expect(attacked).toContain(attackersName);
    const canonical = (xml: string): string => {
      const document = parse(Buffer.from(/<SignedInfo.*<\/SignedInfo>/.exec(xml)?.[0] ?? ''));
      return canonicalDocument(document, document.root, inclusiveForm).toString();
    };
    expect(canonical(inDigest(honest, (digest) => `<!--${forged}-->${digest}`))).toBe(canonical(honest));
  });

  itWith('xmlsec1', 'honest digest and comment together are read by another engine as the digest', () => {
    expect(xmlsec1(stage.pki, inDigest(honest, (digest) => `<!--x-->${digest}`))).toBe(true);
  });

  it.each([
    ['before the digest', (digest: string) => `<!--${forged}-->${digest}`],
    ['after the digest', (digest: string) => `${digest}<!--${forged}-->`],
    ['in the middle', (digest: string) => `${digest.slice(0, 10)}<!---->${digest.slice(10)}`],
  ])('is refused %s, over honest and over changed content', (_where, write) => {
    expect(stage.judged(honest)).toBe('accepted');
    expect([honest, attacked].map((xml) => stage.judged(inDigest(xml, write)))).toEqual(['SIGNATURE_FORMAT', 'SIGNATURE_FORMAT']);
  });

  it('is refused wherever in the signature it stands', () => {
    for (const name of ['SignatureValue', 'SignedInfo', 'X509Certificate', 'KeyInfo', 'Modulus', 'SignatureProperty', 'Reference', 'DigestMethod']) {
      const commented = honest.replace(new RegExp(`<${name}( [^>]*)?>`), '$&<!---->');
      expect([name, commented === honest, stage.judged(commented)]).toEqual([name, false, 'SIGNATURE_FORMAT']);
    }
  });

  it('written as CDATA or references is the text it stands for, and nothing else', () => {
    // CDATA and references are the same octets after canonicalization: the whole text is what was signed.
    expect(stage.judged(inDigest(honest, (digest) => `<![CDATA[${digest}]]>`))).toBe('accepted');
    expect(stage.judged(inDigest(honest, (digest) => `<![CDATA[]]>${digest.replace(/^./, (first) => `&#${first.charCodeAt(0)};`)}`))).toBe('accepted');
    expect(stage.judged(inDigest(attacked, (digest) => `<![CDATA[${forged}]]>${digest}`))).toBe('SIGNATURE_FORMAT');
    expect(stage.judged(inDigest(attacked, () => `<![CDATA[${forged}]]>`))).toBe('SIG_CRYPTO_FAILURE');
  });
});
