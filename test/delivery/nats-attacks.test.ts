// Guarantee: whatever others do to a backend's stream – write under our ids, fill it, change it, delete it, put another in its place, let its servers
// stand still –, a dossier is in a stream that keeps it or its hand-over fails with a reason that says what to do; none is lost.
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, jest } from '@jest/globals';
import { DiscardPolicy, jetstream } from '@nats-io/jetstream';
import type { StreamConfig } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';

import { natsStream } from '../../src/delivery/nats.ts';
import type { NatsStream } from '../../src/delivery/nats.ts';
import { packageFile } from '../../src/paths.ts';
import type { HandOver } from '../../src/store/deliveries.ts';
import { audit } from '../support/audited.ts';
import { clusterOfTests, natsClient, startNatsCluster } from '../support/nats-cluster.ts';
import { startNatsSite } from '../support/nats-site.ts';
import { pemFile } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';

jest.setTimeout(400_000);

const { servers, closers } = clusterOfTests();

function openStream(name: string, { servers: at } = servers(), replicas = 3): NatsStream {
  const identity = { certificatePem: pemFile('gateway-client.chain.pem'), keyPem: pemFile('gateway-client.key') };
  const keeper = { putAside: () => Promise.resolve(), isMade: () => Promise.resolve() };
  const stream = natsStream({ kind: 'nats', name, servers: at, certificateAuthorities: [pemFile('trust/root.pem')], replicas, duplicateWindowMs: 7_200_000, timeoutMs: 6_000, identity, maxBodyBytes: 1_000_000, keeper, log: () => undefined });
  closers.push(() => stream.close());
  return stream;
}

function handOverOf(text: string): HandOver {
  const body = Buffer.from(text);
  const at = new Date(Date.UTC(2026, 10, 23, 1));
  const dossier = { agency: '00101', unitCode: 'TS1', unitName: 'CÔNG TY MỘT', taxCode: '0101300842', transactionCode: 'GW1', dossierNumber: '00001/2026/00101', receivedAt: at, dueAt: at };
  return { ...dossier, id: '1', lane: 'agency:x', submissionId: '1', attempts: 1, rejections: 0, replays: 0, supplements: null, digest: createHash('sha256').update(body).digest('hex'), body, receipt: Buffer.from('<BHXH/>') };
}

/** As somebody whom the servers let write. */
async function write(subject: string, id: string, octets: string | Buffer): Promise<void> {
  const connection = await connect({ servers: [...servers().servers], ...natsClient() });
  const marks = headers();
  marks.set('Ivan-Digest', id);
  await jetstream(connection).publish(subject, octets, { msgID: id, headers: marks });
  await connection.close();
}

async function storedIn(name: string): Promise<string[]> {
  return servers().manage(async (manager) => {
    const { state } = await manager.streams.info(`dossiers-${name}`);
    const stored: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) stored.push((await manager.streams.getMessage(`dossiers-${name}`, { seq }))?.string() ?? '');
    return stored.map((text) => Buffer.from((JSON.parse(text) as { dossier: string }).dossier, 'base64').toString('utf8'));
  });
}

const change = (name: string, changes: Partial<StreamConfig>): Promise<unknown> => servers().manage((manager) => manager.streams.update(`dossiers-${name}`, changes));
const failureOf = (stream: NatsStream, text: string): Promise<unknown> => stream.handOver(handOverOf(text)).then(() => undefined, (error: unknown) => error);

describe('a stream', () => {
  itWith('nats-server', 'to which somebody wrote under the id of a dossier gets the dossier all the same, once', async () => {
    const stream = openStream('collide');
    await stream.open();
    const { digest } = handOverOf('<Hoso>1</Hoso>');
    await write('dossiers.collide', digest, JSON.stringify({ dossier: Buffer.from('no dossier').toString('base64'), receipt: '' }));
    await stream.handOver(handOverOf('<Hoso>1</Hoso>'));
    await stream.handOver(handOverOf('<Hoso>2</Hoso>'));
    await stream.handOver(handOverOf('<Hoso>2</Hoso>'));
    expect(await storedIn('collide')).toEqual(['no dossier', '<Hoso>1</Hoso>', '<Hoso>2</Hoso>']);
  });

  itWith('nats-server', 'that is full takes no more, forgets nothing, and goes on when there is room', async () => {
    const stream = openStream('full');
    await stream.open();
    await change('full', { max_msgs: 2 });
    await stream.handOver(handOverOf('<Hoso>1</Hoso>'));
    await stream.handOver(handOverOf('<Hoso>2</Hoso>'));
    expect(await failureOf(stream, '<Hoso>3</Hoso>')).toMatchObject({ name: expect.not.stringMatching('Rejected'), message: expect.stringContaining('maximum messages exceeded') });
    await change('full', { max_msgs: -1, max_msg_size: 600 });
    await stream.handOver(handOverOf('<Hoso>3</Hoso>'));
    expect(await storedIn('full')).toEqual([1, 2, 3].map((nth) => `<Hoso>${nth}</Hoso>`));
    expect(await failureOf(stream, `<Hoso>${'4'.repeat(1_000)}</Hoso>`)).toMatchObject({ name: 'Rejected', message: expect.stringContaining('message size exceeds maximum allowed') });
  });

  itWith('nats-server', 'that is changed so that it could lose dossiers is not published to as long as it is so, nor is one that is gone', async () => {
    const stream = openStream('turned');
    await stream.open();
    await stream.handOver(handOverOf('<Hoso>1</Hoso>'));
    const turns: readonly (readonly [Partial<StreamConfig>, Partial<StreamConfig>, RegExp])[] = [
      [{ discard: DiscardPolicy.Old, max_msgs: 10 }, { discard: DiscardPolicy.New, max_msgs: -1 }, /could lose or double dossiers: discard must be new$/],
      [{ max_msgs_per_subject: 1 }, { max_msgs_per_subject: -1 }, /could lose or double dossiers: max_msgs_per_subject must not be set$/],
      [{ max_age: 60e9, duplicate_window: 60e9 }, { max_age: 0, duplicate_window: 7_200e9 }, /max_age must be 0; duplicate_window must be 7200 s$/],
    ];
    for (const [worse, better, reason] of turns) {
      await change('turned', worse);
      const failure = await until('it is seen', () => failureOf(stream, '<Hoso>1</Hoso>'), 60_000);
      expect(failure).toMatchObject({ name: 'StreamUnfit', message: expect.stringMatching(reason) });
      await change('turned', better);
      await until('it is mended', async () => (await failureOf(stream, '<Hoso>1</Hoso>')) === undefined, 60_000);
    }
    await servers().manage((manager) => manager.streams.delete('dossiers-turned'));
    expect(await failureOf(stream, '<Hoso>2</Hoso>')).toMatchObject({ message: expect.stringMatching(/^nobody takes dossiers.turned|is gone/) });
    await until('it is told', async () => String(await failureOf(stream, '<Hoso>2</Hoso>')).includes('the stream dossiers-turned is gone; a gateway that is started makes it again'), 60_000);
  });

  itWith('nats-server', 'whose servers stand still is waited for within bounds, and what was sent meanwhile is there once', async () => {
    const stream = openStream('slow');
    await stream.open();
    await stream.handOver(handOverOf('<Hoso>1</Hoso>'));
    const failure = await servers().frozen(() => failureOf(stream, '<Hoso>2</Hoso>'));
    expect(failure).toMatchObject({ name: expect.not.stringMatching('Rejected') });
    await until('the servers answer', async () => (await failureOf(stream, '<Hoso>2</Hoso>')) === undefined, 60_000);
    expect(await storedIn('slow')).toEqual(['<Hoso>1</Hoso>', '<Hoso>2</Hoso>']);
  });
});

