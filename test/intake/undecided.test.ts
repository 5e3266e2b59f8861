// Guarantee: what is wrong for certain is refused at once, whatever is not known besides; what is only not known is never refused and never accepted.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueCrl } from '../../src/development/revocation-lists.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { openStage } from '../attacks/stage.ts';
import type { Stage } from '../attacks/stage.ts';
import { materialOf } from '../support/pki.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';

let stage: Stage;
let stale: TrustMaterial;

beforeAll(async () => {
  stage = await openStage();
  stale = materialOf(stage.pki, { subordinateCrlPem: issueCrl({ issuer: stage.pki.subordinate, thisUpdate: daysAfter(stage.now, -9), nextUpdate: daysAfter(stage.now, -2) }) });
});

afterAll(() => { stage.close(); });

describe('when the revocation state of the signers is not known', () => {
  it('a dossier in order is "not now"', () => {
    expect(stage.judged(stage.dossier(), stale)).toBe('not now: REVOCATION_UNKNOWN');
  });

  it('a dossier of an unknown agency is refused for that alone', () => {
    const wrong = stage.dossier({ variation: { agency: '99999' } });
    expect(stage.judged(wrong, stale)).toBe('AGENCY_UNKNOWN');
    expect(stage.verdict(wrong, stale).signatures.map(({ role, indication, subIndication }) => [role, indication, subIndication])).toEqual([
      ['dossier', 'INDETERMINATE', 'TRY_LATER'],
      ['declaration', 'INDETERMINATE', 'TRY_LATER'],
    ]);
  });

  it('an altered dossier is refused although its declaration’s signer is not known', () => {
    expect(stage.judged(stage.dossier({ signed: (xml) => xml.replace('TS12345', 'TS54321') }), stale)).toBe('HASH_FAILURE');
  });

  it('with the state known, the same dossiers are accepted and refused as before', () => {
    expect([stage.judged(stage.dossier()), stage.judged(stage.dossier({ variation: { agency: '99999' } }))]).toEqual(['accepted', 'AGENCY_UNKNOWN']);
  });
});
