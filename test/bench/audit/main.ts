// `npm run bench:audit [-- --dossiers N --workers N]`: makes so many dossiers in a database of its own, judged, receipted and in the log as a gateway does it,
// then audits them and says the rate, and what part it is of the verification engine's own.
import { mkdtempSync, rmSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { auditProgram } from '../../../src/audit/program.ts';
import { startEmbeddedDatabase } from '../../../src/development/database.ts';
import { createDevelopmentPki } from '../../../src/development/pki.ts';
import { enterWith } from '../../../src/evidence/append.ts';
import { startLogKeeper } from '../../../src/evidence/keeper.ts';
import { openLog } from '../../../src/evidence/open.ts';
import { createIntake } from '../../../src/intake/receive.ts';
import { createRecorder } from '../../../src/intake/record.ts';
import { issueWith, issuerOf } from '../../../src/receipts/issue.ts';
import { createSchemas } from '../../../src/standard/schema-folder.ts';
import { loadStandard } from '../../../src/standard/tables.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { keepSigningCertificate, keepTrustMaterial } from '../../../src/store/trust.ts';
import { manifestOf } from '../../../src/trust/manifest.ts';
import { partsOf } from '../../../src/trust/material.ts';
import { signedDossier } from '../../support/dossiers.ts';
import { identityOf, materialOf } from '../../support/pki.ts';

const { values } = parseArgs({ options: { dossiers: { type: 'string', default: '2000' }, workers: { type: 'string', default: '1' } } });
const wanted = Number(values.dossiers);
const AT_ONCE = 64;

const folder = mkdtempSync(join(tmpdir(), 'bench-audit-'));
const server = await startEmbeddedDatabase({ folder, persistent: false });
try {
  await server.createDatabase('gateway');
  const url = server.url('gateway');
  await fill(url);
  const world = { out: (text: string) => process.stdout.write(text), err: (text: string) => process.stderr.write(text), isInteractive: process.stderr.isTTY, now: () => new Date(), environment: { GATEWAY_DATABASE_URL: url } };
  process.exitCode = await auditProgram(['--rate', '--workers', values.workers], world);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function fill(url: string): Promise<void> {
  const start = Date.now();
  const database = await openDatabase({ url, connections: 4 });
  const pki = await createDevelopmentPki({ now: new Date() });
  const [signing, employer, trust, standard, schemas] = [identityOf(pki.gatewaySigning), identityOf(pki.employer), materialOf(pki), loadStandard(), createSchemas()];
  const certificate = signing.certificates[0] ?? Buffer.alloc(0);
  await keepSigningCertificate(database.query, certificate);
  await keepTrustMaterial(database.query, { digest: trust.digest, body: manifestOf(trust) }, [...partsOf(trust)]);
  const keyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const enter = enterWith(await openLog(database.query, { origin: 'localhost/bench', keyPem }, new Date()));
  const record = createRecorder({ database, enter, issue: issueWith(signing), issuer: issuerOf(certificate, 'bench', 'Hà Nội', '1900'), terms: standard });
  const intake = createIntake(database, record, () => ({ standard, schemas, trust }));
  for (let made = 0; made < wanted;) {
    const count = Math.min(AT_ONCE, wanted - made);
    const dossiers = await Promise.all(Array.from({ length: count }, (_value, place) => signedDossier(employer, { ivan: '', mark: `bench ${made + place}`, unitCode: `TS${10000 + ((made + place) % 5000)}` })));
    await Promise.all(dossiers.map((bytes) => intake.receive({ bytes, sender: { kind: 'direct' }, receivedAt: new Date(), key: undefined })));
    made += count;
  }
  const keeper = startLogKeeper({ database, enter, now: () => new Date(), log: () => undefined });
  await keeper.work();
  await keeper.stop();
  await database.query('VACUUM ANALYZE');
  await database.close();
  schemas.dispose();
  process.stderr.write(`${wanted} dossiers made in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}