describe('another stream in the place of one', () => {
  itWith('nats-server', 'is given what the first held and the agency has not answered, while the gateway runs and when it starts', async () => {
    const agency = await startNatsSite(servers(), 'again');
    closers.push(() => agency.stop());
    const answered = await agency.submit('đã trả');
    await agency.answered(answered);
    await agency.backend().stop();
    const waiting = [await agency.submit('chưa lấy 1'), await agency.submit('chưa lấy 2')];
    const delivered = async (): Promise<boolean> => (await Promise.all(waiting.map((digest) => agency.state(digest)))).every((state) => state === 'delivered');
    const replays = async (): Promise<number[]> => (await agency.site().gateway.database.query<{ replays: number }>(`SELECT v.replays FROM delivery v ORDER BY id`)).map((row) => row.replays);
    await until('they are published', delivered);
    const { config } = await servers().manage((manager) => manager.streams.info('dossiers-again'));
    await servers().manage((manager) => manager.streams.delete('dossiers-again'));
    await servers().manage((manager) => manager.streams.add(config));
    await until('it is noticed', async () => (await replays()).join() === '0,1,1', 60_000);
    await until('they are published again', delivered, 60_000);
    expect(agency.site().log.filter(({ message }) => message.startsWith('another stream')).map(({ details }) => details['again'])).toEqual([2]);

    await servers().manage((manager) => manager.streams.delete('dossiers-again'));
    await agency.restartGateway();
    await until('and again', async () => (await replays()).join() === '0,2,2' && (await delivered()), 60_000);
    expect(await storedIn('again')).toHaveLength(2);
    await agency.restartBackend();
    for (const digest of waiting) await agency.answered(digest);
    expect((await agency.backend().dossiers()).map(({ timesPut }) => timesPut)).toEqual([1, 1, 1]);
    expect(await audit(agency.site().databaseUrl)).toMatchObject({ accepted: 3, results: 3 });
  });
});

describe('servers that let each do its own', () => {
  itWith('nats-server', 'let the gateway do all that it must, and not write in the agency’s place', async () => {
    const own = await startNatsCluster({ size: 1, authorization: permissionsOf('strict', subjectOf('gateway-client.pem')) });
    closers.push(() => own.stop());
    const stream = openStream('strict', own, 1);
    await stream.open();
    await stream.handOver(handOverOf('<Hoso>1</Hoso>'));
    await stream.handOver(handOverOf('<Hoso>1</Hoso>')); // looks at the message that is there
    await until('the consumer is made', () => own.manage((manager) => manager.consumers.info('dossiers-strict', 'gateway')).then(() => true, () => undefined), 30_000);
    const connection = await connect({ servers: [...own.servers], ...natsClient() });
    closers.push(() => connection.close());
    await expect(jetstream(connection).publish('rejected.strict', 'x', { timeout: 2_000 })).rejects.toThrow(/permission/i);
    await stream.handOver(handOverOf('<Hoso>2</Hoso>'));
  });
});

/** The README's, for the gateway's name. */
function permissionsOf(name: string, gateway: string): string {
  const block = /authorization \{ users: \[[^]*?\n\] \}/.exec(readFileSync(packageFile('README.md'), 'utf8'))?.[0];
  if (block === undefined) throw new Error('the README says nothing of authorization');
  return block.replaceAll('danang', name).replace('CN=gateway client,C=VN', gateway);
}

/** As nats-server writes it: the last part first. */
function subjectOf(file: string): string {
  return new X509Certificate(pemFile(file)).subject.split('\n').toReversed().join(',');
}
