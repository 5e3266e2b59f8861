// Guarantee: through the real gateway, authorities that publish no list and only answer OCSP are "not now" until they have been asked, then
// decide about signer and authority alike; what they answered is kept, and an audit judges by it again.
import { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { SignatureReport } from '../../src/standard/signature-report.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { loadPki } from '../support/pki.ts';
import { signedXml } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import { issue, makeRoot, makeSubordinate, unitName } from '../trust/support.ts';
import type { Holder } from '../trust/support.ts';
import { responds } from './responder.ts';
import { startServer } from './support.ts';
import type { Behaviour, Server } from './support.ts';

const day = 86_400_000;
const begun = Date.now();
const validity = { notBefore: new Date(begun - 30 * day), notAfter: new Date(begun + 300 * day) };

let root: Holder;
let subordinate: Holder;
let server: Server;
let folder: string;
let site: Site;
let offset = 0;
let marks = 0;

const now = (): Date => new Date(Date.now() + offset);

beforeAll(async () => {
  root = await makeRoot('Root without lists', validity);
  subordinate = await makeSubordinate(root, 'CA without lists', validity);
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'ocsp-'));
  const pki = await loadPki();
  const files = { 'root.pem': pki.root.certificatePem, 'subordinate.pem': pki.subordinate.certificatePem, 'root.crl.pem': pki.rootCrlPem, 'subordinate.crl.pem': pki.subordinateCrlPem };
  for (const [name, pem] of Object.entries(files)) writeFileSync(join(folder, name), pem);
  for (const [name, { certificate }] of Object.entries({ 'other-root.cer': root, 'other-ca.cer': subordinate })) writeFileSync(join(folder, name), certificate.der);
  const authorities = { [root.certificate.fingerprint]: { ocsp: [`${server.url}/root`] }, [subordinate.certificate.fingerprint]: { ocsp: [`${server.url}/ca`] } };
  writeFileSync(join(folder, 'revocation-sources.json'), JSON.stringify({ authorities }));
  server.behaviours.set('/root', answers(root));
  site = await startSite({ world: { now }, environment: { GATEWAY_TRUST_FOLDER: folder } });
});

afterAll(async () => {
  await site.stop();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const signer = (): Promise<Holder> => issue(subordinate, { subject: unitName, ...validity });

function dossier({ keys, certificate }: Holder, sent: readonly Holder[] = [], variation: Variation = {}): Promise<Buffer> {
  marks += 1;
  const identity = { key: KeyObject.from(keys.privateKey), certificates: [certificate.der, ...sent.map((holder) => holder.certificate.der)] };
  return signedDossier(identity, { mark: `OCSP ${marks}`, ...variation });
}

const file = (bytes: Buffer): Promise<Answer> => site.ivan.post('/v1/dossiers', bytes);

/** Sends the same bytes until they are judged. */
function judged(bytes: Buffer): Promise<Answer> {
  return until('the responders have been asked', async () => {
    offset += 10_000; // past the worker's patience
    const answer = await file(bytes);
    return answer.status === 503 ? undefined : answer;
  });
}

function answers(by: Holder, status: 'good' | 'revoked' = 'good'): Behaviour {
  return responds(() => {
    const thisUpdate = new Date(Math.floor(now().getTime() / 1000) * 1000);
    return { by, status, thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + day) };
  });
}

async function reportsOf(outcome: string): Promise<readonly SignatureReport[]> {
  const rows = await site.gateway.database.query<{ signatures: readonly SignatureReport[] }>('SELECT signatures FROM submission WHERE outcome = $1 ORDER BY id DESC LIMIT 1', [outcome]);
  return rows[0]?.signatures ?? [];
}

describe('an authority that answers OCSP alone', () => {
  it('is "not now" until it has been asked, about itself and its signer, and the same dossier is then accepted', async () => {
    server.behaviours.set('/ca', answers(subordinate));
    const holder = await signer();
    const bytes = await dossier(holder);
    const first = await file(bytes);
    expect([first.status, Number(first.headers['retry-after']) <= 10]).toEqual([503, true]);
    expect((await judged(bytes)).status).toBe(201);
    expect([...new Set(server.asked)].sort()).toEqual(['/ca', '/root']);
    const [report] = await reportsOf('accepted');
    expect(report?.path).toEqual([holder, subordinate, root].map(({ certificate }) => certificate.fingerprint));
    expect(report?.revocation?.map(({ kind, certificate }) => [kind, certificate])).toEqual([holder, subordinate].map(({ certificate }) => ['ocsp', certificate.fingerprint]));
    expect(report?.revocation?.map(({ digest }) => digest).sort()).toEqual(report?.answers);
  });

  it('may have its certificate sent along, and the signer’s twice: what was given is told once, in one order', async () => {
    const twice = (xml: string): string => xml.replace(/<X509Certificate>([^<]+)<\/X509Certificate>/, (element, base64: string) => `${element}<X509Certificate>\n${base64}</X509Certificate>`);
    const bytes = await dossier(await signer(), [subordinate], { editSigned: (xml) => twice(xml) });
    expect((await judged(bytes)).status).toBe(201);
    expect((await reportsOf('accepted')).map(({ answers: given = [] }) => given.length)).toEqual([2, 2]);
  });

  it('refuses whom it calls revoked, and the report shows by which answer', async () => {
    server.behaviours.set('/ca', answers(subordinate, 'revoked'));
    const holder = await signer();
    const answer = await judged(await dossier(holder));
    expect([answer.status, signedXml(site, answer).includes('REVOKED')]).toEqual([422, true]);
    const [report] = await reportsOf('refused');
    expect(report).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE', codes: ['REVOKED'], certificate: holder.certificate.fingerprint, revocation: [{ kind: 'ocsp', certificate: holder.certificate.fingerprint }] });
    expect([report?.path?.length, report?.answers?.includes(report.revocation?.[0]?.digest ?? '')]).toEqual([3, true]);
  });

  it('is quoted truly: an audit holds, and finds an answer that was taken away or exchanged', async () => {
    expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 3, accepted: 2, refused: 1, conflicts: 0, results: 0, messages: 0, registrations: 0, otherRuleSets: 0 });
    const runner = site.gateway.database.source.createQueryRunner();
    try {
      await runner.query(`SET session_replication_role = 'replica'`);
      await runner.query('CREATE TEMP TABLE kept AS SELECT * FROM revocation_evidence');
      for (const [change, lie] of [['UPDATE revocation_evidence SET body = set_bit(body, 800, 1 - get_bit(body, 800))', /is not what its digest says/], ['DELETE FROM revocation_evidence', /is not there/]] as const) {
        await runner.query(change);
        await expect(audit(site.databaseUrl)).rejects.toThrow(lie);
        await runner.query('DELETE FROM revocation_evidence');
        await runner.query('INSERT INTO revocation_evidence SELECT * FROM kept');
      }
    } finally {
      await runner.query(`SET session_replication_role = 'origin'`);
      await runner.release();
    }
    expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 3 });
  });
});
