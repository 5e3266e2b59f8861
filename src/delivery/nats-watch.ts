// Watches a backend's stream as long as the gateway runs: that it still is what it must be, and which it is, and what the agency put aside there. What is
// put aside is acknowledged when it is recorded; whatever fails in between comes again.
import { jetstream } from '@nats-io/jetstream';
import type { Consumer, ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout } from 'node:timers/promises';

import { checkStream, rejectedConsumer, streamOf, StreamUnfit } from './nats-stream.ts';
import type { StreamSettings } from './nats-stream.ts';
import type { StreamKeeper } from './put-aside.ts';
import { reasonText } from './reason.ts';

export interface WatchSettings extends StreamSettings {
  readonly keeper: StreamKeeper;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Watch {
  /** @throws Error with what was found wrong, as long as it is. */
  check(): void;
  stop(): Promise<void>;
}

/** Between two looks at the stream. */
const LOOK_MS = 5_000;
const MOST_AT_ONCE = 100;
const DIGEST = /^[0-9a-f]{64}$/;
const REST_AFTER_FAILURE_MS = 1_000;

export function watchStream(settings: WatchSettings, connection: NatsConnection, manager: JetStreamManager): Watch {
  const { name, keeper, log } = settings;
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted;
  let unfit: StreamUnfit | undefined;
  let reading: ConsumerMessages | undefined;
  let consumer: Consumer | undefined;
  const look = async (): Promise<void> => {
    await keeper.isMade(await checkStream(manager, settings));
    unfit = undefined;
    consumer ??= await openRejected(connection, manager, name);
    if (isOver()) return;
    reading = await consumer.fetch({ max_messages: MOST_AT_ONCE, expires: LOOK_MS });
    for await (const message of reading) await takeOne(keeper, message);
  };
  const running = (async () => {
    let failures = 0;
    while (!isOver()) {
      try {
        await look();
        failures = 0;
      } catch (error) {
        if (isOver()) break;
        // Who does not answer is away for now, and says nothing of the stream.
        if (error instanceof StreamUnfit) unfit = error;
        consumer = undefined;
        failures += 1;
        if (Number.isInteger(Math.log2(failures))) log('stream not watched', { backend: name, reason: error instanceof Error ? error.message : String(error), failures });
        await setTimeout(REST_AFTER_FAILURE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  })();
  return {
    check: () => { if (unfit !== undefined) throw unfit; },
    stop: async () => {
      stopping.abort();
      await reading?.close();
      await running;
    },
  };
}

async function openRejected(connection: NatsConnection, manager: JetStreamManager, backend: string): Promise<Consumer> {
  const wanted = rejectedConsumer(backend);
  await manager.consumers.add(streamOf(backend), wanted);
  return jetstream(connection).consumers.get(streamOf(backend), wanted.durable_name);
}

async function takeOne(keeper: StreamKeeper, message: JsMsg): Promise<void> {
  const mark = (name: string): string => message.headers?.get(name) ?? '';
  const replays = mark('Ivan-Replay');
  await keeper.putAside({
    digest: DIGEST.exec(mark('Ivan-Digest').toLowerCase())?.[0] ?? '',
    replays: /^\d{1,9}$/.test(replays) ? Number(replays) : undefined,
    reason: reasonText(mark('Ivan-Reason') || 'put aside without a reason'),
    message: `${message.seq} ${message.timestampNanos}`,
  });
  await message.ackAck();
}
