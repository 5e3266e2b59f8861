// Which backend processes an agency's dossiers: by CoQuanQuanLy alone, whatever the sender's province (NĐ 164/2025/NĐ-CP Điều 4(1a)).
// The longest prefix wins; the table is total because the prefix '' is in it, which is proved before it is used.
import type { NatsSettings, PullSettings } from './transport-settings.ts';

export interface Backend {
  readonly name: string;
  /** How dossiers get there, when they are not put to its `url`. */
  readonly transport?: PullSettings | NatsSettings;
  /** https origin, e.g. `https://127.0.0.1:9443`; empty where nobody can call, who fetches dossiers and brings what the agency says. */
  readonly url: string;
  /** PEM of the authorities its TLS certificate may come from. */
  readonly certificateAuthorities: readonly string[];
  /** SHA-256 fingerprints (hex) of the certificates that may sign its answers. */
  readonly answerSigners: ReadonlySet<string>;
  /** Deliveries under way at once, over all processes. */
  readonly mostAtOnce: number;
  readonly timeoutMs: number;
}

export type Backends = ReadonlyMap<string, Backend>;

/** Digits that an agency's code begins with, '' for every agency → name of the backend. */
export type Routes = ReadonlyMap<string, string>;

/** @throws Error when some agency would have no backend, or one that is not there. */
export function checkRoutes(routes: Routes, backends: Backends): void {
  if (!routes.has('')) throw new Error('the route table has no route "*" for agencies that no other route names');
  for (const [prefix, backend] of routes) {
    if (!/^\d{0,5}$/.test(prefix)) throw new Error(`routes.${prefix}: not an agency code, a prefix of one, or *`);
    if (!backends.has(backend)) throw new Error(`routes.${prefix === '' ? '*' : prefix}: there is no backend ${backend}`);
  }
}

const AGENCY = 'agency:';

export function laneOf(backend: string): string {
  return `${AGENCY}${backend}`;
}

export function backendOf(lane: string): string {
  return lane.startsWith(AGENCY) ? lane.slice(AGENCY.length) : '';
}
