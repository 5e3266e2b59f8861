// The OCSP answers that a submission's reports name and the store keeps: they must be the octets that their digests say (throws `Lie`), and the
// judge gets again, for each signature, exactly those that it had.
import { createHash } from 'node:crypto';

import { answersNamed } from '../intake/facts.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database } from '../store/database.ts';
import { findRevocationEvidence } from '../store/evidence.ts';
import type { SubmissionRow } from '../store/tables.ts';
import type { Certificate } from '../trust/certificate.ts';
import { parseOcspResponse } from '../trust/ocsp.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { checkThat, checkVerifies } from './lie.ts';

/** Gives the answers that this submission was judged by, besides those in its bytes. */
export async function checkEvidence(database: Database, { signatures }: Pick<SubmissionRow, 'signatures'>): Promise<readonly OcspResponse[]> {
  const named = answersNamed(reportsOf({ signatures }));
  const kept = await findRevocationEvidence(database, named);
  for (const digest of named) checkThat(kept.some((row) => row.digest === digest), `revocation evidence ${digest}`, 'is not there');
  for (const { digest, body } of kept) checkThat(createHash('sha256').update(body).digest('hex') === digest, `revocation evidence ${digest}`, 'is not what its digest says');
  return kept.map(({ digest, body }) => checkVerifies(`revocation evidence ${digest}`, 'cannot be read', () => parseOcspResponse(body)));
}

/**
 * Of an answer that speaks of several certificates the judge may have had none for one of them: what the reports of that signer's signatures
 * name was there. By serial number besides, for its signatures may have come with different certificates.
 */
export function answersAgain(submission: Pick<SubmissionRow, 'signatures'>, responses: readonly OcspResponse[]): NonNullable<Rulebook['answersFor']> {
  return (certificates) => {
    const named = answersNamed(reportsOf(submission).filter(({ certificate }) => certificate === certificates[0]?.fingerprint));
    return responses.filter((response) => named.includes(response.fingerprint) && isAbout(response, certificates));
  };
}

function isAbout({ responses }: OcspResponse, certificates: readonly Certificate[]): boolean {
  return responses.some(({ certId: { serialNumber } }) => certificates.some((certificate) => certificate.serialNumber === serialNumber));
}

function reportsOf({ signatures }: Pick<SubmissionRow, 'signatures'>): readonly SignatureReport[] {
  return (signatures ?? []) as readonly SignatureReport[];
}
