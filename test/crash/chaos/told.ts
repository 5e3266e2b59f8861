// What a run of chaos must have left: in every feed, at the webhook, at each agency, and in the audit program's eyes. Gives what is wrong, as text.
import { spawn } from 'node:child_process';

import pg from 'pg';

import type { WebhookEvent } from '../../../src/client/index.ts';
import { packageFile } from '../../../src/paths.ts';
import type { Caller } from '../../support/site.ts';

export type ToldEvent = Pick<WebhookEvent, 'position' | 'id' | 'kind' | 'dossier'>;

const PAGE = 1_000;
const AUDIT_LIMIT_MS = 240_000;
const within = ['accepted', 'forwarded', 'slip', 'result'];

/** All of a feed, page by page, from the beginning. `unit`: whose, where the caller's certificate is of several. */
export async function readFeed(caller: Caller, unit?: string): Promise<{ readonly events: readonly ToldEvent[]; readonly last: number }> {
  const events: ToldEvent[] = [];
  for (;;) {
    const { status, body } = await caller.get(`/v1/events?after=${events.at(-1)?.position ?? 0}&limit=${PAGE}${unit === undefined ? '' : `&unit=${unit}`}`);
    if (status !== 200) throw new Error(`the feed of ${unit ?? 'the I-VAN'}: ${status} ${body.toString('utf8')}`);
    const page = JSON.parse(body.toString('utf8')) as { events: ToldEvent[]; last: number };
    events.push(...page.events);
    if (page.events.length < PAGE) return { events, last: page.last };
  }
}

/** Positions 1, 2, 3 … up to the last. */
export function isGapless({ events, last }: { readonly events: readonly ToldEvent[]; readonly last: number }): boolean {
  return events.length === last && events.every(({ position }, index) => position === index + 1);
}

export function kindsByDossier(events: readonly ToldEvent[]): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>();
  for (const { dossier, kind } of events) kinds.set(dossier?.sha256 ?? '', [...(kinds.get(dossier?.sha256 ?? '') ?? []), kind]);
  return kinds;
}

/** Accepted first; forwarded, slip and result once each; what the agency says in the order in which it is said. That it was forwarded may be known after its slip. */
export function isSensible(kinds: readonly string[]): boolean {
  const said = kinds.filter((kind) => kind !== 'accepted' && kind !== 'forwarded');
  const once = within.every((kind) => kinds.filter((one) => one === kind).length === 1);
  return once && kinds[0] === 'accepted' && said[0] === 'slip' && said.at(-1) === 'result' && said.slice(1, -1).every((kind) => kind === 'step');
}

/** Of what a receiver was told: each event of a dossier was had for the first time after all earlier ones. Gives the dossiers of which that is not so. */
export function disordered(told: readonly ToldEvent[]): string[] {
  const furthest = new Map<string, number>();
  const seen = new Set<number>();
  const wrong: string[] = [];
  for (const { position, dossier } of told) {
    if (seen.has(position)) continue;
    seen.add(position);
    const key = dossier?.sha256 ?? '';
    if ((furthest.get(key) ?? 0) > position) wrong.push(`${key} ${position}`);
    furthest.set(key, Math.max(furthest.get(key) ?? 0, position));
  }
  return wrong;
}

export interface StoredAtAgency {
  readonly digest: string;
  readonly number: string;
  readonly timesPut: number;
  readonly receivedAt: Date;
}

export async function storedAt(databaseUrl: string): Promise<StoredAtAgency[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<StoredAtAgency>('SELECT digest, dossier_number AS number, times_put AS "timesPut", received_at AS "receivedAt" FROM backend.dossiers ORDER BY received_at, dossier_number')).rows;
  } finally {
    await client.end();
  }
}

/** As `npm run audit`. */
export async function auditProgram(databaseUrl: string): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [packageFile('dist', 'src', 'audit', 'main.js')], { env: { PATH: process.env['PATH'], GATEWAY_DATABASE_URL: databaseUrl }, stdio: ['ignore', 'pipe', 'pipe'], timeout: AUDIT_LIMIT_MS, killSignal: 'SIGKILL' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString('utf8'); });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => { resolve({ exitCode, output }); });
  });
}
