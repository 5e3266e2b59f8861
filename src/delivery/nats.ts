// The NATS JetStream transport: publishes a dossier to the replicated stream of its backend and is done when the stream has acknowledged it. The
// digest is the message's id: a repeat within the stream's window is not stored again, and one beyond it, or after the stream forgot, the receiver
// tells by the digest as it does over HTTPS. Whatever goes wrong is an Error; trying again is the worker's business.
import { DiscardPolicy, jetstream, JetStreamApiError, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { connect, errors, headers, nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';

import { payloadOf, Rejected } from './hand-over.ts';
import type { HandOver } from '../store/deliveries.ts';
import type { ClientIdentity } from './https.ts';
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
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** How long one try waits for the stream's acknowledgement: a stream whose leader is lost has another within seconds. */
const TRY_MS = 3_000;
/** Together with the rests between them well within the lease. */
const MOST_TRIES = 5;
/** What a hand-over holds besides the dossier. */
const ROOM_FOR_RECEIPT = 256 * 1024;
const STREAM_NOT_FOUND = 10_059;
const MESSAGE_TOO_LARGE_FOR_STREAM = 10_054;

interface Opened {
  readonly connection: NatsConnection;
  readonly mostOctets: () => number;
}

function streamOf(backend: string): string {
  return `dossiers-${backend}`;
}

function subjectOf(backend: string): string {
  return `dossiers.${backend}`;
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
      const { connection, mostOctets } = await open();
      const payload = payloadOf(delivery);
      if (payload.length > mostOctets()) throw new Rejected(`${payload.length} octets are more than the servers of ${backend.name} take (max_payload ${mostOctets()})`);
      await publish(backend, connection, delivery, payload);
    },
    close: async () => {
      isClosed = true;
      const last = await opened?.catch(() => undefined);
      await last?.connection.close();
    },
  };
}

async function openStream(backend: NatsBackend): Promise<Opened> {
  const { name, servers, identity, certificateAuthorities, maxBodyBytes, log } = backend;
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
    await ensureStream(manager, backend);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const mostOctets = (): number => connection.info?.max_payload ?? 0;
  const needed = largestPayload(maxBodyBytes);
  if (mostOctets() < needed) log('NATS servers take less than the largest dossier needs; larger ones are rejected', { backend: name, maxPayload: mostOctets(), needed });
  return { connection, mostOctets };
}

/** In base64, which writes 4 characters for 3 octets. */
function largestPayload(bodyBytes: number): number {
  return Math.ceil(bodyBytes / 3) * 4 + ROOM_FOR_RECEIPT;
}

/** What the agency has taken leaves the stream; what it has not, never does: a full stream takes no more, and the dossier waits here. */
async function ensureStream(manager: JetStreamManager, { name, replicas, duplicateWindowMs }: NatsBackend): Promise<void> {
  const stream = streamOf(name);
  const wanted = {
    name: stream,
    // The second is for what the agency finds wrong with a dossier and puts aside.
    subjects: [subjectOf(name), `rejected.${name}`],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
  };
  const found = await manager.streams.info(stream).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  });
  const { config } = found ?? (await manager.streams.add(wanted));
  const wrong = whatIsWrong(config, wanted);
  if (wrong.length > 0) throw new Error(`the stream ${stream} could lose or double dossiers: ${wrong.join('; ')}`);
}

function whatIsWrong(config: StreamConfig, wanted: Pick<StreamConfig, 'subjects' | 'num_replicas' | 'duplicate_window'>): string[] {
  const checks: readonly (readonly [isRight: boolean, what: string])[] = [
    [wanted.subjects.every((subject) => config.subjects.includes(subject)), `its subjects must be ${wanted.subjects.join(', ')}`],
    [config.retention === RetentionPolicy.Workqueue, 'retention must be workqueue'],
    [config.storage === StorageType.File, 'storage must be file'],
    [config.max_age === 0, 'max_age must be 0'],
    [config.discard === DiscardPolicy.New, 'discard must be new'],
    [config.num_replicas >= wanted.num_replicas, `num_replicas must be ${wanted.num_replicas}`],
    [config.duplicate_window >= wanted.duplicate_window, `duplicate_window must be ${wanted.duplicate_window / 1e9} s`],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, what]) => what);
}

async function publish({ name, timeoutMs }: NatsBackend, connection: NatsConnection, { digest, dossierNumber }: HandOver, payload: Buffer): Promise<void> {
  const marks = headers();
  marks.set('Ivan-Digest', digest);
  marks.set('Ivan-Dossier-Number', dossierNumber);
  const timeout = Math.min(TRY_MS, timeoutMs);
  try {
    await jetstream(connection).publish(subjectOf(name), payload, { msgID: digest, headers: marks, timeout, retries: Math.min(MOST_TRIES, Math.floor(timeoutMs / timeout)), expect: { streamName: streamOf(name) } });
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === MESSAGE_TOO_LARGE_FOR_STREAM) throw new Rejected(error.message);
    // The library's word for no answer at all. A stream that is gone is not made again here: what it held is for an operator to see to first.
    if (error instanceof Error && error.cause instanceof errors.RequestError && error.cause.isNoResponders()) throw new Error(`nobody takes ${subjectOf(name)}: the stream has no leader, or is gone`, { cause: error });
    throw error;
  }
}
