// Dossiers from NATS JetStream: a durable consumer takes them from this backend's stream one after the other, as an employer's must be, and
// acknowledges each after its own commit. A repeat is told by the digest, like one over HTTPS. What is wrong is put aside on `rejected.<name>` with
// the reason, where it delays nothing and is not lost. What the agency says stays in the feed that gateways poll: it has its order and its cursor.
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { connect, headers, nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout } from 'node:timers/promises';

import { Unavailable } from '../errors/outcomes.ts';
import { takeFault } from './behaviour.ts';
import { reject, Rejection } from './rejection.ts';
import type { Desk } from './requests.ts';
import type { Log } from './server.ts';
import { takeDossier } from './taking.ts';

export interface NatsSource {
  /** `tls://host:port` */
  readonly servers: readonly string[];
  /** This backend's, in the gateway's route file. */
  readonly name: string;
  /** PEM; a certificate comes with its chain. */
  readonly certificateAuthorities: string;
  readonly certificate: string;
  readonly key: string;
}

export interface DossierConsumer {
  /** Ends after the dossier under way. */
  stop(): Promise<void>;
}

/** A dossier that a killed process had taken comes again after that; while it is being taken in, the stream is told so. */
const ACK_WAIT_MS = 10_000;
const LOOK_MS = 1_000; // also how long stopping may take
const REST_AFTER_FAILURE_MS = 500;

export function consumeDossiers(source: NatsSource, desk: Desk, log: Log): DossierConsumer {
  let connection: NatsConnection | undefined;
  const { stopping } = desk;
  const isOver = (): boolean => stopping.aborted;
  const rest = (): Promise<unknown> => setTimeout(REST_AFTER_FAILURE_MS, undefined, { signal: stopping }).catch(() => undefined);
  const running = (async () => {
    while (!isOver()) {
      try {
        connection ??= await connectTo(source);
        const consumer = await openConsumer(connection, source.name);
        while (!isOver()) await takeNext(connection, consumer, source.name, desk, log);
      } catch (error) {
        if (!isOver()) log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'no dossiers from NATS');
        await rest();
      }
    }
  })();
  return {
    stop: async () => {
      await running;
      await connection?.close();
    },
  };
}

function connectTo({ servers, name, certificateAuthorities, certificate, key }: NatsSource): Promise<NatsConnection> {
  return connect({
    name: `backend ${name}`,
    servers: [...servers],
    tls: { cert: certificate, key, ca: certificateAuthorities },
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
  });
}

async function openConsumer(connection: NatsConnection, name: string): Promise<Consumer> {
  const manager = await jetstreamManager(connection);
  const stream = `dossiers-${name}`;
  await manager.consumers.add(stream, {
    durable_name: 'backend',
    filter_subject: `dossiers.${name}`,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: 1, // or one that comes again would be overtaken by its employer's next
  });
  return jetstream(connection).consumers.get(stream, 'backend');
}

async function takeNext(connection: NatsConnection, consumer: Consumer, name: string, desk: Desk, log: Log): Promise<void> {
  const message = await consumer.next({ expires: LOOK_MS });
  if (message === null) return;
  const stillAtIt = setInterval(() => { message.working(); }, ACK_WAIT_MS / 3);
  try {
    if (await isTaken(message, desk, log)) await message.ackAck();
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    log.warn({ err: error, seq: message.seq }, 'dossier put aside');
    await putAside(connection, name, message, error);
    await message.ackAck();
  } finally {
    clearInterval(stillAtIt);
  }
}

/** False: not now, or a bug; the stream gives it again. @throws Rejection */
async function isTaken(message: JsMsg, desk: Desk, log: Log): Promise<boolean> {
  try {
    const digest = message.headers?.get('Ivan-Digest') ?? '';
    if (!/^[0-9a-f]{64}$/.test(digest)) reject('digest-malformed');
    if (takeFault(desk.behaviour, 'failNext')) throw new Unavailable('TOLD_TO_FAIL', { retryAfterSeconds: 1 });
    const { timesPut } = await takeDossier(desk, digest, Buffer.from(message.data));
    log.info({ digest, timesPut, seq: message.seq }, 'taken from NATS');
    if (!takeFault(desk.behaviour, 'dropNext')) return true;
    message.nak();
    return false;
  } catch (error) {
    if (error instanceof Rejection) throw error;
    log.error({ err: error, seq: message.seq }, 'not taken');
    message.nak(1000 * (error instanceof Unavailable ? error.retryAfterSeconds : 5));
    return false;
  }
}

async function putAside(connection: NatsConnection, name: string, { data, headers: marks, seq }: JsMsg, { code, detail }: Rejection): Promise<void> {
  const reasons = headers();
  for (const mark of ['Ivan-Digest', 'Ivan-Dossier-Number', 'Ivan-Replay']) reasons.set(mark, marks?.get(mark) ?? '');
  reasons.set('Ivan-Reason', detail === undefined ? code : `${code}: ${detail}`);
  await jetstream(connection).publish(`rejected.${name}`, data, { msgID: `rejected ${seq}`, headers: reasons });
}
