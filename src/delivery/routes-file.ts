// The route file: JSON with `backends` (name → url, certificateAuthorities, answerSigners: PEM files beside it; transport with its settings,
// mostAtOnce, timeoutSeconds) and `routes` (agency code or prefix, or `*` → backend name), which holds until an operator changes it. Every
// mistake is an Error that names its place.
import { X509Certificate } from 'node:crypto';

import { checkRoutes } from './routes.ts';
import type { Backend, Backends, Routes } from './routes.ts';
import { checkClients, readTransport } from './transport-settings.ts';

export interface RouteFile {
  readonly backends: Backends;
  /** As the first start finds them. */
  readonly routes: Routes;
}

const MOST_AT_ONCE = 8;
const MOST_LEASED_AT_ONCE = 100;
const TIMEOUT_SECONDS = 30;

/** `readBeside` reads a file that the route file names, relative to it. */
export function readRouteFile(json: string, readBeside: (file: string) => string): RouteFile {
  const file = asObject(JSON.parse(json), 'the file');
  const backends = new Map(Object.entries(asObject(file['backends'], 'backends')).map(([name, value]) => [name, readBackend(name, value, readBeside)]));
  const routes = new Map(Object.entries(asObject(file['routes'], 'routes')).map(([agency, name]) => [agency === '*' ? '' : agency, String(name)]));
  checkRoutes(routes, backends);
  checkClients(backends);
  return { backends, routes };
}

function readBackend(name: string, value: unknown, readBeside: (file: string) => string): Backend {
  const backend = asObject(value, `backends.${name}`);
  const transport = readTransport(name, backend, readBeside);
  // Who fetches its dossiers may be where nobody can call.
  const isCalled = transport?.kind !== 'pull' || backend['url'] !== undefined;
  const url = isCalled ? String(backend['url']) : '';
  if (!/^[A-Za-z0-9][\w.-]{0,49}$/.test(name)) throw new Error(`backends.${name}: a name is made of letters, digits, point, hyphen and underline`);
  if (isCalled && !/^https:\/\/[^/]+$/.test(url)) throw new Error(`backends.${name}.url: must be https://host:port`);
  const files = (key: string): string[] => {
    const list: unknown = backend[key];
    if (!Array.isArray(list) || list.length === 0) throw new Error(`backends.${name}.${key}: must be a list of PEM files`);
    return list.map((path) => readBeside(String(path)));
  };
  const count = (key: string, fallback: number, most: number): number => {
    const given = backend[key] ?? fallback;
    if (typeof given !== 'number' || !Number.isInteger(given) || given < 1 || given > most) throw new Error(`backends.${name}.${key}: must be a whole number from 1 to ${most}`);
    return given;
  };
  const fingerprints = files('answerSigners').map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase());
  return {
    name,
    ...(transport === undefined ? {} : { transport }),
    url,
    certificateAuthorities: isCalled ? files('certificateAuthorities') : [],
    answerSigners: new Set(fingerprints),
    mostAtOnce: transport?.kind === 'pull' ? count('mostAtOnce', MOST_LEASED_AT_ONCE, 10_000) : count('mostAtOnce', MOST_AT_ONCE, 256),
    timeoutMs: count('timeoutSeconds', TIMEOUT_SECONDS, 600) * 1000,
  };
}

function asObject(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: must be an object`);
  return value as Record<string, unknown>;
}
