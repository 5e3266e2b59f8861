// Attack: whoever holds one signed document leaves the signed part in it where nobody reads, and puts his own where everybody reads
// (McIntosh and Austel, "XML signature element wrapping attacks", 2005: sibling value). A reference by Id makes it possible.
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, evil, itWith, openStage, partOf, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const withId = swap('<NoiDung>', '<NoiDung Id="content">');
/** Signed by Id, as the attacked would have to sign. Its target is outside the signature, so the test's signer digests it through `form`. */
const byId = signedById();
const wrapped = byId.replace('<NoiDung Id="content">', () => `${evil(partOf(byId, 'NoiDung')).replace(' Id="content"', '')}<NoiDung Id="content">`);

function signedById(): string {
  return stage.dossier({ envelope: withId, spec: { references: [{ uri: '#content', transforms: '<Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></Transform>' }] } });
}

describe('a signed part with an unsigned sibling of its name', () => {
  itWith('xmlsec1', 'lives: another engine holds the signature for good with and without the sibling', () => {
    expect(wrapped).toContain(attackersName);
    expect([byId, wrapped].map((xml) => xmlsec1(stage.pki, xml, { idOf: ['NoiDung'] }))).toEqual([true, true]);
  });

  it('is refused, because nothing but the whole document may be signed', () => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect(stage.verified(byId)).toBe('REFERENCE_PARTIAL');
    expect(stage.verified(wrapped)).toBe('REFERENCE_PARTIAL');
    expect(stage.judged(wrapped)).toMatch(/^REFERENCE_PARTIAL(?: ELEMENT_UNKNOWN)+$/);
  });

  it.each([['before', '<NoiDung>', (part: string) => `${part}<NoiDung>`], ['after', '<CKy_Dvi>', (part: string) => `${part}<CKy_Dvi>`], ['last', '</Hoso>', (part: string) => `${part}</Hoso>`]])(
    'breaks a signature over the whole document when it stands %s',
    (_where, marker, put) => {
      const honest = stage.dossier();
      const attacked = honest.replace(marker, () => put(evil(partOf(honest, 'NoiDung'))));
      expect([stage.verified(honest), stage.verified(attacked)]).toEqual(['verified', 'HASH_FAILURE']);
      expect(stage.judged(attacked)).toBe('HASH_FAILURE ELEMENT_UNKNOWN');
    },
  );
});
