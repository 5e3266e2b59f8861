// Guarantee: receipts, refusals, non-receipts and results verify with tools that are not ours; and an audit finds every lie in the store.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { packageFile } from '../../src/paths.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, pkiFolder } from '../support/pki.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { tampered } from '../support/tampered.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';

let site: Site;
let backend: Backend;
const folder = mkdtempSync(join(tmpdir(), 'gateway-evidence-'));
const messages = new Map<string, Buffer>();

beforeAll(async () => {
  backend = await startReferenceBackend();
  site = await startSite({ backendUrl: backend.url });
  const identity = identityOf(site.pki.employer);
  const bytes = await signedDossier(identity);
  const digest = createHash('sha256').update(bytes).digest('hex');
  messages.set('receipt', (await site.ivan.post('/v1/dossiers', bytes, { 'idempotency-key': 'A-1' })).body);
  messages.set('refusal', (await site.ivan.post('/v1/dossiers', await signedDossier(identity, { agency: '99999' }))).body);
  messages.set('conflict', (await site.ivan.post('/v1/dossiers', await signedDossier(identity, { mark: 'khác' }), { 'idempotency-key': 'A-1' })).body);
  messages.set('non-receipt', (await site.direct.get(`/v1/dossiers/${'0'.repeat(64)}`)).body);
  const result = await until('the result', async () => {
    const answer = await site.direct.get(`/v1/dossiers/${digest}/result`);
    return answer.status === 200 && answer;
  });
  messages.set('result', result.body);
  for (const [name, body] of messages) {
    writeFileSync(join(folder, `${name}.xml`), body);
    writeFileSync(join(folder, `${name}.forged.xml`), body.toString('utf8').replace(/<SHA256>[0-9a-f]/, (tag) => `<SHA256>${tag.endsWith('0') ? '1' : '0'}`));
  }
});

