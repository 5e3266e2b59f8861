// The development I-VAN: code 00040 of the public list, with a contract for its development certificate.
import { X509Certificate } from 'node:crypto';

import { registerContract } from '../registers/record-contract.ts';
import type { Database } from '../store/database.ts';
import type { DevelopmentPki } from './pki.ts';
import { daysAfter } from './pki.ts';

export const developmentIvan = { code: '00040', name: 'Công ty Thái Sơn' } as const;

export async function registerDevelopmentIvan(database: Database, pki: DevelopmentPki, now: Date): Promise<void> {
  const fingerprint = new X509Certificate(pki.ivan.certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
  await registerContract(database, { ivanCode: developmentIvan.code, fingerprint, state: 'active', validFrom: daysAfter(now, -1), validUntil: daysAfter(now, 365) }, now);
}
