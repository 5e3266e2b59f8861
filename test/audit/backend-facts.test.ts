// Guarantee: which certificates may sign for a backend, its address and its transport are recorded data; what a backend says is believed by what counts at that
// moment in every process; gateways whose files differ do not undo each other; and an audit finds every message that was believed by anything else.
import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { noticeXml } from '../../src/backend/messages.ts';
import { contributionNotice } from '../../src/backend/notice-forms.ts';
import { declareBackends, restoreFacts } from '../../src/delivery/backend-facts.ts';
import type { Declared } from '../../src/delivery/backend-facts.ts';
import type { Backend, Backends } from '../../src/delivery/routes.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { takeMessages } from '../../src/results/take.ts';
import type { Hold, ResultSettings } from '../../src/results/take.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { listFacts } from '../../src/store/backend-facts.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { findFactsContradictions } from '../../src/store/facts-audit.ts';
import { audit } from '../support/audited.ts';
import { identityOf, loadPki, materialOf } from '../support/pki.ts';
import { cloneDatabase, fingerprintOf, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

describe('what a backend was given', () => {
  let database: Database;
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 1, minute));
  const one = (more: Partial<Backend> = {}): Backends => new Map([['one', { name: 'one', url: 'https://a:1', certificateAuthorities: ['B', 'A'], answerSigners: new Set(['bb', 'aa']), mostAtOnce: 8, timeoutMs: 30_000, ...more }]]);
  const declare = (backends: Backends, minute: number, holder = 'gateway:self'): Promise<Declared> => declareBackends(database, backends, holder, at(minute));
  const urls = async (): Promise<string[]> => (await listFacts(database.query, 'one')).map(({ facts }) => facts.url).reverse();
  const events = (): Promise<object[]> => database.query(`SELECT at, detail FROM audit_event WHERE kind = 'backend_changed' ORDER BY id`);

  beforeEach(async () => {
    database = await openDatabase({ url: await cloneDatabase(), connections: 6 });
  });

  afterEach(() => database.close());

  it('is recorded by the first start with an event, and by no start that says the same', async () => {
    await declare(one(), 0);
    await declare(one({ answerSigners: new Set(['aa', 'bb']), certificateAuthorities: ['A', 'B'], timeoutMs: 1 }), 1);
    const [row] = await listFacts(database.query, 'one');
    expect(row).toMatchObject({ facts: { url: 'https://a:1', certificateAuthorities: ['A', 'B'], answerSigners: ['aa', 'bb'], transport: { kind: 'https' } }, actor: 'gateway', decidedAt: at(0) });
    expect(await events()).toEqual([{ at: at(0), detail: { backend: 'one', facts: row?.id, digest: row?.digest, url: 'https://a:1', transport: 'https', signers: 'aa bb', actor: 'gateway', reason: 'GATEWAY_ROUTES_FILE' } }]);
    await expect(database.query(`UPDATE backend_facts SET facts = '{}'`)).rejects.toThrow(/never changed/);
  });

  it('is recorded whole for every transport, and is what another process then works by', async () => {
    const pull: Backend['transport'] = { kind: 'pull', clients: new Set(['cc']), leaseMs: 1, mostOctets: 2 };
    const nats: Backend['transport'] = { kind: 'nats', servers: ['tls://b:1', 'tls://a:1'], certificateAuthorities: ['A'], replicas: 3, duplicateWindowMs: 9 };
    const gone = await database.hold('gateway:other');
    await declare(one(), 0);
    for (const transport of [pull, nats]) {
      await declare(one({ transport, url: `https://${randomUUID()}` }), 1);
      const { backends, outdated } = await declare(one(), 2);
      expect(outdated).toEqual(['one']);
      expect(backends.get('one')).toMatchObject({ transport: transport.kind === 'nats' ? { ...transport, servers: ['tls://a:1', 'tls://b:1'] } : transport, mostAtOnce: 8 });
    }
    await gone.close();
  });

  it('does not change back and forth between two gateways that differ, however often each starts', async () => {
    const [a, b] = [await database.hold('gateway:a'), await database.hold('gateway:b')];
    for (let minute = 0; minute < 20; minute += 2) {
      await declare(one({ url: 'https://a:1' }), minute, 'gateway:a');
      await declare(one({ url: 'https://b:1' }), minute + 1, 'gateway:b');
    }
    expect(await urls()).toEqual(['https://a:1', 'https://b:1']);
    expect((await declare(one({ url: 'https://a:1' }), 30, 'gateway:a')).backends.get('one')?.url).toBe('https://b:1');
    await b.close();
    await database.query(`SELECT pg_advisory_lock(992, hashtext('gateway:b')), pg_advisory_unlock(992, hashtext('gateway:b'))`); // until it is gone
    await declare(one({ url: 'https://a:1' }), 31, 'gateway:a');
    expect(await urls()).toEqual(['https://a:1', 'https://b:1', 'https://a:1']); // who is alone says what counts
    await a.close();
  });

  it('is one whole history when many start at the same moment', async () => {
    await Promise.all(Array.from({ length: 12 }, (_value, index) => declare(one({ url: `https://a:${1 + (index % 3)}` }), index, `gateway:${index}`)));
    expect(await findFactsContradictions(database.query)).toEqual([]);
    expect((await urls()).length).toBeGreaterThanOrEqual(3);
  });

  it('comes back by an operator’s word, which is recorded with its reason', async () => {
    await declare(one(), 0);
    await declare(one({ url: 'https://b:1' }), 1);
    const first = (await listFacts(database.query, 'one')).at(-1);
    await restoreFacts(database, 'one', first?.id ?? '', { actor: 'Trực', reason: 'Lùi lại', at: at(2) });
    await restoreFacts(database, 'one', first?.id ?? '', { actor: 'Trực', reason: 'Lùi lại', at: at(3) });
    expect(await urls()).toEqual(['https://a:1', 'https://b:1', 'https://a:1']);
    expect((await listFacts(database.query, 'one'))[0]).toMatchObject({ digest: first?.digest, actor: 'Trực', reason: 'Lùi lại', decidedAt: at(2) });
    await expect(restoreFacts(database, 'two', first?.id ?? '', { actor: 'Trực', reason: 'x', at: at(4) })).rejects.toMatchObject({ code: 'BACKEND_UNKNOWN' });
    expect(await findFactsContradictions(database.query)).toEqual([]);
  });
});

