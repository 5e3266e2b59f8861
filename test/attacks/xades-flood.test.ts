// Attack: a signature with thousands of XAdES properties that each cost the canonical octets of the signature value, or a warning that reports
// and receipts repeat. Anybody can make such a signature: it is judged before its signer is.
import { afterAll, describe, expect, it } from '@jest/globals';

import { xadesSpec } from '../support/xades.ts';
import type { Properties } from '../support/xades.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

function judged(properties: Properties): string {
  const { identity, ...spec } = xadesSpec({ key: stage.employer.key, certificates: [stage.employer.certificate] }, properties);
  return stage.judged(stage.dossier({ spec: { identity, ...spec } }));
}
const unknown = (count: number): string => '<f:a xmlns:f="urn:foreign"/>'.repeat(count);

describe('a flood of XAdES properties', () => {
  it('lives: a few are judged', () => {
    expect(judged({ unsigned: '<x:SignatureTimeStamp/>'.repeat(4) })).toBe('accepted');
    expect(judged({ more: unknown(2) })).toBe('accepted, XADES_PROPERTY_UNKNOWN XADES_PROPERTY_UNKNOWN');
  });

  it('does not have the signature value canonicalised once for each time stamp', () => {
    expect(judged({ unsigned: '<x:SignatureTimeStamp/>'.repeat(5) })).toBe('XADES_FORMAT');
  });

  it('does not have every unknown property repeated in reports, nor overflow the stack', () => {
    expect(judged({ more: unknown(17) })).toBe('XADES_FORMAT');
    expect(judged({ more: unknown(150_000) })).toBe('XADES_FORMAT');
  });
});
