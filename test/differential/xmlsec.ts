// What libxmlsec1 says of many signed documents at once, and what the xmlsec1 command says of one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { block } from './witness.ts';
import type { Program } from './witness.ts';

const words = { v: 'valid', i: 'invalid', m: 'not well-formed', n: 'no signature', e: 'not processable' } as const;
export type XmlsecVerdict = (typeof words)[keyof typeof words];

/** `trustFolder` holds root.pem and subordinate.pem. */
export function askXmlsec(program: Program, trustFolder: string, documents: readonly Buffer[]): XmlsecVerdict[] {
  const run = spawnSync(program.file, [join(trustFolder, 'root.pem'), join(trustFolder, 'subordinate.pem')], { input: Buffer.concat(documents.map(block)), maxBuffer: 1 << 26 });
  const answers = Array.from(run.stdout.toString('latin1')).map((letter) => words[letter as keyof typeof words]);
  if (run.status !== 0 || answers.length !== documents.length) throw new Error(`libxmlsec1 answered ${answers.length} of ${documents.length}, status ${String(run.status ?? run.signal)}: ${run.stderr.toString('utf8').slice(-2000)}`);
  return answers;
}

/** Does the command as shipped accept the file? The Id of a time Object is made known to it. */
export function xmlsecAccepts(trustFolder: string, file: string): boolean {
  const trust = ['--trusted-pem', join(trustFolder, 'root.pem'), '--untrusted-pem', join(trustFolder, 'subordinate.pem')];
  return spawnSync('xmlsec1', ['--verify', '--enabled-key-data', 'x509', ...trust, '--id-attr:Id', 'http://www.w3.org/2000/09/xmldsig#:Object', file]).status === 0;
}
