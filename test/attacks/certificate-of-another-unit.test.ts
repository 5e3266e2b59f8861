// Attack: a true certificate of a trusted authority – but of another unit, or of a person – signs the dossier of a unit; or the tax code in the
// certificate only looks like the unit's (UID attribute; wire-format: MST:, branches -NNN).
import { afterAll, describe, expect, it } from '@jest/globals';

import { employerLike } from '../support/pki.ts';
import { identityOf, openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const key = stage.pki.employer.privateKeyPem;
const signer = (...uids: readonly string[]) => ({ identity: identityOf(employerLike(stage.pki, { uids, key })) });
const judged = (uids: readonly string[], taxCode = '0101300842'): string => stage.judged(stage.dossier({ variation: { taxCode }, spec: signer(...uids), formSpec: signer('MST:0101300842', `MST:${taxCode}`) }));

describe('the certificate', () => {
  it.each([
    ['the unit’s own', ['MST:0101300842'], '0101300842'],
    ['the unit’s, and a person’s in one', ['CMND:001190000001', 'MST:0101300842'], '0101300842'],
    ['the head office’s for its branch', ['MST:0101300842'], '0101300842-001'],
    ['the branch’s own', ['MST:0101300842-001'], '0101300842-001'],
    ['the branch’s own, written without the dash', ['MST:0101300842001'], '0101300842-001'],
  ])('lives: %s may sign', (_whose, uids, taxCode) => {
    expect(judged(uids, taxCode)).toBe('accepted');
  });

  it.each([
    ['another unit’s', ['MST:0109999999'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['a branch’s for its head office', ['MST:0101300842-001'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['a branch’s for another branch', ['MST:0101300842-001'], '0101300842-002', 'TAX_CODE_MISMATCH'],
    ['one with a longer number that begins alike', ['MST:01013008421'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one with a shorter number', ['MST:010130084'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one with a branch of four digits', ['MST:0101300842-0011'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one with a branch of four digits that begins alike', ['MST:0101300842-0011'], '0101300842-001', 'TAX_CODE_MISMATCH'],
    ['one with something before the number', ['MST:x0101300842'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one with NUL behind the number', ['MST:0101300842\u0000.attacker'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one in digits of another script', ['MST:٠١٠١٣٠٠٨٤٢'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one in digits of full width', ['MST:０１０１３００８４２'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['one with two numbers in one attribute', ['MST:0109999999,MST:0101300842'], '0101300842', 'TAX_CODE_MISMATCH'],
    ['a person’s', ['CMND:0101300842'], '0101300842', 'TAX_CODE_MISSING'],
    ['one of another prefix', ['mst:0101300842'], '0101300842', 'TAX_CODE_MISSING'],
    ['one with a space before the prefix', [' MST:0101300842'], '0101300842', 'TAX_CODE_MISSING'],
    ['one without any', [], '0101300842', 'TAX_CODE_MISSING'],
  ])('%s may not', (_whose, uids, taxCode, code) => {
    expect(judged(uids, taxCode)).toBe(code);
  });

  it('of another unit may not sign the form inside either', () => {
    expect(stage.judged(stage.dossier({ formSpec: signer('MST:0109999999') }))).toBe('TAX_CODE_MISMATCH');
    expect(stage.judged(stage.dossier({ formSpec: signer() }))).toBe('TAX_CODE_MISSING');
  });

  it('with the number in its common name only is not the unit’s', () => {
    const named = identityOf(employerLike(stage.pki, { uids: ['MST:0109999999'], key, subject: { C: 'VN', CN: 'UID=MST:0101300842, CN=MST:0101300842' } }));
    expect(stage.judged(stage.dossier({ spec: { identity: named } }))).toBe('TAX_CODE_MISMATCH');
  });

  it('cannot be matched by a number that the dossier does not say plainly', () => {
    const twice = stage.dossier({ spec: signer('MST:0109999999'), envelope: (xml) => xml.replace('<MaSoThue>', '<MaSoThue>0109999999</MaSoThue><MaSoThue>') });
    expect(stage.judged(twice)).toMatch(/^ELEMENT_UNKNOWN/);
    const nested = stage.dossier({ spec: signer('MST:0109999999'), envelope: (xml) => xml.replace('<MaSoThue>', '<MaSoThue><x>0109999999</x>') });
    expect(stage.judged(nested)).toMatch(/^(?:ELEMENT|VALUE)_/);
    const absent = stage.dossier({ spec: signer('MST:0109999999'), envelope: (xml) => xml.replace(/<MaSoThue>.*?<\/MaSoThue>/, '') });
    expect(stage.judged(absent)).toBe('ELEMENT_MISSING');
  });
});
