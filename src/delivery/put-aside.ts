// What comes back from a stream: dossiers that their agency put aside become dead letters, and when a stream turns out to be another than the one that
// held what was delivered, whatever the agency has not answered is handed over again (promise 9). Any number of processes may do it at once.
import { findFacts } from '../store/backend-facts.ts';
import type { Database, Query } from '../store/database.ts';
import { lockStream, orderAgain, recordPutAside, saveStream } from '../store/put-asides.ts';
import type { PutAside } from '../store/put-asides.ts';
import { laneOf } from './routes.ts';
import type { NatsSettings } from './transport-settings.ts';

export interface PutAsideSettings {
  readonly database: Database;
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface StreamKeeper {
  /** Resolves when it is recorded, whatever is made of it. */
  putAside(one: PutAside): Promise<void>;
  /** Which stream it is, known by when it was made: to be told before anything is published to it. */
  isMade(made: string): Promise<void>;
}

/** Of a process that publishes to it. Once others have been given other servers for the backend, this one's stream is not the one that counts. */
export interface OwnStream extends StreamKeeper {
  /** @throws Error when it is not the one that counts: what was published to it, nobody may fetch any more. */
  check(): Promise<void>;
  /** As it was found last: others serve the backend. */
  isReplaced(): boolean;
}

const MOST_AT_ONCE = 500;

/** `servers`: that this process publishes to. */
export function streamKeeper(settings: PutAsideSettings, backend: string, servers: NatsSettings['servers']): OwnStream {
  const { database, now, log } = settings;
  const lane = laneOf(backend);
  const own = servers.toSorted().join(' ');
  let isReplaced = false;
  const check = async (query: Query): Promise<void> => {
    const transport = (await findFacts(query, backend))?.facts.transport;
    isReplaced = transport !== undefined && (transport.kind !== 'nats' || transport.servers.toSorted().join(' ') !== own);
    if (isReplaced) throw new Error(`${backend} was given another transport, or other servers, than this process began with: only one that is started again serves it`);
  };
  return {
    check: () => check(database.query),
    isReplaced: () => isReplaced,
    putAside: async (one) => {
      const outcome = await database.transaction((query) => recordPutAside(query, lane, one, now()));
      const { digest, reason, message } = one;
      if (outcome === 'unknown') log('put aside is what was never handed over: somebody else writes to the stream', { backend, digest, reason, message });
      else if (outcome === 'received') log('put aside is what the agency said it has', { backend, digest, reason, message });
      else if (outcome === 'dead') log('delivery given up', { backend, digest, reason, message });
    },
    isMade: async (made) => {
      const before = await database.transaction(async (query) => {
        const known = await lockStream(query, lane);
        // Two processes with two streams would each take the other's for a loss, and hand everything over again without end.
        await check(query);
        if (known === null) await saveStream(query, lane, made);
        return known ?? made;
      });
      if (before !== made) await orderLost(settings, backend, before, made);
    },
  };
}

/** In bounded transactions, each of which another process may go on after. */
async function orderLost({ database, now, log }: PutAsideSettings, backend: string, before: string, made: string): Promise<void> {
  const lane = laneOf(backend);
  const deliveredUntil = now();
  const reason = `the stream made ${before} is gone; another was made ${made}`;
  let count = 0;
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const from: string = after;
    after = await database.transaction(async (query) => {
      if ((await lockStream(query, lane)) === made) return undefined; // another process has done it
      const lost = await orderAgain(query, { lane, after: from, deliveredUntil, most: MOST_AT_ONCE }, reason, now());
      count += lost.length;
      if (lost.length < MOST_AT_ONCE) await saveStream(query, lane, made);
      return lost.length < MOST_AT_ONCE ? undefined : lost.at(-1);
    });
  }
  log('another stream took the place of the one that held dossiers; what its agency has not answered is handed over again', { backend, before, made, again: count });
  await database.query("SELECT pg_notify('delivery', '')");
}
