// Trust material as it was used, and the certificates that this gateway signed with: what an audit holds messages against.
import { createHash } from 'node:crypto';

import type { Query } from './database.ts';

export async function keepTrustMaterial(query: Query, digest: string, body: Buffer): Promise<void> {
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
