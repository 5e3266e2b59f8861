// `npm run bench:list`: what it costs to read a large revocation list, beside the floor (SHA-256 of the same bytes) and OpenSSL (a process that
// reads it and ends). CPU time of the least disturbed of several rounds, each with a list that was not read before. Not a test.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { parseRevocationList } from '../../src/trust/crl.ts';

const ENTRIES = 100_000;
const ROUNDS = 9;
const CERTIFICATES = 1_000;

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

type List = ReturnType<typeof parseRevocationList>;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x1_0000 ? [0x82, length >> 8, length & 0xff] : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/** Serial numbers of sixteen octets, and a reason for four entries in five: what a public authority's list looks like. */
function makeList(serials: readonly Buffer[]): Buffer {
  const time = (index: number): Buffer => der(0x17, Buffer.from(`25${String(1 + (index % 12)).padStart(2, '0')}15${String(index % 24).padStart(2, '0')}0000Z`));
  const reason = (index: number): Buffer => Buffer.from(`300c300a0603551d1504030a010${1 + (index % 5)}`, 'hex');
  const entries = serials.map((serial, index) => der(0x30, der(0x02, serial), time(index), index % 5 === 0 ? Buffer.alloc(0) : reason(index)));
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('VNPT-CA')))));
  const extensions = der(0xa0, der(0x30, der(0x30, Buffer.from('0603551d14', 'hex'), der(0x04, Buffer.from('020101', 'hex')))));
  const toBeSigned = der(0x30, Buffer.from('020101', 'hex'), algorithm, name, time(1), time(2), der(0x30, ...entries), extensions);
  return der(0x30, toBeSigned, algorithm, der(0x03, Buffer.alloc(1), randomBytes(70)));
}

/** Its signature is another each time, so that nobody remembers the list. */
function another(bytes: Buffer): Buffer {
  randomBytes(8).copy(bytes, bytes.length - 8);
  return bytes;
}

function costOf(work: () => unknown): Cost {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - wall };
}

function least(work: () => unknown): Cost {
  return leastOf(Array.from({ length: ROUNDS }, () => costOf(work)));
}

function leastOf(costs: readonly Cost[]): Cost {
  return costs.reduce((a, b) => (b.cpuMs < a.cpuMs ? b : a));
}

/** Of the whole process, which is started for it. */
function costOfOpenssl(file: string): Cost {
  const { stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S %R"; time openssl crl -inform DER -in "$1" -noout', 'bash', file], { encoding: 'utf8' });
  const [user = NaN, system = NaN, wall = NaN] = stderr.trim().split(' ').map((seconds) => Number(seconds) * 1000);
  return { cpuMs: user + system, wallMs: wall };
}

function heldBy(make: () => List): { readonly list: List; readonly octets: number } {
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const list = make();
  return { list, octets: used() - before };
}

function main(): void {
  const serials = Array.from({ length: ENTRIES }, () => Buffer.concat([Buffer.from([0x54]), randomBytes(15)]));
  const bytes = makeList(serials);
  const first = costOf(() => parseRevocationList(another(bytes)));
  const { list, octets } = heldBy(() => parseRevocationList(another(bytes)));
  const folder = mkdtempSync(join(tmpdir(), 'bench-list-'));
  writeFileSync(join(folder, 'list.crl'), bytes);
  const wanted = serials.slice(0, CERTIFICATES).map((serial) => serial.toString('hex'));
  if (wanted.some((serial) => list.entries.get(serial) === undefined)) throw new Error('an entry was not found');

  const floor = least(() => createHash('sha256').update(another(bytes)).digest());
  const rows: readonly (readonly [string, Cost])[] = [
    ['SHA-256 of the bytes', floor],
    ['this reader, first time in the process', first],
    ['this reader', least(() => parseRevocationList(another(bytes)))],
    [`${CERTIFICATES} look-ups`, least(() => wanted.map((serial) => list.entries.get(serial)))],
  ];
  const openssl = leastOf(Array.from({ length: ROUNDS }, () => costOfOpenssl(join(folder, 'list.crl'))));
  rmSync(folder, { recursive: true });
  process.stdout.write(`${ENTRIES} entries, ${bytes.length} octets; held in memory: ${octets} octets\n\n| | CPU ms | wall ms | × floor (CPU) |\n|---|---:|---:|---:|\n`);
  for (const [what, { cpuMs, wallMs }] of [...rows, ['openssl crl -noout, its process', openssl] as const]) process.stdout.write(`| ${what} | ${cpuMs.toFixed(1)} | ${wallMs.toFixed(1)} | ${(cpuMs / floor.cpuMs).toFixed(1)} |\n`);
}

main();
