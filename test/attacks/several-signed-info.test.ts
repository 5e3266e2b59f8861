// Attack: a second SignedInfo beside the signed one: one is canonicalized and verified, the digests are taken from the other
// (CVE-2025-29774, xml-crypto: several SignedInfo nodes).
import { createHash } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalDocument, inclusiveForm } from '../../src/xml/canonical.ts';
import { parse } from '../../src/xml/parse.ts';
import { evil, openStage, partOf } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const attacked = evil(honest);
const signed = partOf(honest, 'SignedInfo');
const document = parse(Buffer.from(attacked.replace(/<Signature.*<\/Signature>/, '')));
const digest = createHash('sha256').update(canonicalDocument(document, document.root, inclusiveForm)).digest('base64');
/** True of the changed content, and signed by nobody. */
const forged = signed.replace(/<DigestValue>[^<]*/, `<DigestValue>${digest}`);

const put = (markup: string): string => attacked.replace(signed, () => markup);

describe('a second SignedInfo', () => {
  it('lives: each alone is half of what is needed', () => {
    expect(stage.judged(honest)).toBe('accepted');
    expect(stage.judged(put(signed))).toBe('HASH_FAILURE');
    expect(stage.judged(put(forged))).toBe('SIG_CRYPTO_FAILURE');
  });

  it.each([
    ['before the signed one', () => put(forged + signed)],
    ['after the signed one', () => put(signed + forged)],
    ['after SignatureValue', () => attacked.replace('</SignatureValue>', () => `</SignatureValue>${forged}`)],
    ['last', () => attacked.replace('</Signature></CKy_Dvi>', () => `${forged}</Signature></CKy_Dvi>`)],
    ['inside the signed one', () => put(signed.replace('</SignedInfo>', () => `${forged}</SignedInfo>`))],
    ['around the signed one', () => put(forged.replace('</SignedInfo>', () => `${signed}</SignedInfo>`))],
    ['the same twice, over honest content', () => honest.replace(signed, () => signed + signed)],
  ])('is refused %s', (_where, make) => {
    expect(stage.judged(make())).toBe('SIGNATURE_FORMAT');
  });

  it('in an Object is refused as well: an Object holds properties, and nothing that looks like a part of a signature', () => {
    const hidden = (xml: string): string => xml.replace('</Signature></CKy_Dvi>', () => `<Object>${forged}</Object></Signature></CKy_Dvi>`);
    expect([hidden(honest), hidden(attacked)].map((xml) => stage.judged(xml))).toEqual(['SIGNATURE_FORMAT', 'SIGNATURE_FORMAT']);
  });

  it('is no other child of a signature either: after KeyInfo there are Objects and nothing else', () => {
    const last = (markup: string): string => honest.replace('</Signature></CKy_Dvi>', () => `${markup}</Signature></CKy_Dvi>`);
    expect(stage.judged(last('<Object></Object>'))).toBe('accepted');
    for (const markup of ['<Value></Value>', '<Value xmlns=""></Value>', '<p:Object xmlns:p="urn:attacker"></p:Object>']) expect([markup, stage.judged(last(markup))]).toEqual([markup, 'SIGNATURE_FORMAT']);
  });

  it('and so are a second SignatureValue, a second KeyInfo and a second DigestValue', () => {
    for (const name of ['SignatureValue', 'KeyInfo', 'DigestValue', 'DigestMethod', 'SignatureMethod', 'CanonicalizationMethod']) {
      const twice = honest.replace(partOf(honest, name), (part) => part + part);
      expect([name, stage.judged(twice)]).toEqual([name, 'SIGNATURE_FORMAT']);
    }
  });
});
