// A gateway's intake as its program composes it – judge, recorder, log and keeper –, without HTTP and without delivery. Without the log entries go nowhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { fileNameOf, LOG_KEY } from '../../../src/development/pki-folder.ts';
import { enterWith } from '../../../src/evidence/append.ts';
import type { Enter } from '../../../src/evidence/append.ts';
import { startLogKeeper } from '../../../src/evidence/keeper.ts';
import type { LogKeeper } from '../../../src/evidence/keeper.ts';
import { openLog } from '../../../src/evidence/open.ts';
import { createIntake } from '../../../src/intake/receive.ts';
import { createRecorder } from '../../../src/intake/record.ts';
import type { Recorded, Recorder, RecordSettings } from '../../../src/intake/record.ts';
import type { Judged } from '../../../src/intake/facts.ts';
import { recordTogether } from '../../../src/intake/transaction.ts';
import { issueWith, issuerOf } from '../../../src/receipts/issue.ts';
import { readIdentity } from '../../../src/signature/identity.ts';
import { createSchemas } from '../../../src/standard/schema-folder.ts';
import { loadStandard } from '../../../src/standard/tables.ts';
import type { Rulebook } from '../../../src/standard/validate.ts';
import type { Database } from '../../../src/store/database.ts';
import { together } from '../../../src/store/together.ts';
import { watchTrustFolder } from '../../../src/trust-folder.ts';
import type { Way } from './stage.ts';

export interface IntakeGateway {
  readonly record: Recorder;
  /** Judged and handed to the recorder. */
  readonly receiveBy: (record: Recorder) => ReturnType<typeof createIntake>['receive'];
  readonly keeper: LogKeeper | undefined;
}

export function pairIn(folder: string, name: string): [string, string] {
  return [readFileSync(join(folder, `${name}.chain.pem`), 'utf8'), readFileSync(join(folder, `${name}.key`), 'utf8')];
}

/** Where nothing is entered, a receipt has nothing to prove. */
const nowhere: Enter = (_query, records) => Promise.resolve({ proofs: records.map(() => ''), save: () => Promise.resolve() });

export async function openIntake(folder: string, database: Database, way: Way, connections: number): Promise<IntakeGateway> {
  const hasLog = way === 'with the log';
  const now = (): Date => new Date();
  const log = (message: string, details: unknown): void => { throw new Error(`${message}: ${JSON.stringify(details)}`); };
  const identity = readIdentity(...pairIn(folder, fileNameOf('gatewaySigning')));
  const standard = loadStandard();
  const schemas = createSchemas();
  const trust = await watchTrustFolder({ folder: join(folder, 'trust') }, database, log);
  const rulebook = (): Rulebook => ({ standard, schemas, trust: trust.current() });
  const enter = hasLog ? enterWith(await openLog(database.query, { origin: 'bench.example/log', keyPem: readFileSync(join(folder, LOG_KEY), 'utf8') }, now())) : nowhere;
  const settings: RecordSettings = { database, enter, issue: issueWith(identity), issuer: issuerOf(identity.certificates[0] ?? Buffer.alloc(0), 'ivan-gateway', 'Hà Nội', '1900 9068'), terms: standard };
  const alone = together<Judged, Recorded>({ work: (batch) => recordTogether(settings, batch), mostTogether: 1, atOnce: connections, mostWaiting: 2_000 });
  const record = way === 'without, each alone' ? alone : createRecorder(settings);
  return {
    record,
    receiveBy: (recorder) => createIntake(database, recorder, rulebook).receive,
    keeper: hasLog ? startLogKeeper({ database, enter, now, log }) : undefined,
  };
}
