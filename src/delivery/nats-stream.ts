// The stream of JetStream that holds a backend's dossiers: what it must be like, so that it can neither lose nor double one, and the consumer that reads
// what the agency puts aside. A stream that is there otherwise is told, never changed.
import { AckPolicy, DeliverPolicy, DiscardPolicy, JetStreamApiError, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { ConsumerConfig, JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

import type { NatsSettings } from './transport-settings.ts';

export type StreamSettings = Pick<NatsSettings, 'replicas' | 'duplicateWindowMs'> & { readonly name: string };

/** What it is like is certain, and nothing may be published to it. */
export class StreamUnfit extends Error {
  override readonly name = 'StreamUnfit';
}

const STREAM_NOT_FOUND = 10_059;
const ACK_WAIT_MS = 30_000;

export function streamOf(backend: string): string {
  return `dossiers-${backend}`;
}

export function subjectOf(backend: string): string {
  return `dossiers.${backend}`;
}

/** For what the agency finds wrong with a dossier and puts aside. */
export function rejectedOf(backend: string): string {
  return `rejected.${backend}`;
}

/** Makes it where it is not there. Gives when it was made, which no other stream has. @throws StreamUnfit */
export async function ensureStream(manager: JetStreamManager, settings: StreamSettings): Promise<string> {
  const found = await findStream(manager, settings.name);
  return check(found ?? (await manager.streams.add(wantedOf(settings))), settings);
}

/** The same of one that was there; it is not made again, because what it held is for an operator to see to first. @throws StreamUnfit */
export async function checkStream(manager: JetStreamManager, settings: StreamSettings): Promise<string> {
  const found = await findStream(manager, settings.name);
  if (found === undefined) throw new StreamUnfit(`the stream ${streamOf(settings.name)} is gone; a gateway that is started makes it again, and hands over again what it held`);
  return check(found, settings);
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  return manager.streams.info(streamOf(name)).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  });
}

/** What the agency has taken leaves the stream; what it has not, never does: a full stream takes no more, and the dossier waits here. */
function wantedOf({ name, replicas, duplicateWindowMs }: StreamSettings) {
  return {
    name: streamOf(name),
    subjects: [subjectOf(name), rejectedOf(name)],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
  };
}

function check({ config, created }: StreamInfo, settings: StreamSettings): string {
  const wrong = whatIsWrong(config, wantedOf(settings));
  if (wrong.length > 0) throw new StreamUnfit(`the stream ${streamOf(settings.name)} could lose or double dossiers: ${wrong.join('; ')}`);
  return created;
}

function whatIsWrong(config: StreamConfig, wanted: Pick<StreamConfig, 'subjects' | 'num_replicas' | 'duplicate_window'>): string[] {
  const checks: readonly (readonly [isRight: boolean, what: string])[] = [
    [wanted.subjects.every((subject) => config.subjects.includes(subject)), `its subjects must be ${wanted.subjects.join(', ')}`],
    [config.retention === RetentionPolicy.Workqueue, 'retention must be workqueue'],
    [config.storage === StorageType.File, 'storage must be file'],
    [config.max_age === 0, 'max_age must be 0'],
    [config.discard === DiscardPolicy.New, 'discard must be new'],
    // By subject the oldest would make room, whatever is discarded otherwise.
    [config.max_msgs_per_subject <= 0 || config.discard_new_per_subject, 'max_msgs_per_subject must not be set'],
    [config.num_replicas >= wanted.num_replicas, `num_replicas must be ${wanted.num_replicas}`],
    [config.duplicate_window >= wanted.duplicate_window, `duplicate_window must be ${wanted.duplicate_window / 1e9} s`],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, what]) => what);
}

/** One for all gateways: each message goes to one of them, and again to one if it is not acknowledged. Without the octets, which stand in the store. */
export function rejectedConsumer(backend: string): Partial<ConsumerConfig> & { readonly durable_name: string } {
  return {
    durable_name: 'gateway',
    filter_subject: rejectedOf(backend),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    headers_only: true,
  };
}
