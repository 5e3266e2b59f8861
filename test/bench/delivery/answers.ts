// The agency's answers, one to each dossier, signed before anything is measured; and what a process needs to take them as the gateway does: verified,
// judged by what is known of the case, issued again under the gateway's signature and recorded with their events.
import { X509Certificate } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fileNameOf, ensureDevelopmentPki } from '../../../src/development/pki-folder.ts';
import { declareBackends } from '../../../src/delivery/backend-facts.ts';
import { laneOf } from '../../../src/delivery/routes.ts';
import { packageFile } from '../../../src/paths.ts';
import { issueWith, issuerOf } from '../../../src/receipts/issue.ts';
import type { ResultSettings, Speaker } from '../../../src/results/take.ts';
import { readIdentity } from '../../../src/signature/identity.ts';
import { createSchemas } from '../../../src/standard/schema-folder.ts';
import { loadStandard } from '../../../src/standard/tables.ts';
import type { Database } from '../../../src/store/database.ts';
import { parseTrustMaterial } from '../../../src/trust/material.ts';
import type { TrustMaterial } from '../../../src/trust/material.ts';
import { answerXml } from '../../support/agency-answer.ts';
import { backends } from './dossiers.ts';

/** The one form that is answered by: a process starts sooner without the others. */
const FORM = 'KETQUA_XULY';

/** The answer to a dossier, by the dossier's number: 1, 2, 3 … */
export interface Answer {
  readonly dossier: number;
  readonly backend: string;
  readonly body: Buffer;
}

/** Signs an answer to each of the first so many dossiers, and leaves PKI and answers in the folder. */
export async function makeAnswers(database: Database, folder: string, most: number): Promise<void> {
  await ensureDevelopmentPki(folder, new Date());
  cpSync(packageFile('schemas', FORM), join(folder, 'schemas', FORM), { recursive: true });
  await database.query(`INSERT INTO trust_material (digest, body) VALUES ($1, '')`, [trustIn(folder).digest]);
  const { fingerprint256 } = new X509Certificate(readFileSync(join(folder, `${fileNameOf('agencySigning')}.pem`)));
  const answerSigners = new Set([fingerprint256.replaceAll(':', '').toLowerCase()]);
  await declareBackends(database, new Map([...backends.values()].map((name) => [name, { name, url: '', certificateAuthorities: [], answerSigners, mostAtOnce: 1, timeoutMs: 1 }])), 'bench', new Date());
  const sign = issueWith(readIdentity(...pair(folder, 'agencySigning')));
  const rows = await database.query<{ id: string; digest: string; dossierNumber: string; transactionCode: string; agency: string }>(
    `SELECT s.id, s.digest, d.number AS "dossierNumber", s.transaction_code AS "transactionCode", d.agency FROM dossier d JOIN submission s ON s.id = d.submission_id ORDER BY s.id LIMIT $1`, [most],
  );
  const at = new Date();
  const answers = await Promise.all(rows.map(async ({ id, agency, ...facts }) => {
    const body = await sign(answerXml({ ...facts, decision: { code: '200', text: 'Hồ sơ đã giải quyết', agency }, at }));
    return { dossier: Number(id), backend: backends.get(agency) ?? '', body: body.toString('base64') };
  }));
  writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
}

export function readAnswers(folder: string): readonly Answer[] {
  const answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as readonly { readonly dossier: number; readonly backend: string; readonly body: string }[];
  return answers.map(({ body, ...facts }) => ({ ...facts, body: Buffer.from(body, 'base64') }));
}

export function takingIn(folder: string, database: Database): ResultSettings {
  const identity = readIdentity(...pair(folder, 'gatewaySigning'));
  const trust = trustIn(folder);
  return {
    database,
    issue: issueWith(identity),
    issuer: issuerOf(identity.certificates[0] ?? Buffer.alloc(0), 'ivan-gateway', 'Hà Nội', '1900 9068'),
    schemas: createSchemas(join(folder, 'schemas')),
    trust: () => trust,
    terms: loadStandard(),
    missed: (error) => { throw error; },
  };
}

export function speakerOf(backend: string): Speaker {
  return { backend, lane: laneOf(backend) };
}

function trustIn(folder: string): TrustMaterial {
  const files = readdirSync(join(folder, 'trust')).filter((name) => name.endsWith('.pem'));
  return parseTrustMaterial(files.map((name) => ({ name, bytes: readFileSync(join(folder, 'trust', name)) })));
}

function pair(folder: string, party: 'agencySigning' | 'gatewaySigning'): [string, string] {
  const name = fileNameOf(party);
  return [readFileSync(join(folder, `${name}.chain.pem`), 'utf8'), readFileSync(join(folder, `${name}.key`), 'utf8')];
}
