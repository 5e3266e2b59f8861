// The operator's own word on where revocation data comes from: `revocation-sources.json` in the trust folder, optional. It names what no
// certificate names (a root's successors, a mirror, a proxy inside the network), how often, and whether OCSP is asked. A mistake in it is an
// Error that says where; URLs written here are the only ones that may lead to addresses that are not public.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Certificate } from '../trust/certificate.ts';
import { readUrl } from './http.ts';

export interface Source {
  readonly lists: readonly string[];
  /** Instead of those that certificates name; empty: OCSP is not asked. Undefined: those that certificates name. */
  readonly responders: readonly string[] | undefined;
  readonly everyMs: number | undefined;
}

export interface Sources {
  readonly of: (authority: Certificate) => Source | undefined;
  /** By fingerprint or subject key identifier, as written: to say which of them no authority has. */
  readonly authorities: readonly string[];
  readonly isListed: (url: string) => boolean;
}

const sourcesFile = 'revocation-sources.json';
const LONGEST_INTERVAL_MINUTES = 24 * 60;

const absent = 'absent';
const LOOK_EVERY_MS = 15_000;

const noSources: Sources = { of: () => undefined, authorities: [], isListed: () => false };

export interface SourcesWatch {
  readonly current: () => Sources;
  /** Takes up a changed file, if it is time to look; gives a text that changes whenever the sources do. */
  look(): string;
}

interface WatchSettings {
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** @throws Error when the file cannot be used at the start; later a bad one is reported, and the last good one stays. */
export function watchSources(folder: string, { now, log }: WatchSettings): SourcesWatch {
  let read = readSourcesFile(folder);
  let tried = read.stamp;
  let lookedAt = now().getTime();
  return {
    current: () => read.sources,
    look: () => {
      const at = now().getTime();
      if (Math.abs(at - lookedAt) < LOOK_EVERY_MS) return read.stamp;
      lookedAt = at;
      const stamp = stampOf(folder);
      if (stamp === tried) return read.stamp;
      tried = stamp;
      try {
        read = readSourcesFile(folder);
      } catch (error) {
        log('revocation sources not taken up', { reason: error instanceof Error ? error.message : String(error) });
      }
      return read.stamp;
    },
  };
}

function readSourcesFile(folder: string): { readonly sources: Sources; readonly stamp: string } {
  const stamp = stampOf(folder);
  return { sources: stamp === absent ? noSources : parseSources(readFileSync(join(folder, sourcesFile), 'utf8')), stamp };
}

function stampOf(folder: string): string {
  const state = statSync(join(folder, sourcesFile), { throwIfNoEntry: false });
  return state === undefined ? absent : `${state.mtimeMs} ${state.size}`;
}

/** @throws Error naming the place of the mistake. */
export function parseSources(json: string): Sources {
  try {
    const file = asObject(JSON.parse(json), 'the file', ['authorities']);
    const entries = Object.entries(asObject(file['authorities'], 'authorities'));
    const sources = new Map(entries.map(([name, value]) => [readAuthority(name), readSource(value, `authorities.${name}`)]));
    if (sources.size < entries.length) throw new Error('authorities: one is there twice');
    const listed = new Set([...sources.values()].flatMap(({ lists, responders = [] }) => [...lists, ...responders]));
    return {
      of: ({ fingerprint, subjectKeyIdentifier = '' }) => sources.get(fingerprint) ?? sources.get(subjectKeyIdentifier),
      authorities: [...sources.keys()],
      isListed: (url) => listed.has(url),
    };
  } catch (error) {
    throw new Error(`${sourcesFile}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** `AB:CD …` → `abcd…`. */
function readAuthority(name: string): string {
  const hex = name.replace(/[:\s]/g, '').toLowerCase();
  if (!/^(?:[0-9a-f]{2}){8,64}$/.test(hex)) throw new Error(`authorities.${name}: neither a SHA-256 fingerprint nor a subject key identifier in hex`);
  return hex;
}

function readSource(value: unknown, at: string): Source {
  const source = asObject(value, at, ['name', 'lists', 'ocsp', 'everyMinutes']);
  const { ocsp, everyMinutes } = source;
  if (everyMinutes !== undefined && !(Number.isInteger(everyMinutes) && Number(everyMinutes) >= 1 && Number(everyMinutes) <= LONGEST_INTERVAL_MINUTES)) {
    throw new Error(`${at}.everyMinutes: not a whole number from 1 to ${LONGEST_INTERVAL_MINUTES}`);
  }
  if (ocsp === true) throw new Error(`${at}.ocsp: must be false or a list of URLs; without it the URLs are those that certificates name`);
  return {
    lists: readUrls(source['lists'], `${at}.lists`) ?? [],
    responders: ocsp === false ? [] : readUrls(ocsp, `${at}.ocsp`),
    everyMs: everyMinutes === undefined ? undefined : Number(everyMinutes) * 60_000,
  };
}

function readUrls(value: unknown, at: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${at}: must be a list of URLs`);
  return value.map((text, index) => {
    try {
      return readUrl(String(text)).href;
    } catch (error) {
      throw new Error(`${at}[${index}]: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
}

function asObject(value: unknown, at: string, keys?: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: must be an object`);
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${at}: unknown key ${unknown}`);
  return value as Record<string, unknown>;
}
