// Accepted dossiers put straight into the database, for tests of what happens to them afterwards: no signature is made or judged.
import { createHash } from 'node:crypto';

import type { Database, Query } from '../../src/store/database.ts';
import { insertDossiers, insertReceipts, insertSubmissions, takeNumbers } from '../../src/store/submissions.ts';

export interface AcceptedDossier {
  readonly agency?: string;
  readonly unitCode: string;
  readonly receivedAt?: Date;
  readonly dueAt?: Date;
}

/** Numbered in order; gives the digests. `after` ends each one's transaction. */
export async function insertAccepted(database: Database, dossiers: readonly AcceptedDossier[], after: (query: Query, submissionId: string) => Promise<unknown> = () => Promise.resolve()): Promise<string[]> {
  const digests: string[] = [];
  for (const { agency = '00101', unitCode, receivedAt = new Date(Date.UTC(2026, 10, 23, 1)), dueAt = new Date(Date.UTC(2026, 10, 30, 1)) } of dossiers) {
    await database.transaction(async (query) => {
      const sequence = await takeNumbers(query, agency, 2026, 1);
      const number = `${String(sequence).padStart(5, '0')}/2026/${agency}`;
      const body = Buffer.from(`<Hoso>${number}</Hoso>`);
      const digest = createHash('sha256').update(body).digest('hex');
      await query(`INSERT INTO trust_material (digest, body) VALUES (repeat('0', 64), '') ON CONFLICT DO NOTHING`);
      const [row] = await insertSubmissions(query, [
        {
          digest, sender: 'direct', senderFacts: { kind: 'direct' }, keyScope: null, key: null, receivedAt, outcome: 'accepted', findings: [], transactionCode: `GW${digest.slice(0, 16)}`,
          ruleSetDigest: '', trustDigest: '0'.repeat(64), contentDigest: digest, signatures: [], registration: null, ivanUse: null, filedBefore: [], supplements: null, conflictsWith: null, body,
        },
      ]);
      const submissionId = row?.id ?? '';
      const twoHours = new Date(receivedAt.getTime() + 7_200_000);
      await insertReceipts(query, [{ submissionId, body: Buffer.from(`<BHXH>${number}</BHXH>`) }]);
      await insertDossiers(query, [{ submissionId, agency, year: 2026, sequence, number, unitCode, unitName: 'CÔNG TY MỘT', taxCode: '0101300842', procedure: '600', period: '11/2026', dueAt, urgentAt: dueAt < twoHours ? dueAt : twoHours }], receivedAt);
      await after(query, submissionId);
      digests.push(digest);
    });
  }
  return digests;
}
