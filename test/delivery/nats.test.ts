// Guarantee: dossiers published to a replicated stream are each there exactly once by their digest, whichever server is killed meanwhile; what a
// stream could lose or servers cannot carry is said, not tried; and the reference backend takes them from there as over HTTPS.
import { createHash } from 'node:crypto';

import { DiscardPolicy, jetstream, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { describe, expect, jest } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import { dossierPolicy, preparing } from '../../src/delivery/hand-over.ts';
import { startLoop } from '../../src/delivery/loop.ts';
import { natsStream } from '../../src/delivery/nats.ts';
import type { NatsStream } from '../../src/delivery/nats.ts';
import { laneOf } from '../../src/delivery/routes.ts';
import type { Backend } from '../../src/delivery/routes.ts';
import { openRoutes } from '../../src/delivery/routing.ts';
import { createWorker } from '../../src/delivery/worker.ts';
import { loadDossiers, nextDeliveryDueAt } from '../../src/store/deliveries.ts';
import type { HandOver } from '../../src/store/deliveries.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertAccepted } from '../support/accepted.ts';
import { clusterOfTests, natsClient } from '../support/nats-cluster.ts';
import { startNatsSite } from '../support/nats-site.ts';
import { cloneDatabase, pemFile } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until, untilNothing } from '../support/until.ts';

jest.setTimeout(400_000);

const { servers, closers } = clusterOfTests();

const warnings: Readonly<Record<string, unknown>>[] = [];

const keeper = { putAside: () => Promise.resolve(), isMade: () => Promise.resolve() };

function streamOf(name: string, changes: Partial<Parameters<typeof natsStream>[0]> = {}): NatsStream {
  const identity = { certificatePem: pemFile('gateway-client.chain.pem'), keyPem: pemFile('gateway-client.key') };
  const settings = { kind: 'nats', name, servers: servers().servers, certificateAuthorities: [pemFile('trust/root.pem')], replicas: 3, duplicateWindowMs: 7_200_000 } as const;
  const stream = natsStream({ ...settings, timeoutMs: 9_000, identity, maxBodyBytes: 1_000_000, keeper, log: (message, details) => warnings.push({ message, ...details }), ...changes });
  closers.push(() => stream.close());
  return stream;
}

function handOverOf(body: Buffer): HandOver {
  const at = new Date(Date.UTC(2026, 10, 23, 1));
  const digest = createHash('sha256').update(body).digest('hex');
  const dossier = { agency: '00101', unitCode: 'TS1', unitName: 'CÔNG TY MỘT', taxCode: '0101300842', transactionCode: 'GW1', dossierNumber: '00001/2026/00101', receivedAt: at, dueAt: at };
  return { ...dossier, id: '1', lane: 'agency:hanoi', submissionId: '1', attempts: 1, rejections: 0, replays: 0, supplements: null, digest, body, receipt: Buffer.from('<BHXH/>') };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open: () => { open(); } };
}

interface Stored {
  readonly subject: string;
  readonly marks: readonly string[];
  readonly payload: { readonly receipt: string; readonly dossier: string };
}

/** All that the stream holds, message by message. */
function storedIn(stream: string): Promise<Stored[]> {
  return servers().manage(async (manager) => {
    const { state } = await manager.streams.info(stream);
    const stored: Stored[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message === null) continue;
      const marks = ['Nats-Msg-Id', 'Ivan-Digest', 'Ivan-Dossier-Number', 'Ivan-Reason'].map((name) => message.header.get(name));
      stored.push({ subject: message.subject, marks, payload: message.json<Stored['payload']>() });
    }
    return stored;
  });
}