afterAll(async () => {
  await site.stop();
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = ['receipt', 'refusal', 'conflict', 'non-receipt', 'result'];

describe('what the gateway signs', () => {
  itWith('xmlsec1', 'verifies with xmlsec1, and altered does not', () => {
    const verify = (file: string): number | null =>
      spawnSync('xmlsec1', ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', join(pkiFolder(), 'trust/root.pem'), '--untrusted-pem', join(pkiFolder(), 'trust/subordinate.pem'), join(folder, file)]).status;
    expect(kinds.map((kind) => verify(`${kind}.xml`))).toEqual(kinds.map(() => 0));
    expect(kinds.map((kind) => verify(`${kind}.forged.xml`))).toEqual(kinds.map(() => 1));
  });

  itWith('java', 'verifies with the JDK’s own XML signature, secure validation on, and altered does not', () => {
    const run = spawnSync('java', [packageFile('test/support/VerifySignature.java'), ...kinds.map((kind) => join(folder, `${kind}.xml`)), ...kinds.map((kind) => join(folder, `${kind}.forged.xml`))], { encoding: 'utf8' });
    expect([run.stderr, run.stdout.trim().split('\n')]).toEqual(['', [...kinds.map(() => 'valid'), ...kinds.map(() => 'invalid')]]);
  });
});

const tables = ['submission', 'receipt', 'dossier', 'dossier_counter', 'result', 'delivery', 'audit_event', 'feed_event', 'trust_material', 'trust_part', 'ivan_contract', 'ivan_contract_change', 'ivan_certificate', 'signing_certificate'];

describe('an audit', () => {
  it('of an honest store finds nothing', async () => {
    expect(await audit(site.databaseUrl)).toEqual({ submissions: 3, accepted: 1, refused: 1, conflicts: 1, results: 1, messages: 4, registrations: 0, erased: 0, otherRuleSets: 0, logged: expect.any(Number), stamps: 0 });
  });

  const anyId = (generated: 'BY DEFAULT' | 'ALWAYS'): string => `ALTER TABLE audit_event ALTER id SET GENERATED ${generated};`;
  const lies: readonly [name: string, change: string, where: RegExp][] = [
    ['a bit of a submission', `UPDATE submission SET body = set_bit(body, 4000, 1 - get_bit(body, 4000)) WHERE outcome = 'accepted'`, /submission 1/],
    ['a submission’s digest', `UPDATE submission SET digest = repeat('0', 64) WHERE outcome = 'accepted'`, /submission 1/],
    ['the instant of reception', `UPDATE submission SET received_at = received_at + interval '1 second' WHERE outcome = 'accepted'`, /submission 1/],
    ['a verdict', `UPDATE submission SET findings = '[]' WHERE outcome = 'refused'`, /submission 2/],
    ['a report of a signature', `UPDATE submission SET signatures = jsonb_set(signatures, '{0,indication}', '"INDETERMINATE"') WHERE outcome = 'accepted'`, /submission 1: has other reports/],
    ['who sent it', `UPDATE submission SET sender_facts = '{"kind": "direct"}' WHERE outcome = 'accepted'`, /submission 1/],
    ['a bit of a receipt', 'UPDATE receipt SET body = set_bit(body, 4000, 1 - get_bit(body, 4000)) WHERE submission_id = 1', /receipt of submission 1/],
    ['receipts exchanged', 'UPDATE receipt SET body = (SELECT body FROM receipt r WHERE r.submission_id = 3 - receipt.submission_id) WHERE submission_id IN (1, 2)', /submission 1/],
    ['a receipt gone', 'DELETE FROM receipt WHERE submission_id = 1', /submission 1: has no receipt/],
    ['a dossier number', `UPDATE dossier SET sequence = 2, number = replace(number, '00001/', '00002/')`, /submission 1/],
    ['a due date', `UPDATE dossier SET due_at = due_at + interval '1 day'`, /dossier of submission 1/],
    ['a counter', 'UPDATE dossier_counter SET last = 2', /numbers 00101/],
    ['a result’s code', `UPDATE result SET code = '999'`, /result of submission 1/],
    ['a bit of the agency’s answer', 'UPDATE result SET agency_answer = set_bit(agency_answer, 1600, 1 - get_bit(agency_answer, 1600))', /case of submission 1/],
    ['a bit of a result', 'UPDATE result SET body = set_bit(body, 4000, 1 - get_bit(body, 4000))', /result of submission 1/],
    ['a delivery’s state', `UPDATE delivery SET state = 'waiting', lane = 'nobody claims here'`, /delivery/],
    ['an event gone', `DELETE FROM audit_event WHERE kind = 'submission_refused'`, /submission 2/],
    ['the sender', `UPDATE submission SET sender = '00100' WHERE outcome = 'refused'`, /submission 2: names another sender/],
    ['an event’s words', `UPDATE audit_event SET detail = detail || '{"sender": "direct"}' WHERE kind = 'submission_accepted'`, /event \d+: does not say/],
    ['what followed a reception put before it', `${anyId('BY DEFAULT')} WITH e AS (UPDATE audit_event SET id = -id WHERE kind = 'delivered') UPDATE feed_event SET event_id = -event_id WHERE kind = 'forwarded'; ${anyId('ALWAYS')}`, /event \d+: comes after others of its submission/],
    ['a reception put before another’s', `${anyId('BY DEFAULT')} WITH e AS (UPDATE audit_event SET id = -id WHERE kind = 'submission_conflict') UPDATE feed_event SET event_id = -event_id WHERE kind = 'conflict'; ${anyId('ALWAYS')}`, /event \d+: is in another place/],
    ['the document out of a reception and its feeds', `WITH e AS (UPDATE audit_event SET detail = detail - 'document' WHERE kind = 'submission_conflict') UPDATE feed_event SET detail = '{}' WHERE kind = 'conflict'`, /event \d+: does not say/],
    ['an event of delivery gone', `DELETE FROM audit_event WHERE kind = 'delivered'`, /delivery .* without an event/],
    ['whose a contract is', `UPDATE ivan_contract SET ivan_code = '00100'`, /submission 1: does not say of its contract/],
    ['a contract’s end', `UPDATE ivan_contract_change SET valid_until = valid_until + interval '1 day'`, /submission 1: does not say of its contract/],
    ['a contract’s step antedated', `UPDATE ivan_contract_change SET changed_at = changed_at - interval '1 day'`, /contract change 1/],
    ['a contract’s step put off', `UPDATE ivan_contract_change SET changed_at = changed_at + interval '1 day'`, /submission 1: was judged by a step of its contract that did not count/],
    ['a contract’s step that there is not', `UPDATE ivan_contract_change SET action = 'resume'`, /contract .*, step 1: resume from nothing to active is no step/],
    ['who took a contract’s step', `UPDATE ivan_contract_change SET actor = 'x'`, /contract .*, step 1/],
    ['a contract’s history gone', 'DELETE FROM ivan_contract_change', /submission 1: quotes a step of a contract that is not there/],
    ['a client certificate', `UPDATE ivan_certificate SET fingerprint = repeat('0', 64)`, /I-VAN certificate 1/],
    ['a client certificate gone', 'DELETE FROM ivan_certificate', /event \d+: tells of a contract what is not there/],
    ['which step of the contract counted', `UPDATE submission SET sender_facts = sender_facts #- '{contract,change}' WHERE outcome = 'refused'`, /submission 2: does not say which step/],
    ['the gateway’s own certificate unknown', 'DELETE FROM signing_certificate', /not the gateway’s/],
    ['bytes hidden behind another rule set', `UPDATE submission SET rule_set_digest = repeat('0', 64), body = 'x' WHERE outcome = 'refused'`, /submission 2: its bytes/],
    ['a receipt hidden behind another rule set', `UPDATE submission SET rule_set_digest = repeat('0', 64) WHERE outcome = 'refused'`, /receipt of submission 2: BIENNHAN\/BO_QUYTAC/],
    ['trust material', 'UPDATE trust_material SET body = set_bit(body, 500, 1 - get_bit(body, 500))', /trust material/],
    ['the last list of trust material left out', `UPDATE trust_material SET body = convert_to(regexp_replace(convert_from(body, 'UTF8'), 'crl [0-9a-f]+\n$', ''), 'UTF8')`, /trust material .* is not what its digest says/],
    ['trust material with a part named twice', `UPDATE trust_material SET body = convert_to(regexp_replace(convert_from(body, 'UTF8'), '(crl [0-9a-f]+\n)$', '\\1\\1'), 'UTF8')`, /trust material .* not the one of its parts/],
    ['what follows the last line of trust material', `UPDATE trust_material SET body = body || convert_to('crl', 'UTF8')`, /trust material .* not the one of its parts/],
    ['a bit of a list', `UPDATE trust_part SET body = set_bit(body, 800, 1 - get_bit(body, 800)) WHERE kind = 'crl'`, /trust part .* is not what its digest says/],
    ['a list’s kind', `UPDATE trust_part SET kind = 'certificate' WHERE kind = 'crl'`, /trust part .* of another kind/],
    ['a list gone', `DELETE FROM trust_part WHERE kind = 'crl'`, /trust material .* is not there/],
  ];

  it.each(lies)('finds %s changed behind the gateway’s back', async (_name, change, where) => {
    // The tables refuse changes; whoever owns the server can switch that off, and this is what the audit is for.
    await tampered(site.gateway.database, { tables, change }, () => expect(audit(site.databaseUrl)).rejects.toThrow(where));
    expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 3 });
  });

  it('is hardly needed: the tables refuse changes', async () => {
    for (const table of ['submission', 'receipt', 'dossier', 'result', 'audit_event', 'trust_material', 'trust_part', 'ivan_contract', 'ivan_contract_change', 'ivan_certificate']) {
      await expect(site.gateway.database.query(`DELETE FROM ${table}`)).rejects.toThrow(/never changed|foreign key/);
      await expect(site.gateway.database.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never changed/);
    }
  });
});
