// Who takes part, and with which program. Peers in C and Java are compiled here, into a folder that the caller throws away; one that cannot
// be compiled or run on this machine is named as missing, never left out.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packageFile } from '../../../src/paths.ts';
import type { Command } from './contestant-process.ts';
import type { Variant } from './documents.ts';

export interface Entry {
  readonly id: EntryId;
  readonly title: string;
  readonly variant: Variant;
  /** Compiled before it runs, so that it needs no thousands of runs to be at its best. */
  readonly native?: boolean;
  /** The program without the certificate's path, which comes last; or what this machine lacks. */
  readonly program: Command | { readonly missing: string };
}

export type EntryId = 'engine' | 'floor' | 'libxmlsec1' | 'jdk' | 'libxml2-wasm' | 'xml-crypto' | 'xmldsigjs';

/** Collection of garbage shares the one thread, as it does in the JVM below; nobody gets a second core. */
const nodeOptions = ['--expose-gc', '--single-threaded-gc', '--disable-warning=ExperimentalWarning'];
const source = (name: string): string => packageFile('test', 'bench', 'verify', name);

export function entries(folder: string): readonly Entry[] {
  mkdirSync(folder, { recursive: true });
  return [
    { id: 'engine', title: 'this engine', variant: 'field', program: inNode('engine') },
    { id: 'floor', title: 'floor: SHA-256 + one RSA verification', variant: 'field', native: true, program: inNode('floor') },
    { id: 'libxmlsec1', title: 'libxmlsec1 (C)', variant: 'field', native: true, program: compileXmlsec(folder) },
    { id: 'jdk', title: 'JDK javax.xml.crypto.dsig', variant: 'field', program: compileJava(folder) },
    { id: 'libxml2-wasm', title: 'libxml2-wasm C14N + node:crypto', variant: 'field', program: inNode('libxml2-wasm') },
    { id: 'xml-crypto', title: 'xml-crypto', variant: 'field', program: inNode('xml-crypto') },
    { id: 'xmldsigjs', title: 'xmldsigjs (Signature as child of the root)', variant: 'child-of-root', program: inNode('xmldsigjs') },
  ];
}

/** A contestant in Node, with further options of Node for it. */
export function inNode(name: string, ...options: readonly string[]): Command {
  return { program: process.execPath, arguments: [...nodeOptions, ...options, fileURLToPath(new URL('serve.js', import.meta.url)), name] };
}

export function withCertificate(command: Command, certificate: string): Command {
  return { ...command, arguments: [...command.arguments, certificate] };
}

export function compileXmlsec(folder: string): Entry['program'] {
  if (!runs('cc', '--version')) return { missing: 'cc' };
  const flags = ['pkg-config --cflags --libs xmlsec1-openssl', 'xmlsec1-config --cflags --libs'].map((command) => spawnSync('sh', ['-c', command], { encoding: 'utf8' })).find(({ status }) => status === 0);
  if (flags === undefined) return { missing: 'libxmlsec1-dev' };
  const program = join(folder, 'xmlsec1');
  const compiled = spawnSync('cc', ['-O2', '-o', program, source('xmlsec1.c'), ...flags.stdout.trim().replaceAll('"', '').split(/\s+/)], { encoding: 'utf8' });
  return compiled.status === 0 ? { program, arguments: [] } : { missing: `libxmlsec1-dev (${firstLine(compiled.stderr)})` };
}

export function compileJava(folder: string): Entry['program'] {
  if (!runs('java', '-version') || !runs('javac', '-version')) return { missing: 'JDK 17' };
  const compiled = spawnSync('javac', ['-d', folder, source('VerifyLoop.java')], { encoding: 'utf8' });
  if (compiled.status !== 0) return { missing: `JDK 17 (${firstLine(compiled.stderr)})` };
  return { program: 'java', arguments: ['-Xmx1g', '-XX:+UseSerialGC', '-cp', folder, 'VerifyLoop'] };
}

function runs(program: string, option: string): boolean {
  return spawnSync(program, [option]).status === 0;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 120) ?? '';
}
