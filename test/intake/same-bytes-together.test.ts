// Guarantee: of two copies of the same bytes that are recorded together one is recorded, and its row, number, due date and receipt are all of that one,
// whichever key either of them came with; the other gets its receipt.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { enterWith } from '../../src/evidence/append.ts';
import { createIntake } from '../../src/intake/receive.ts';
import type { Judged } from '../../src/intake/facts.ts';
import type { Recorded, RecordSettings } from '../../src/intake/record.ts';
import { recordTogether } from '../../src/intake/transaction.ts';
import { signerOf } from '../../src/log/note.ts';
import { issueWith, issuerOf } from '../../src/receipts/issue.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { readTrustFolder } from '../../src/trust-folder.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, pkiFolder } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

const schemas = createSchemas();
const standard = loadStandard();
let site: Site;
let settings: RecordSettings;

beforeAll(async () => {
  site = await startSite();
  const file = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
  const identity = readIdentity(file('gateway-signing.chain.pem'), file('gateway-signing.key'));
  const issuer = issuerOf(identity.certificates[0] ?? Buffer.alloc(0), 'ivan-gateway', 'Hà Nội', '1900 9068');
  settings = { database: site.gateway.database, enter: enterWith(signerOf('localhost/ivan-gateway', createPrivateKey(file('log.key')))), issue: issueWith(identity), issuer, terms: standard };
});

afterAll(async () => {
  await site.stop();
  schemas.dispose();
});

interface Sent {
  readonly bytes: Buffer;
  readonly key?: string;
}

/** Has all of them judged, a moment after each other, and recorded in one transaction. */
async function together(sent: readonly Sent[]): Promise<readonly Recorded[]> {
  const judged: Judged[] = [];
  const rulebook = { standard, schemas, trust: readTrustFolder(join(pkiFolder(), 'trust')) };
  const collect = createIntake(settings.database, (one) => {
    judged.push(one);
    return Promise.resolve({} as Recorded);
  }, () => rulebook);
  const start = Date.now();
  for (const [index, { bytes, key }] of sent.entries()) await collect.receive({ bytes, key, sender: { kind: 'direct' }, receivedAt: new Date(start - 1000 * (sent.length - index)) });
  expect(judged.map(({ verdict }) => [verdict.outcome, verdict.findings.map(({ code }) => code)])).toEqual(sent.map(() => ['accepted', expect.any(Array)]));
  return recordTogether(settings, judged);
}

const dossier = (mark: string): Promise<Buffer> => signedDossier(identityOf(site.pki.employer), { mark, ivan: '' });

describe('two copies of the same bytes, recorded together', () => {
  it('have one receipt, that of the first, when neither has a key', async () => {
    const bytes = await dossier('một');
    const [first, second] = await together([{ bytes }, { bytes }]);
    expect([first?.isNew, second?.isNew, first?.outcome, first?.receipt.equals(second?.receipt ?? Buffer.alloc(0))]).toEqual([true, false, 'accepted', true]);
    await audit(site.databaseUrl);
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['the first', 'k1', undefined],
    ['the second', undefined, 'k1'],
    ['both', 'k1', 'k1'],
  ])('have one receipt, that of the first, when %s came with the key of other bytes', async (which, firstKey, secondKey) => {
    await together([{ bytes: await dossier(`khác ${which}`), key: 'k1' }]);
    const bytes = await dossier(`bản ${which}`);
    const [first, second] = await together([{ bytes, ...(firstKey && { key: firstKey }) }, { bytes, ...(secondKey && { key: secondKey }) }]);
    expect([first?.isNew, second?.isNew, first?.outcome]).toEqual([true, false, firstKey === undefined ? 'accepted' : 'conflict']);
    expect(first?.receipt.equals(second?.receipt ?? Buffer.alloc(0))).toBe(true);
    await audit(site.databaseUrl);
  });
});