describe('a message', () => {
  const schemas = createSchemas();
  let pki: DevelopmentPki;
  let site: Site;
  let allowed: string;
  let month = 0;

  beforeAll(async () => {
    pki = await loadPki();
    site = await startSite();
    allowed = fingerprintOf(pki.agencySigning.certificatePem);
  });

  afterAll(async () => {
    await site.stop();
    schemas.dispose();
  });

  const settings = (): ResultSettings => {
    const issuer = { name: 'Cổng', certificateName: 'Cổng', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '1900' };
    return { database: site.gateway.database, issue: issueWith(identityOf(pki.gatewaySigning)), issuer, schemas, trust: () => materialOf(pki), terms: loadStandard(), missed: () => undefined };
  };
  const given = (signers: readonly string[]): Promise<Declared> =>
    declareBackends(site.gateway.database, new Map([['reference', { name: 'reference', url: `https://${randomUUID()}`, certificateAuthorities: [], answerSigners: new Set(signers), mostAtOnce: 8, timeoutMs: 1 }]]), 'gateway:x', new Date());

  async function say(hold: Hold = () => Promise.resolve(true)): Promise<string> {
    month += 1;
    const period = `${String(month).padStart(2, '0')}/2026`;
    const sign = issueWith(identityOf(pki.agencySigning));
    const unit = { agency: '00101', code: 'TS77009', name: 'Đơn vị', taxCode: '0101300842', people: 3, wages: 30_000_000 };
    const text = await sign(contributionNotice(unit, period, new Date(), identityOf(pki.agencySigning)));
    const body = await sign(noticeXml({ agency: unit.agency, recipient: unit.code, taxCode: unit.taxCode, kind: 'C12-TS', month: period, at: new Date(), text }));
    await takeMessages(settings(), { backend: 'reference', lane: 'agency:reference' }, [{ position: null, body }], new Date(), hold);
    const [row] = await site.gateway.database.query<{ text: string }>(`SELECT verdict || coalesce(' ' || reason, '') AS text FROM agency_message ORDER BY id DESC LIMIT 1`);
    return row?.text ?? '';
  }

  const tampered = async (...statements: readonly string[]): Promise<void> => {
    const database = site.gateway.database;
    await database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      for (const statement of statements) await query(statement);
    });
  };

  it('is believed by what counts for its backend, in every process and at once', async () => {
    expect(await say()).toBe('taken');
    await given([]);
    expect(await say()).toBe('rejected ANSWER_SIGNER');
    await given([allowed]);
    expect(await say()).toBe('taken');
    expect((await audit(site.databaseUrl)).messages).toBe(3);
  });

  it('that was read while its signer was being struck off is read again, and not believed', async () => {
    let times = 0;
    expect(await say(async () => {
      times += 1;
      if (times === 1) await given([]);
      return true;
    })).toBe('rejected ANSWER_SIGNER');
    expect(times).toBe(2);
    await given([allowed]);
    await audit(site.databaseUrl);
  });

  it('that was believed by a certificate that was not allowed then is found by an audit, and so is one that was wrongly not believed', async () => {
    const [id] = (await site.gateway.database.query<{ id: string }>('SELECT facts_id AS id FROM agency_message ORDER BY id LIMIT 1')).map((row) => row.id);
    const facts = `facts = replace(facts, '${allowed}', '${'0'.repeat(64)}')`;
    const digest = `digest = encode(sha256(convert_to(facts, 'UTF8')), 'hex')`;
    const detail = `UPDATE audit_event e SET detail = e.detail || jsonb_build_object('digest', b.digest, 'signers', '${'0'.repeat(64)}') FROM backend_facts b WHERE e.kind = 'backend_changed' AND b.id = ${id} AND e.detail ->> 'facts' = b.id::text`;
    await tampered(`CREATE TABLE kept AS SELECT * FROM backend_facts`, `CREATE TABLE kept_event AS SELECT * FROM audit_event WHERE kind = 'backend_changed'`);
    await tampered(`UPDATE backend_facts SET ${facts} WHERE id = ${id}`, `UPDATE backend_facts SET ${digest} WHERE id = ${id}`, detail);
    await expect(audit(site.databaseUrl)).rejects.toThrow(/was believed, and is not when read again: ANSWER_SIGNER/);
    const restore = ['DELETE FROM backend_facts', 'INSERT INTO backend_facts SELECT * FROM kept', `DELETE FROM audit_event WHERE kind = 'backend_changed'`, 'INSERT INTO audit_event OVERRIDING SYSTEM VALUE SELECT * FROM kept_event'];
    await tampered(...restore);
    await audit(site.databaseUrl);
    await tampered(`UPDATE agency_message SET facts_id = ${id} WHERE verdict = 'rejected'`);
    await expect(audit(site.databaseUrl)).rejects.toThrow(/was rejected as ANSWER_SIGNER, is believed/);
  });

  it.each([
    ['settings of another time', `UPDATE agency_message SET received_at = received_at + interval '1 day' WHERE id = (SELECT min(id) FROM agency_message)`, 'did not count when it came'],
    ['settings that did not count yet', `UPDATE backend_facts SET decided_at = decided_at + interval '1 day'`, 'did not count when it came'],
    ['no settings', 'UPDATE agency_message SET facts_id = NULL, received_at = received_at + interval \'1 day\'', 'settings that nobody knows'],
    ['settings of another backend', `UPDATE backend_facts SET backend = 'other'`, 'the settings of another backend'],
    ['settings replaced before an earlier message', 'UPDATE agency_message SET position = 100 - id', 'settings that were replaced before'],
    ['settings with other octets', `UPDATE backend_facts SET facts = facts || ' '`, 'do not have their digest'],
    ['settings without event', `DELETE FROM audit_event WHERE kind = 'backend_changed'`, 'are not what was recorded'],
    ['an event without settings', `DELETE FROM backend_facts`, 'tells of settings that are not there'],
  ])('judged by %s is found', async (_what, statement, found) => {
    const database = site.gateway.database;
    await expect(database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      await query(statement);
      throw new Error((await findFactsContradictions(query)).map(({ what }) => what).join('\n'));
    })).rejects.toThrow(found);
  });

});
