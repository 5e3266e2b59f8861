// The one door to the servers of authorities: a breaker for each host and a bound on what is under way with it, so that one that hangs or
// fails takes neither the others' turn nor its own chance to recover.
import { Breaker } from './breaker.ts';
import type { BreakerState } from './breaker.ts';
import { readUrl } from './http.ts';

/** Not tried: the host's breaker is open, or enough is under way with it. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
  readonly until: Date;

  constructor(host: string, until: Date) {
    super(`${host} is left alone until ${until.toISOString()}`);
    this.until = until;
  }
}

export interface HostStatus {
  readonly host: string;
  readonly state: BreakerState;
  readonly failures: number;
  readonly underWay: number;
}

export interface Hosts {
  /** Takes a step with the URL's host; its failure counts against the host. Throws `Blocked` when it is not to be tried now. */
  through<Value>(url: string, step: () => Promise<Value>): Promise<Value>;
  status(): readonly HostStatus[];
}

export interface HostSettings {
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

interface Host {
  readonly breaker: Breaker;
  underWay: number;
}

const HOSTS_REMEMBERED = 256;
const MOST_AT_ONCE = 2;
const BUSY_MS = 1_000;

export function createHosts({ now, random, log }: HostSettings): Hosts {
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    const host = hosts.get(name) ?? { breaker: new Breaker(), underWay: 0 };
    hosts.delete(name);
    hosts.set(name, host);
    const idle = hosts.size > HOSTS_REMEMBERED && [...hosts].find(([, { underWay }]) => underWay === 0)?.[0];
    if (typeof idle === 'string') hosts.delete(idle);
    return host;
  };
  return {
    through: async (url, step) => {
      const name = readUrl(url).host;
      const host = hostOf(name);
      const { breaker } = host;
      if (host.underWay >= MOST_AT_ONCE) throw new Blocked(name, new Date(now().getTime() + BUSY_MS));
      const closedUntil = breaker.enter(now());
      if (closedUntil !== undefined) throw new Blocked(name, closedUntil);
      const before = breaker.state(now());
      host.underWay += 1;
      try {
        const value = await step();
        breaker.succeed();
        return value;
      } catch (error) {
        breaker.fail(now(), random());
        throw error;
      } finally {
        host.underWay -= 1;
        const after = breaker.state(now());
        if (after !== before) log('revocation server', { host: name, breaker: after, failures: breaker.failures });
      }
    },
    status: () => [...hosts].map(([host, { breaker, underWay }]) => ({ host, state: breaker.state(now()), failures: breaker.failures, underWay })),
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
