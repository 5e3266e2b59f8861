// The OCSP answers that a submission's reports name and the store keeps: they must be the octets that their digests say (throws `Lie`), and the
// judge gets again, for each signature, exactly those that it had.
import { createHash } from 'node:crypto';

import { answersNamed } from '../intake/facts.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Query } from '../store/database.ts';
import { findRevocationEvidence } from '../store/evidence.ts';
import type { SubmissionRow } from '../store/tables.ts';
import type { Certificate } from '../trust/certificate.ts';
import { parseOcspResponse } from '../trust/ocsp.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { checkThat, checkVerifies } from './lie.ts';

type Signed = Pick<SubmissionRow, 'signatures'>;

/** Reads the answers that these were judged by, besides those in their bytes; gives what checks and gives those of one of them. */
export async function readEvidence(query: Query, rows: readonly Signed[]): Promise<(row: Signed) => readonly OcspResponse[]> {
  const kept = new Map((await findRevocationEvidence(query, [...new Set(rows.flatMap((row) => answersNamed(reportsOf(row))))])).map((answer) => [answer.digest, answer.body]));
  const read = new Map<string, OcspResponse>();
  const readOne = (digest: string): OcspResponse => {
    const known = read.get(digest);
    if (known !== undefined) return known;
    const body = kept.get(digest);
    checkThat(body !== undefined, `revocation evidence ${digest}`, 'is not there');
    checkThat(createHash('sha256').update(body).digest('hex') === digest, `revocation evidence ${digest}`, 'is not what its digest says');
    const response = checkVerifies(`revocation evidence ${digest}`, 'cannot be read', () => parseOcspResponse(body));
    read.set(digest, response);
    return response;
  };
  return (row) => answersNamed(reportsOf(row)).map(readOne);
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
