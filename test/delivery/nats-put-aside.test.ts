// Guarantee: what an agency finds in its stream and puts aside is a dead letter, with the reason, and to forward it is owed again; an operator's replay
// reaches the agency though the stream knows the digest; and whatever is repeated, restarted, killed or made up in between changes nothing.
import { join } from 'node:path';

import { describe, expect, jest } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';

import { audit } from '../support/audited.ts';
import { clusterOfTests, natsClient } from '../support/nats-cluster.ts';
import { startNatsSite } from '../support/nats-site.ts';
import type { NatsSite } from '../support/nats-site.ts';
import { pkiFolder } from '../support/pki.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';

jest.setTimeout(400_000);

const { servers, closers } = clusterOfTests();

/** Whose receipts the agency does not believe: it puts everything aside. */
const misled = (): Readonly<Record<string, string>> => ({ BACKEND_GATEWAY_CERTIFICATES: join(pkiFolder(), 'agency-signing.pem') });

async function startMisled(name: string): Promise<NatsSite> {
  const agency = await startNatsSite(servers(), name, misled());
  closers.push(() => agency.stop());
  return agency;
}

const reached = (agency: NatsSite, digest: string, state: string): Promise<unknown> => until(`${digest} ${state}`, async () => (await agency.state(digest)) === state, 60_000);
const left = (name: string): Promise<number> => servers().manage(async (manager) => (await manager.streams.info(`dossiers-${name}`)).state.messages);

interface Story { readonly kind: string; readonly reason: string | null }

function eventsOf(agency: NatsSite, digest: string): Promise<Story[]> {
  return agency.site().gateway.database.query<Story>(`SELECT e.kind, e.detail ->> 'reason' AS reason FROM audit_event e JOIN submission s ON s.id = e.submission_id WHERE s.digest = $1 AND e.kind LIKE 'deliver%' ORDER BY e.id`, [digest]);
}

async function forwardOwed(agency: NatsSite, digest: string): Promise<boolean> {
  const rows = await agency.site().gateway.database.query<{ open: boolean }>(`SELECT o.met_at IS NULL AND o.look_at IS NOT NULL AS open FROM obligation o JOIN submission s ON s.id = o.submission_id WHERE s.digest = $1 AND o.kind = 'forward'`, [digest]);
  return rows[0]?.open === true;
}

/** As whoever may write to the cluster. */
async function putAside(name: string, marks: Readonly<Record<string, string>>, id: string): Promise<void> {
  const connection = await connect({ servers: [...servers().servers], ...natsClient() });
  const set = headers();
  for (const [mark, value] of Object.entries(marks)) set.set(mark, value);
  await jetstream(connection).publish(`rejected.${name}`, 'x', { headers: set, msgID: id });
  await connection.close();
}

describe('a dossier that the agency puts aside', () => {
  itWith('nats-server', 'is a dead letter that an operator sees and sends again, and then has its result', async () => {
    const agency = await startMisled('hue');
    const [first, second] = [await agency.submit('để sang bên 1'), await agency.submit('để sang bên 2')];
    for (const digest of [first, second]) {
      await reached(agency, digest, 'dead');
      expect((await eventsOf(agency, digest)).at(-1)).toEqual({ kind: 'delivery_dead', reason: expect.stringContaining('receipt-signer') }); // what it said may come before it is recorded as delivered
      expect(await forwardOwed(agency, digest)).toBe(true);
    }
    const { json } = await agency.operator().get('dead-letters?lane=agency:hue');
    expect(json['deadLetters']).toEqual([first, second].map((digest) => expect.objectContaining({ digest, rejections: 1, lastError: expect.stringContaining('receipt-signer') })));
    expect(await left('hue')).toBe(0);
    await audit(agency.site().databaseUrl);

    await agency.restartBackend();
    await agency.restartGateway();
    expect((await agency.operator().post('dead-letters/replay', { lane: 'agency:hue' })).json['replayed']).toHaveLength(2);
    for (const digest of [first, second]) await agency.answered(digest);
    expect((await eventsOf(agency, first)).map(({ kind }) => kind).slice(-3)).toEqual(['delivery_dead', 'delivery_replayed', 'delivered']);
    expect([await forwardOwed(agency, first), (await agency.backend().dossiers()).map(({ timesPut }) => timesPut)]).toEqual([false, [1, 1]]);
    expect(await audit(agency.site().databaseUrl)).toMatchObject({ accepted: 2, results: 2 });
  });

  itWith('nats-server', 'while no gateway runs and a server is killed is a dead letter when one runs again', async () => {
    const agency = await startMisled('vinh');
    await agency.backend().stop(); // the dossier waits in the stream
    const digest = await agency.submit('không ai trông');
    await reached(agency, digest, 'delivered');
    await agency.restartGateway();
    const leader = await servers().leaderOf('dossiers-vinh');
    await servers().kill(leader);
    await agency.restartBackend(misled());
    await reached(agency, digest, 'dead');
    await servers().restart(leader);
    await servers().whole('dossiers-vinh');
    expect((await eventsOf(agency, digest)).map(({ kind }) => kind)).toEqual(['delivered', 'delivery_dead']);
    await audit(agency.site().databaseUrl);
  });
});

