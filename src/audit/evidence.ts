// The OCSP answers that a submission's reports name and the store keeps must be the octets that their digests say. Throws `Lie`.
import { createHash } from 'node:crypto';

import { answersNamed } from '../intake/facts.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Database } from '../store/database.ts';
import { findRevocationEvidence } from '../store/evidence.ts';
import type { SubmissionRow } from '../store/tables.ts';
import { parseOcspResponse } from '../trust/ocsp.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { checkThat, checkVerifies } from './lie.ts';

/** Gives the answers kept for this submission; the others that are named stand in its bytes, or its judgement cannot be repeated. */
export async function checkEvidence(database: Database, { signatures }: Pick<SubmissionRow, 'signatures'>): Promise<readonly OcspResponse[]> {
  const kept = await findRevocationEvidence(database, answersNamed((signatures ?? []) as readonly SignatureReport[]));
  for (const { digest, body } of kept) checkThat(createHash('sha256').update(body).digest('hex') === digest, `revocation evidence ${digest}`, 'is not what its digest says');
  return kept.map(({ digest, body }) => checkVerifies(`revocation evidence ${digest}`, 'cannot be read', () => parseOcspResponse(body)));
}
