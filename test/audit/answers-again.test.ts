// Guarantee: an audit gives each signature the OCSP answers that its report names and no others, even where one answer speaks of several
// certificates, and the judge comes to the same report in whatever order and however often they are given.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { answersAgain } from '../../src/audit/evidence.ts';
import { createDevelopmentPki } from '../../src/development/pki.ts';
import { fieldPolicy } from '../../src/signature/policy.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { judgeSignature } from '../../src/standard/judge-signature.ts';
import type { SignatureReport } from '../../src/standard/signature-report.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import type { OcspResponse } from '../../src/trust/ocsp.ts';
import { parse } from '../../src/xml/parse.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { answer, single } from '../trust/ocsp-support.ts';
import { makeLeaf, makeRoot } from '../trust/support.ts';

let one: Certificate;
let two: Certificate;
/** About the first; about both; about the second. */
let answers: readonly [OcspResponse, OcspResponse, OcspResponse];

beforeAll(async () => {
  const root = await makeRoot();
  [one, two] = [await makeLeaf(root), await makeLeaf(root)];
  answers = [await answer(one, root), await answer(one, root, { more: [single(two, root.certificate)] }), await answer(two, root)];
});

function reportOf({ fingerprint }: Certificate, ...given: readonly OcspResponse[]): SignatureReport {
  return { xpath: '/', role: 'dossier', indication: 'TOTAL-PASSED', codes: [], policy: 'field', at: '', certificate: fingerprint, answers: given.map((response) => response.fingerprint) };
}

describe('the answers that the judge gets again', () => {
  it('are those of the signer’s own report, though others speak of it too', () => {
    const [ofOne, ofBoth, ofTwo] = answers;
    const again = answersAgain({ signatures: [reportOf(one, ofOne, ofBoth), reportOf(two, ofTwo)] }, answers);
    expect([again([one]), again([two])]).toEqual([[ofOne, ofBoth], [ofTwo]]);
  });

  it('are about the certificates of this signature’s path, where the same signer signed over another path as well', () => {
    const [ofOne, , ofTwo] = answers;
    const again = answersAgain({ signatures: [reportOf(one, ofOne), reportOf(one, ofOne, ofTwo)] }, answers);
    expect([again([one]), again([one, two])]).toEqual([[ofOne], [ofOne, ofTwo]]);
  });

  it('are none where nothing was reported', () => {
    expect([answersAgain({ signatures: null }, answers)([one]), answersAgain({ signatures: [reportOf(two, answers[2])] }, answers)([])]).toEqual([[], []]);
  });
});

it('a report names each answer once, in one order, whatever it was given', async () => {
  const pki = await createDevelopmentPki({ now: new Date() });
  const bytes = await signedDossier(identityOf(pki.employer));
  const named = (given: readonly OcspResponse[]): readonly string[] | undefined =>
    judgeSignature(parse(bytes), envelopePlace, 'dossier', { standard: { signaturePolicy: fieldPolicy }, trust: materialOf(pki), receivedAt: new Date(), answersFor: () => given }).report?.answers;
  const [first, second, third] = answers;
  const digests = answers.map(({ fingerprint }) => fingerprint).toSorted();
  expect([named([first, second, third]), named([third, first, second, first])]).toEqual([digests, digests]);
});
