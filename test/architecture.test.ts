// Guarantee: the rooms keep their doors. Imports point one way, each package has its owner, the environment and the clock are read in few
// named places, wire words stay in the dictionary, and the repository holds no secret and no registry's address.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { packageFile, packageRoot } from '../src/paths.ts';

interface Source {
  /** Relative to `src/`, e.g. `http/app.ts`. */
  readonly file: string;
  readonly room: string;
  readonly text: string;
  /** Text without comments. */
  readonly code: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(packageFile('src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(packageFile('src', file), 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '').replace(/ \/\/ .*$/gm, '');
    return { file, room: file.includes('/') ? dirname(file).split('/')[0] ?? '' : file, text, code, imports: [...code.matchAll(/(?:from|import) '([^']+)'/g)].map((match) => match[1] ?? '') };
  });

/** What each room may import, besides itself. Below everything: errors, paths, bounded-map. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  xml: [],
  signature: ['xml'],
  trust: ['signature'],
  freshness: ['trust'],
  standard: ['trust', 'signature', 'xml'],
  log: [],
  witness: ['log'],
  stamp: ['config.ts', 'freshness', 'store', 'trust'],
  receipts: ['log', 'standard', 'trust', 'signature', 'xml'],
  rendition: ['standard', 'trust', 'signature', 'xml'],
  store: ['../migrations'],
  evidence: ['log', 'receipts', 'rendition', 'signature', 'standard', 'store', 'trust', 'xml'],
  intake: ['evidence', 'receipts', 'standard', 'signature', 'store', 'trust', 'xml'],
  registers: ['evidence', 'intake', 'receipts', 'standard', 'signature', 'store', 'trust', 'xml'],
  obligations: ['receipts', 'standard', 'store'],
  outages: ['obligations', 'receipts', 'standard', 'store'],
  results: ['receipts', 'standard', 'signature', 'store', 'trust', 'xml'],
  webhooks: ['freshness', 'signature', 'standard', 'store'],
  mail: ['standard', 'store', 'webhooks'],
  delivery: ['mail', 'results', 'signature', 'standard', 'store', 'trust', 'webhooks'],
  audit: ['evidence', 'intake', 'log', 'obligations', 'outages', 'receipts', 'registers', 'results', 'standard', 'signature', 'store', 'trust', 'xml', 'config.ts', 'development'],
  http: ['delivery', 'evidence', 'intake', 'log', 'mail', 'obligations', 'outages', 'receipts', 'registers', 'stamp', 'standard', 'store', 'webhooks', 'config.ts', 'operators-file.ts'],
  docs: ['http', 'standard', 'xml'],
  report: ['standard', 'xml'],
  client: ['evidence', 'log', 'receipts', 'report', 'standard', 'signature', 'trust', 'xml'],
  cli: ['audit', 'client', 'config.ts', 'development', 'intake', 'log', 'receipts', 'registers', 'rendition', 'report', 'signature', 'standard', 'store', 'trust', 'trust-folder.ts', 'witness', 'xml'],
  browser: ['client', 'intake', 'log', 'report', 'signature', 'standard', 'trust', 'xml'],
  backend: ['development', 'receipts', 'standard', 'signature', 'trust', 'xml'],
  demonstration: ['audit', 'backend', 'client', 'config.ts', 'development', 'gateway.ts', 'signature', 'standard', 'trust', 'trust-folder.ts', 'xml'],
  development: ['client', 'config.ts', 'gateway.ts', 'registers', 'signature', 'standard', 'store', 'trust', 'trust-folder.ts'],
};
const ground = new Set(['errors', 'paths.ts', 'bounded-map.ts']);

function roomOf(from: Source, imported: string): string {
  const target = normalize(join(dirname(from.file), imported));
  if (target.startsWith('..')) return target.split('/').slice(0, 2).join('/');
  return target.includes('/') ? target.split('/')[0] ?? '' : target;
}

describe('the rooms', () => {
  it.each(Object.keys(allowed))('%s imports only what lies below it', (room) => {
    const strays = sources
      .filter((source) => source.room === room)
      .flatMap((source) => source.imports.filter((name) => name.startsWith('.')).map((name) => ({ file: source.file, to: roomOf(source, name) })))
      .filter(({ to }) => to !== room && !ground.has(to) && allowed[room]?.includes(to) !== true);
    expect(strays).toEqual([]);
  });

  it('are all known', () => {
    const top = new Set(['main.ts', 'gateway.ts', 'config.ts', 'trust-folder.ts', 'operators-file.ts', 'paths.ts', 'bounded-map.ts', 'errors']);
    expect(sources.filter(({ room }) => !top.has(room) && allowed[room] === undefined).map(({ file }) => file)).toEqual([]);
  });

  it('have no import cycle between files', () => {
    const graph = new Map(sources.map((source) => [source.file, source.imports.filter((name) => name.startsWith('.') && !/^import type/m.test(lineWith(source, name))).map((name) => normalize(join(dirname(source.file), name)))]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'open') cycles.push([...path, file].join(' → '));
      if (state.has(file)) return;
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** The statement that imports `name`, to tell type imports, which do not exist at run time. */
function lineWith(source: Source, name: string): string {
  return source.code.split('\n').find((line) => line.includes(`'${name}'`)) ?? '';
}

describe('packages', () => {
  const owners: Readonly<Record<string, RegExp>> = {
    express: /^http\//,
    typeorm: /^store\//,
    pg: /^(?:store\/|backend\/store\.ts$|backend\/migrations\.ts$|development\/database)/,
    'libxml2-wasm': /^(?:standard\/|rendition\/labels\.ts$)/,
    pdfkit: /^rendition\//,
    'dejavu-fonts-ttf': /^rendition\//,
    xmldsigjs: /^client\//,
    '@xmldom/xmldom': /^client\//,
    xml2js: /^(?:client|backend|receipts)\//,
    'node-forge': /^(?:development|client|cli)\//,
    'http-message-signatures': /^signature\/http-message\.ts$/,
    nodemailer: /^mail\/smtp\.ts$/,
    commander: /^cli\//,
    fflate: /^evidence\/container\//,
    '@nats-io/jetstream': /^(?:delivery\/nats(?:-\w+)?|backend\/nats)\.ts$/,
    '@nats-io/transport-node': /^(?:delivery\/nats(?:-\w+)?|backend\/nats)\.ts$/,
    pino: /^(?:main\.ts|backend\/|demonstration\/)/,
  };

  it.each(Object.entries(owners))('%s is imported by its owner only', (name, owner) => {
    const users = sources.filter(({ imports }) => imports.some((imported) => imported === name || imported.startsWith(`${name}/`))).map(({ file }) => file);
    expect(users.filter((file) => !owner.test(file))).toEqual([]);
  });

  it('are all in the table of the README with a reason', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Record<string, Record<string, string>>;
    const readme = readFileSync(packageFile('README.md'), 'utf8');
    const names = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {}).filter((name) => !name.startsWith('@types/'))];
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the world outside', () => {
  const entries = /^(?:main\.ts|backend\/main\.ts|cli\/(?:ivan|contract|certificate|agency|shadow)\.ts|audit\/main\.ts|development\/(?:start|demo|prepare|time-stamps)\.ts)$/;

  it('the environment is read in two files: one of the gateway, one of the backend', () => {
    expect(sources.filter(({ code }) => code.includes('process.env')).map(({ file }) => file).sort()).toEqual(['backend/config.ts', 'config.ts']);
  });

  it('the clock is read and the process ended in entry files only', () => {
    expect(sources.filter(({ code, file }) => /Date\.now\(|new Date\(\)|process\.exit\b/.test(code) && !entries.test(file)).map(({ file }) => file)).toEqual([]);
  });

  it('verification asks neither network nor files nor database', () => {
    const pure = sources.filter(({ room }) => ['xml', 'signature', 'trust'].includes(room));
    expect(pure.filter(({ imports }) => imports.some((name) => /^node:(?:fs|net|http|https|tls|dns|child_process)/.test(name))).map(({ file }) => file)).toEqual([]);
  });
});

describe('words', () => {
  it('wire names stand in the dictionary only', () => {
    const wire = /\b(?:MaThuTuc|CoQuanQuanLy|MaSoThue|NoiDungFile|SoLuongFile|DoDaiFile|KyKeKhai|MaIVAN|CKy_Dvi|CKy_iVan|LaoDong|MA_GDICH|SO_HSO|XACNHAN_GDICH)\b/;
    const readers = /^(?:standard\/|receipts\/|errors\/|results\/message\.ts|audit\/|backend\/|client\/|cli\/|docs\/|development\/demo)/;
    expect(sources.filter(({ code, file }) => wire.test(code) && !readers.test(file)).map(({ file }) => file)).toEqual([]);
  });

  it('no file is called by a name that says nothing', () => {
    expect(sources.filter(({ file }) => /(?:^|\/)(?:utils?|helpers?|common|misc|manager|service|base|types)\.ts$/.test(file))).toEqual([]);
  });

  it('every file says at its top what it guarantees', () => {
    expect(sources.filter(({ text }) => !/^(?:#!.*\n)?\/\/ /.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('the repository', () => {
  const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: packageRoot, encoding: 'utf8' }).split('\0').filter((file) => file !== '' && existsSync(packageFile(file)));

  it('holds no private key outside code that makes one', () => {
    const keys = tracked.filter((file) => !file.endsWith('.ts') && /BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY/.test(readFileSync(packageFile(file), 'latin1')));
    expect(keys).toEqual([]);
  });

  it('names no package registry', () => {
    const lock = readFileSync(packageFile('package-lock.json'), 'utf8');
    expect(lock).not.toMatch(/"resolved": "http/);
  });
});
