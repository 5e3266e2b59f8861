// By what a unit code is known to be a tax code's (NĐ 166/2016/NĐ-CP Điều 26): the agency had the certificate that signs registered for the unit, decided
// that the unit uses an I-VAN under that tax code, or settled a dossier of the unit under it, or gave it the code at its first registration. What somebody merely declared, and the gateway
// merely received, ties nothing: anybody may write another's unit code.

/** `id`: of the certificate's entry, the use, or the submission. */
export interface UnitTie {
  readonly source: 'certificate' | 'use' | 'result';
  readonly id: string;
}

/** SQL expressions; `knownBy` is null for all that is known. */
export interface TieTerms {
  readonly agency: string;
  readonly unitCode: string;
  readonly taxCode: string;
  /** Of the certificate that signs. */
  readonly fingerprint: string;
  readonly at: string;
  readonly knownBy: string;
}

/** A code of the agency's results: the dossier is settled. */
const SETTLED = '200';

/** An SQL expression: the first tie there is as JSON, or null. */
export function tieExpression({ agency, unitCode, taxCode, fingerprint, at, knownBy }: TieTerms): string {
  const known = (instant: string): string => `(${knownBy}::timestamptz IS NULL OR ${instant} <= ${knownBy})`;
  const same = (column: string): string => `replace(${column}, '-', '') = replace(${taxCode}, '-', '')`; // a branch's code is written with its hyphen or without
  return `coalesce(
    (SELECT jsonb_build_object('source', 'certificate', 'id', tc.id::text) FROM unit_certificate tc
     WHERE tc.agency = ${agency} AND tc.unit_code = ${unitCode} AND tc.fingerprint = ${fingerprint} AND tc.use_id IS NULL AND tc.valid_from <= ${at} AND tc.valid_until > ${at} AND ${known('tc.registered_at')}
       AND NOT EXISTS (SELECT 1 FROM unit_certificate_end te WHERE te.registration_id = tc.id AND te.ended_at <= ${at} AND ${known('te.ended_at')}) ORDER BY tc.id LIMIT 1),
    (SELECT jsonb_build_object('source', 'use', 'id', tu.id::text) FROM ivan_use tu JOIN ivan_registration_decision td ON td.registration_id = tu.registration_id
     WHERE tu.agency = ${agency} AND tu.unit_code = ${unitCode} AND ${same('tu.tax_code')} AND ${known('td.decided_at')} ORDER BY tu.id LIMIT 1),
    (SELECT jsonb_build_object('source', 'result', 'id', ts.submission_id::text) FROM dossier ts JOIN result tr ON tr.submission_id = ts.submission_id
     WHERE ts.agency = ${agency} AND ts.unit_code = ${unitCode} AND ${same('ts.tax_code')} AND tr.code = '${SETTLED}' AND ${known('tr.answered_at')} ORDER BY ts.submission_id LIMIT 1),
    (SELECT jsonb_build_object('source', 'result', 'id', tr.submission_id::text) FROM result tr JOIN dossier ts ON ts.submission_id = tr.submission_id
     WHERE tr.unit_code = ${unitCode} AND tr.unit_code <> '' AND ts.agency = ${agency} AND ${same('ts.tax_code')} AND tr.code = '${SETTLED}' AND ${known('tr.answered_at')} ORDER BY tr.submission_id LIMIT 1))`;
}
