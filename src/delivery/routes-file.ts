// The route file: JSON with `backends` (name → url, certificateAuthorities, answerSigners: PEM files beside it) and `routes` (agency code or
// prefix, or `*` → backend name). Every mistake is an Error that names its place.
import { X509Certificate } from 'node:crypto';

import { checkTotal } from './routes.ts';
import type { Backend, RouteTable } from './routes.ts';

/** `readBeside` reads a file that the route file names, relative to it. */
export function readRoutes(json: string, readBeside: (file: string) => string): RouteTable {
  const file = asObject(JSON.parse(json), 'the file');
  const backends = new Map(Object.entries(asObject(file['backends'], 'backends')).map(([name, value]) => [name, readBackend(name, value, readBeside)]));
  const routes = Object.entries(asObject(file['routes'], 'routes')).map(([agency, name]): [string, Backend] => {
    if (agency !== '*' && !/^\d{1,5}$/.test(agency)) throw new Error(`routes.${agency}: not an agency code, a prefix of one, or *`);
    const backend = backends.get(String(name));
    if (backend === undefined) throw new Error(`routes.${agency}: there is no backend ${String(name)}`);
    return [agency, backend];
  });
  return checkTotal(new Map(routes));
}

function readBackend(name: string, value: unknown, readBeside: (file: string) => string): Backend {
  const backend = asObject(value, `backends.${name}`);
  const url = String(backend['url']);
  if (!/^https:\/\/[^/]+$/.test(url)) throw new Error(`backends.${name}.url: must be https://host:port`);
  const files = (key: string): string[] => {
    const list: unknown = backend[key];
    if (!Array.isArray(list) || list.length === 0) throw new Error(`backends.${name}.${key}: must be a list of PEM files`);
    return list.map((path) => readBeside(String(path)));
  };
  const fingerprints = files('answerSigners').map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase());
  return { name, url, certificateAuthorities: files('certificateAuthorities'), answerSigners: new Set(fingerprints) };
}

function asObject(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: must be an object`);
  return value as Record<string, unknown>;
}
