// Attack: two elements carry the Id that a reference names; the verifier digests the one, the reader takes the other (CVE-2012-6708 class;
// XML Signature §8.1.2, "see what is signed"). Honest dossiers of the field repeat Ids too, so an Id alone must not refuse.
import { afterAll, describe, expect, it } from '@jest/globals';

import { openStage, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const object = (text: string): string => `<Object Id="target">${text}</Object>`;
const references = [{ uri: '' }, { uri: '#target' }];

describe('an Id given twice', () => {
  it('is refused when a reference names it', () => {
    expect(stage.judged(stage.dossier({ spec: { references, objects: object('a') } }))).toBe('accepted');
    expect(stage.judged(stage.dossier({ spec: { references, objects: object('a') + object('a') } }))).toBe('SIGNATURE_FORMAT');
    // The first of two is the one digested by the signer here: an engine that takes the first, or the last, would find nothing wrong.
    expect(stage.judged(stage.dossier({ spec: { references, objects: object('a') + object('b') } }))).toBe('SIGNATURE_FORMAT');
  });

  it('added later to the second, nested or in another spelling, is refused or is no such Id', () => {
    const signed = stage.dossier({ spec: { references, objects: `${object('a')}<Object><Value xmlns=""/></Object>` } });
    expect(stage.judged(signed)).toBe('accepted');
    expect(stage.judged(swap('<Value xmlns=""/>', '<Value xmlns="" Id="target"/>')(signed))).toBe('SIGNATURE_FORMAT');
    expect(stage.judged(swap('<Value xmlns=""/>', '<Value xmlns="" ID="target"/>')(signed))).toBe('accepted');
    expect(stage.judged(swap('<Value xmlns=""/>', '<Value xmlns="" xml:id="target"/>')(signed))).toBe('accepted');
  });

  it('outside the signature is never the target', () => {
    const spec = { references: [{ uri: '' }, { uri: '#proid' }] };
    expect(stage.verified(stage.dossier({ spec }))).toBe('verified');
    expect(stage.verified(stage.dossier({ spec, envelope: swap('<NoiDung>', '<NoiDung Id="proid">') }))).toBe('HASH_FAILURE');
    expect(stage.verified(stage.dossier({ spec: { references: [{ uri: '' }, { uri: '#content' }] }, envelope: swap('<NoiDung>', '<NoiDung Id="content">') }))).toBe('SIGNATURE_FORMAT');
  });

  it('of the Signature itself and its SignedInfo is what one client of the field writes, and harms nobody', () => {
    expect(stage.judged(stage.dossier({ spec: { signedInfoAttributes: ' Id="sigid"' } }))).toBe('accepted');
    expect(stage.verified(stage.dossier({ spec: { references: [{ uri: '' }, { uri: '#sigid' }] } }))).toBe('SIGNATURE_FORMAT');
  });
});