describe('a stream of three servers', () => {
  itWith('nats-server', 'has every dossier once, though its leader and then a follower are killed while the worker publishes', async () => {
    const database = await openDatabase({ url: await cloneDatabase(), connections: 10 });
    closers.push(() => database.close());
    const name = 'hanoi';
    const backend: Backend = { name, url: '', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 8, timeoutMs: 9_000 };
    const now = (): Date => new Date();
    const stream = streamOf(name);
    const lane = laneOf(name);
    await openRoutes(database, { backends: new Map([[name, backend]]), routes: new Map([['', name]]) }, now());
    const digests = await insertAccepted(database, Array.from({ length: 200 }, (_value, index) => ({ unitCode: `TS${index % 40}` })));
    // However fast the machine is, the servers are killed in the middle: who comes later waits at the gate.
    const gates = [60, 130].map((after) => ({ after, ...gate() }));
    let handed = 0;
    const handOver = async (delivery: HandOver): Promise<void> => {
      handed += 1;
      const place = handed;
      for (const { after, opened } of gates) if (place > after) await opened;
      await stream.handOver(delivery);
    };
    const transport = { kind: 'dossier', prepare: preparing(loadDossiers, handOver), leaseMs: 60_000, policy: dossierPolicy } as const;
    const worker = createWorker({ database, lanes: [lane], transportFor: () => transport, slipDueOf: () => undefined, now, random: Math.random, log: () => undefined });
    const delivered = async (): Promise<number> => (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM delivery WHERE state = 'delivered'`))[0]?.count ?? 0;
    const reached = (count: number): Promise<unknown> => untilNothing(`${count} delivered`, async () => Math.max(0, count - (await delivered())));

    await stream.open();
    const loop = startLoop({ name: 'delivery', database, channel: 'delivery', worker, mostAtOnce: 4, nextDueAt: () => nextDeliveryDueAt(database.query, [lane]), now, log: () => undefined });
    closers.push(() => loop.stop(), () => Promise.all(gates.map(({ open, opened }) => { open(); return opened; })));
    await reached(50);
    const leader = await servers().leaderOf('dossiers-hanoi');
    gates[0]?.open();
    await servers().kill(leader);
    await reached(100); // two servers are enough
    await servers().restart(leader);
    await servers().whole('dossiers-hanoi');
    const follower = ((await servers().leaderOf('dossiers-hanoi')) + 1) % 3;
    gates[1]?.open();
    await servers().kill(follower);
    await reached(200);
    await servers().restart(follower);
    await servers().whole('dossiers-hanoi');

    const stored = await storedIn('dossiers-hanoi');
    expect(stored.map(({ marks }) => marks[1]).sort()).toEqual([...digests].sort());
    for (const { subject, marks, payload } of stored) {
      expect([subject, marks[0]]).toEqual(['dossiers.hanoi', marks[1]]);
      expect(createHash('sha256').update(Buffer.from(payload.dossier, 'base64')).digest('hex')).toBe(marks[1]);
    }
    // An acknowledgement that was lost: the same again is no other.
    const again = Buffer.from(stored[0]?.payload.dossier ?? '', 'base64');
    const receipt = Buffer.from(stored[0]?.payload.receipt ?? '', 'base64');
    await stream.handOver({ ...handOverOf(again), receipt });
    expect(await storedIn('dossiers-hanoi')).toHaveLength(200);
  });

  itWith('nats-server', 'that is there but could lose or double dossiers is not published to, and the reason is told', async () => {
    await servers().manage((manager) => manager.streams.add({ name: 'dossiers-weak', subjects: ['dossiers.weak'], storage: StorageType.Memory, num_replicas: 1, max_age: 60e9, duplicate_window: 60e9, discard: DiscardPolicy.Old, retention: RetentionPolicy.Limits }));
    const stream = streamOf('weak');
    const reason = /dossiers-weak could lose or double dossiers: its subjects must be dossiers\.weak, rejected\.weak; retention must be workqueue; storage must be file; max_age must be 0; discard must be new; num_replicas must be 3; duplicate_window must be 7200 s/;
    await expect(stream.open()).rejects.toThrow(reason);
    await expect(stream.handOver(handOverOf(Buffer.from('<Hoso/>')))).rejects.toThrow(reason);
  });

  itWith('nats-server', 'rejects what its servers cannot carry, and says beforehand that there may be such', async () => {
    const stream = streamOf('small', { maxBodyBytes: 50 * 1024 * 1024 });
    await stream.open();
    expect(warnings).toContainEqual(expect.objectContaining({ backend: 'small', maxPayload: 8 * 1024 * 1024 }));
    await expect(stream.handOver(handOverOf(Buffer.alloc(7 * 1024 * 1024, 'a')))).rejects.toMatchObject({ name: 'Rejected', message: expect.stringContaining('max_payload 8388608') });
    await stream.handOver(handOverOf(Buffer.alloc(5 * 1024 * 1024, 'a')));
    expect(await storedIn('dossiers-small')).toHaveLength(1);
  });

  itWith('nats-server', 'is reached over TLS both ways only; whoever it does not know is away, not rejected', async () => {
    const stranger = issueCertificate({ subject: { CN: 'Stranger' }, notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000), keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
    const attempts = [streamOf('tls', { certificateAuthorities: [pemFile('gateway-tls.pem')] }), streamOf('tls', { identity: { certificatePem: stranger.certificatePem, keyPem: stranger.privateKeyPem } })];
    for (const stream of attempts) {
      const failure = await stream.handOver(handOverOf(Buffer.from('<Hoso/>'))).then(() => undefined, (error: unknown) => error);
      expect(failure).toMatchObject({ message: expect.any(String) });
      expect((failure as Error).name).not.toBe('Rejected');
    }
  });
});

describe('the reference backend', () => {
  itWith('nats-server', 'takes dossiers from its stream while a server is killed, answers them, and puts aside what is none', async () => {
    const agency = await startNatsSite(servers(), 'saigon');
    closers.push(() => agency.stop());
    const { submit, answered } = agency;
    const backend = agency.backend();

    const first = await submit('qua NATS 1');
    await answered(first);
    backend.behaviour.dropNext = 1; // its commit is done, its acknowledgement is not
    const leader = await servers().leaderOf('dossiers-saigon');
    await servers().kill(leader);
    const more = [await submit('qua NATS 2'), await submit('qua NATS 3')];
    for (const digest of more) await answered(digest);
    await servers().restart(leader);
    await servers().whole('dossiers-saigon');

    const marks = headers();
    marks.set('Ivan-Digest', 'f'.repeat(64));
    const connection = await connect({ servers: [...servers().servers], ...natsClient() });
    await jetstream(connection).publish('dossiers.saigon', JSON.stringify({ receipt: 'QQ==', dossier: 'QQ==' }), { headers: marks });
    await connection.close();
    // The gateway reads what is put aside; this is none of its own.
    await until('it is told', () => Promise.resolve(agency.site().log.some(({ message, details }) => message.startsWith('put aside') && details['digest'] === 'f'.repeat(64) && String(details['reason']).startsWith('dossier-digest-mismatch'))), 60_000);
    expect(await storedIn('dossiers-saigon')).toEqual([]);
    expect((await backend.dossiers()).map(({ digest }) => digest).sort()).toEqual([first, ...more].sort());
    expect((await backend.dossiers()).some(({ timesPut }) => timesPut > 1)).toBe(true);
  });
});
