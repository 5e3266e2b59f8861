// OCSP answers as they were used: kept with the first submission judged by them, for whoever judges it again.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';
import type { RevocationEvidenceRow } from './tables.ts';

/** Inserts what is not kept yet, in one order whoever inserts, so that transactions do not block each other in a circle. */
export async function keepRevocationEvidence(query: Query, rows: readonly RevocationEvidenceRow[]): Promise<void> {
  const distinct = [...new Map(rows.map((row) => [row.digest, row])).values()].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  await insertRows(query, 'revocation_evidence', distinct.map(({ digest, kind, body }) => ({ digest, kind, body })), 'ON CONFLICT DO NOTHING');
}

export async function findRevocationEvidence(query: Query, digests: readonly string[]): Promise<RevocationEvidenceRow[]> {
  return digests.length === 0 ? [] : query<RevocationEvidenceRow>('SELECT digest, kind, body FROM revocation_evidence WHERE digest = ANY ($1)', [digests]);
}
