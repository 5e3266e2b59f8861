// Trust material as it was used, and the certificates that this gateway signed with: what an audit holds messages against.
import { createHash } from 'node:crypto';

import type { Query } from './database.ts';
import type { TrustMaterialRow, TrustPartRow } from './tables.ts';

/** The parts that are not kept yet, each by itself for they may be large, and only then the row that names them all. */
export async function keepTrustMaterial(query: Query, { digest, body }: TrustMaterialRow, parts: readonly TrustPartRow[]): Promise<void> {
  const known = await query('SELECT digest FROM trust_material WHERE digest = $1', [digest]);
  if (known.length > 0) return;
  const rows = await query<{ digest: string }>('SELECT digest FROM trust_part WHERE digest = ANY($1)', [parts.map((part) => part.digest)]);
  const kept = new Set(rows.map((row) => row.digest));
  for (const part of parts.filter((candidate) => !kept.has(candidate.digest))) {
    await query('INSERT INTO trust_part (digest, kind, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [part.digest, part.kind, part.body]);
  }
  await query('INSERT INTO trust_material (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING', [digest, body]);
}

/** Kept before anything is signed with it. */
export async function keepSigningCertificate(query: Query, der: Buffer): Promise<void> {
  await query('INSERT INTO signing_certificate (fingerprint, body) VALUES ($1, $2) ON CONFLICT DO NOTHING', [createHash('sha256').update(der).digest('hex'), der]);
}

/** SHA-256 fingerprints of every certificate that this gateway ever signed with. */
export async function signingFingerprints(query: Query): Promise<ReadonlySet<string>> {
  const rows = await query<{ fingerprint: string }>('SELECT fingerprint FROM signing_certificate');
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}
