// The NATS JetStream transport: publishes a dossier to the replicated stream of its backend and is done when the stream has acknowledged it. The
// digest is the message's id: a repeat within the stream's window is not stored again, and one beyond it, or after the stream forgot, the receiver
// tells by the digest as it does over HTTPS. Whatever goes wrong is an Error; trying again is the worker's business.
import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager, PubAck } from '@nats-io/jetstream';
import { connect, errors, headers } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';

import { payloadOf, Rejected } from './hand-over.ts';
import type { HandOver } from '../store/deliveries.ts';
import type { ClientIdentity } from './https.ts';
import { ensureStream, streamOf, subjectOf } from './nats-stream.ts';
import { watchStream } from './nats-watch.ts';
import type { Watch } from './nats-watch.ts';
import type { StreamKeeper } from './put-aside.ts';
import type { NatsSettings } from './transport-settings.ts';

export interface NatsStream {
  handOver(delivery: HandOver): Promise<void>;
  /** Connects, and makes or checks the stream; whoever starts says so in the log. @throws Error with what is wrong. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface NatsBackend extends NatsSettings {
  readonly name: string;
  readonly timeoutMs: number;
  readonly identity: ClientIdentity;
  /** A dossier's octets, at most. */
  readonly maxBodyBytes: number;
  readonly keeper: StreamKeeper;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** How long one try waits for the stream's acknowledgement: a stream whose leader is lost has another within seconds. */
const TRY_MS = 3_000;
/** Together with the rests between them well within the lease. */
const MOST_TRIES = 5;
/** What a hand-over holds besides the dossier. */
const ROOM_FOR_RECEIPT = 256 * 1024;
const MESSAGE_NOT_FOUND = 10_037;
const MESSAGE_TOO_LARGE_FOR_STREAM = 10_054;

interface Opened {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly watch: Watch;
  readonly mostOctets: () => number;
}

export function natsStream(backend: NatsBackend): NatsStream {
  let opened: Promise<Opened> | undefined;
  let isClosed = false;
  /** One connection, kept for ever once it is made: the library connects again by itself. What was not opened is tried again by the next hand-over. */
  const open = async (): Promise<Opened> => {
    if (isClosed) throw new Error('the transport is closed');
    opened ??= openStream(backend);
    const trying = opened;
    try {
      return await trying;
    } catch (error) {
      if (opened === trying) opened = undefined;
      throw error;
    }
  };
  return {
    open: async () => { await open(); },
    handOver: async (delivery) => {
      const stream = await open();
      stream.watch.check();
      const payload = payloadOf(delivery);
      if (payload.length > stream.mostOctets()) throw new Rejected(`${payload.length} octets are more than the servers of ${backend.name} take (max_payload ${stream.mostOctets()})`);
      await publish(backend, stream, delivery, payload);
    },
    close: async () => {
      isClosed = true;
      const last = await opened?.catch(() => undefined);
      await last?.watch.stop();
      await last?.connection.close();
    },
  };
}

async function openStream(backend: NatsBackend): Promise<Opened> {
  const { name, servers, identity, certificateAuthorities, maxBodyBytes, keeper, log } = backend;
  const connection = await connect({
    name: `ivan-gateway ${name}`,
    servers: [...servers],
    tls: { cert: identity.certificatePem, key: identity.keyPem, ca: certificateAuthorities.join('\n') },
    timeout: TRY_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    ignoreClusterUpdates: true, // only the servers that the route file names
    ignoreAuthErrorAbort: true, // a certificate that is not let in today may be tomorrow
  });
  try {
    const manager = await jetstreamManager(connection, { timeout: TRY_MS });
    await keeper.isMade(await ensureStream(manager, backend));
    const mostOctets = (): number => connection.info?.max_payload ?? 0;
    const needed = largestPayload(maxBodyBytes);
    if (mostOctets() < needed) log('NATS servers take less than the largest dossier needs; larger ones are rejected', { backend: name, maxPayload: mostOctets(), needed });
    return { connection, manager, watch: watchStream(backend, connection, manager), mostOctets };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** In base64, which writes 4 characters for 3 octets. */
function largestPayload(bodyBytes: number): number {
  return Math.ceil(bodyBytes / 3) * 4 + ROOM_FOR_RECEIPT;
}

/** What an operator sends again is another message than the one that the agency put aside, or it would be taken for a repeat. */
function idOf({ digest, replays }: HandOver): string {
  return replays === 0 ? digest : `${digest}-${replays}`;
}

async function publish(backend: NatsBackend, stream: Opened, delivery: HandOver, payload: Buffer): Promise<void> {
  const id = idOf(delivery);
  const { duplicate, seq } = await publishAs(backend, stream, delivery, payload, id);
  if (!duplicate || (await isStored(stream.manager, backend.name, seq, payload))) return;
  // The agency has it, or somebody else wrote under this id: nobody can tell any more. The agency tells a repeat by the digest.
  await publishAs(backend, stream, delivery, payload, `${id}-${randomUUID()}`);
}

async function publishAs({ name, timeoutMs }: NatsBackend, { connection }: Opened, { digest, dossierNumber, replays }: HandOver, payload: Buffer, msgID: string): Promise<PubAck> {
  const marks = headers();
  marks.set('Ivan-Digest', digest);
  marks.set('Ivan-Dossier-Number', dossierNumber);
  marks.set('Ivan-Replay', String(replays));
  const timeout = Math.min(TRY_MS, timeoutMs);
  try {
    return await jetstream(connection).publish(subjectOf(name), payload, { msgID, headers: marks, timeout, retries: Math.min(MOST_TRIES, Math.floor(timeoutMs / timeout)), expect: { streamName: streamOf(name) } });
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === MESSAGE_TOO_LARGE_FOR_STREAM) throw new Rejected(error.message);
    // The library's word for no answer at all. A stream that is gone is not made again here: what it held is for an operator to see to first.
    if (error instanceof Error && error.cause instanceof errors.RequestError && error.cause.isNoResponders()) throw new Error(`nobody takes ${subjectOf(name)}: the stream has no leader, or is gone`, { cause: error });
    throw error;
  }
}

/** Whether the message at this place is the very same. */
async function isStored(manager: JetStreamManager, backend: string, seq: number, payload: Buffer): Promise<boolean> {
  const stored = await manager.streams.getMessage(streamOf(backend), { seq }).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === MESSAGE_NOT_FOUND) return null;
    throw error;
  });
  return stored !== null && payload.equals(stored.data);
}
