// Attack: a same-document reference that names less than the whole: by Id, by XPointer, or only something inside the signature. What is not
// named is free to change (McIntosh and Austel 2005; XML Signature §4.4.3.2-3).
import { afterAll, describe, expect, it } from '@jest/globals';

import { evil, itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const onlyTime = stage.dossier({ spec: { references: [{ uri: '#proid' }] } });

describe('a reference to less than the document', () => {
  itWith('xmlsec1', 'lives: the dossier changes and another engine holds it for good', () => {
    expect([onlyTime, evil(onlyTime)].map((xml) => xmlsec1(stage.pki, xml, { idOf: ['SignatureProperties'] }))).toEqual([true, true]);
  });

  it.each(['#proid', '#xpointer(/)', "#xpointer(id('proid'))", '#content', '#', '#sigid', '#element(/1)', "#xmlns(a=urn:x)xpointer(/Hoso/NoiDung)"])('%s alone is refused', (uri) => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect(stage.verified(stage.dossier({ spec: { references: [{ uri }] } }))).toBe('REFERENCE_PARTIAL');
  });

  it('besides the whole must name one element inside the signature, by its Id', () => {
    const beside = (uri: string): string => stage.verified(stage.dossier({ spec: { references: [{ uri: '' }, { uri }] } }));
    expect(beside('#proid')).toBe('verified');
    for (const uri of ['#', '#xpointer(/)', "#xpointer(id('proid'))", '#sigid', '#nowhere', '#PROID', '#proid ']) expect([uri, beside(uri)]).toEqual([uri, 'SIGNATURE_FORMAT']);
  });

  it('is refused too often, and the whole twice', () => {
    const counted = (references: readonly { uri: string }[]): string => stage.verified(stage.dossier({ spec: { references } }));
    expect(counted([{ uri: '' }, { uri: '#proid' }])).toBe('verified');
    expect(counted([{ uri: '#proid' }, { uri: '' }])).toBe('verified');
    expect([[], [{ uri: '' }, { uri: '' }], [{ uri: '#proid' }, { uri: '#proid' }], [{ uri: '' }, { uri: '#proid' }, { uri: '#proid' }, { uri: '#proid' }]].map(counted)).toEqual(
      ['SIGNATURE_FORMAT', 'SIGNATURE_FORMAT', 'REFERENCE_PARTIAL', 'SIGNATURE_FORMAT'],
    );
  });

  it('over a changed Object is refused, unless the Object is the signing time that nobody relies on', () => {
    const references = [{ uri: '' }, { uri: '#more' }];
    const signed = stage.dossier({ spec: { references, objects: '<Object Id="more">a</Object>' } });
    expect([signed, swap('<Object Id="more">a', '<Object Id="more">b')(signed)].map((xml) => stage.judged(xml))).toEqual(['accepted', 'HASH_FAILURE']);
    const time = '<Object Id="more"><SignatureProperties xmlns=""><SignatureProperty><SigningTime>1</SigningTime></SignatureProperty></SignatureProperties></Object>';
    const timed = stage.dossier({ spec: { references, objects: time } });
    expect([timed, swap('<SigningTime>1', '<SigningTime>2')(timed)].map((xml) => stage.judged(xml))).toEqual(['accepted', 'accepted, SIGNING_TIME_UNVERIFIED']);
    const padded = [swap('<SigningTime>1', '<SigningTime>1<Value></Value>'), swap('<SignatureProperty>', '<SignatureProperty><Value></Value>'), swap('</SignatureProperties>', '<Value></Value></SignatureProperties>'), swap('</SignatureProperties></Object>', '</SignatureProperties><Value></Value></Object>')];
    expect(padded.map((edit) => stage.judged(edit(timed)))).toEqual(padded.map(() => 'HASH_FAILURE'));
  });
});