describe('what says that a dossier was put aside', () => {
  itWith('nats-server', 'counts once, for the sending that it is about, and not against the agency’s signed word', async () => {
    const agency = await startNatsSite(servers(), 'dalat');
    closers.push(() => agency.stop());
    const log = (): readonly string[] => agency.site().log.map(({ message }) => message);
    const emptied = async (): Promise<unknown> => until('the gateway has read it', async () => (await left('dalat')) === 0, 60_000);
    const answered = await agency.submit('đã trả kết quả');
    await agency.answered(answered);
    await putAside('dalat', { 'Ivan-Digest': answered, 'Ivan-Reason': 'too late' }, 'a');
    await putAside('dalat', { 'Ivan-Digest': 'f'.repeat(64) }, 'b');
    await putAside('dalat', {}, 'c');
    await putAside('dalat', { 'Ivan-Digest': '\u0000', 'Ivan-Reason': '\u0000' }, 'NUL, which the database does not take');
    await emptied();
    expect([await agency.state(answered), log().filter((line) => line.startsWith('put aside')).toSorted()]).toEqual(['delivered', ['put aside is what the agency said it has', 'put aside is what was never handed over: somebody else writes to the stream', 'put aside is what was never handed over: somebody else writes to the stream', 'put aside is what was never handed over: somebody else writes to the stream']]);

    await agency.backend().stop(); // what comes now waits in the stream, or is taken out by the test
    const digest = await agency.submit('nhiều lần');
    await reached(agency, digest, 'delivered');
    for (const id of ['d', 'e', 'f']) await putAside('dalat', { 'Ivan-Digest': digest, 'Ivan-Replay': '0', 'Ivan-Reason': `${id}\u0000` }, id);
    await reached(agency, digest, 'dead');
    await until('only the dossier is left', async () => (await left('dalat')) === 1, 60_000);
    expect(await eventsOf(agency, digest)).toEqual([{ kind: 'delivered', reason: null }, { kind: 'delivery_dead', reason: 'd ' }]);
    await agency.operator().post('dead-letters/replay', { lane: 'agency:dalat' });
    await reached(agency, digest, 'delivered');
    expect(await left('dalat')).toBe(2); // under another id: the stream knows the first
    await putAside('dalat', { 'Ivan-Digest': digest, 'Ivan-Replay': '0', 'Ivan-Reason': 'of the first sending' }, 'g');
    await until('it was read', async () => (await left('dalat')) === 2, 60_000);
    expect(await agency.state(digest)).toBe('delivered');
    await putAside('dalat', { 'Ivan-Digest': digest, 'Ivan-Replay': '1', 'Ivan-Reason': 'of the second' }, 'h');
    await reached(agency, digest, 'dead');
    expect((await eventsOf(agency, digest)).map(({ kind }) => kind)).toEqual(['delivered', 'delivery_dead', 'delivery_replayed', 'delivered', 'delivery_dead']);
    await audit(agency.site().databaseUrl);
  });
});
