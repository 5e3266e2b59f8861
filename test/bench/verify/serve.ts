// The process of one contestant that runs in Node: `serve.js <name> <certificate>`. It answers lines on standard input, as the programs in
// C and Java do, and measures inside itself, so that neither its start nor the pipe is in any figure:
// `about` → versions · `load <path>` → loaded · `verify <times>` → valid|invalid <ns> <ns on the processor> <reason> · `collect` → collected.
// `allocations <times>` → octets on the heap and outside it; only true when nothing is collected meanwhile.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Contestant, Once } from './contestant.ts';
import { openers } from './openers.ts';

const [name = '', certificatePath = ''] = process.argv.slice(2);
const open = openers.get(name);
if (open === undefined) throw new Error(`no contestant is called ${name}`);
const contestant = await (await open())(readFileSync(certificatePath, 'utf8'));
let once: Once = () => false;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(contestant, line)}\n`);
}

async function answer({ version, verifier }: Contestant, line: string): Promise<string> {
  const [command, argument = ''] = line.split('\t');
  if (command === 'about') return version;
  if (command === 'load') {
    once = verifier({ bytes: readFileSync(argument), path: argument });
    return 'loaded';
  }
  if (command === 'verify') return verifyMany(Number(argument));
  if (command === 'allocations') return allocations(Number(argument));
  collect();
  return 'collected';
}

async function verifyMany(times: number): Promise<string> {
  let valid = true;
  let reason = '';
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  try {
    for (let left = times; left > 0; left -= 1) {
      const outcome = once();
      valid &&= typeof outcome === 'boolean' ? outcome : await outcome;
    }
  } catch (error) {
    valid = false;
    reason = String(error).replace(/\s+/g, ' ').slice(0, 200);
  }
  const elapsed = process.hrtime.bigint() - start;
  const { user, system } = process.cpuUsage(cpu);
  return `${valid ? 'valid' : 'invalid'}\t${elapsed}\t${(user + system) * 1000}\t${reason}`;
}

async function allocations(times: number): Promise<string> {
  collect();
  const before = process.memoryUsage();
  for (let left = times; left > 0; left -= 1) await once();
  const after = process.memoryUsage();
  return `${(after.heapUsed - before.heapUsed) / times}\t${(after.external - before.external) / times}`;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('Node was started without --expose-gc');
  globalThis.gc();
}
