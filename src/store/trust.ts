// Trust material as it was used, by digest.
import type { Query } from './database.ts';

export async function keepTrustMaterial(query: Query, digest: string, body: Buffer): Promise<void> {
  await query('INSERT INTO trust_material (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING', [digest, body]);
}
