// What verifying one large document adds to the resident set of a process that has verified small ones and already holds the large one's
// bytes: the peak during the verification less the set just before it, both as the kernel counts them (/proc/<pid>/status, Linux only).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { ContestantProcess } from './contestant-process.ts';
import type { Command } from './contestant-process.ts';

const WARM_UP = 50;

/** Octets added, or why they could not be measured. */
export async function addedBy(command: Command, small: string, large: string): Promise<number | { readonly unfit: string }> {
  if (!existsSync('/proc/self/clear_refs')) return { unfit: 'needs Linux' };
  const process = new ContestantProcess(command);
  try {
    await process.load(small);
    await process.verify(WARM_UP);
    await process.load(large);
    const before = await settled(process);
    writeFileSync(`/proc/${process.pid}/clear_refs`, '5'); // VmHWM starts again from here
    const { valid, reason } = await process.verify(1);
    return valid ? statusOf(process.pid, 'VmHWM') - before : { unfit: `does not accept the document: ${reason}` };
  } catch (error) {
    return { unfit: error instanceof Error ? error.message : String(error) };
  } finally {
    await process.stop();
  }
}

/** The resident set once collecting no longer makes it smaller; pages are given back some time after they are freed. */
async function settled(process: ContestantProcess): Promise<number> {
  let before = Infinity;
  let now = statusOf(process.pid, 'VmRSS');
  for (let tries = 0; tries < 20 && (tries < 3 || before - now > 64 * 1024); tries += 1) {
    await process.ask('collect');
    await setTimeout(50);
    before = now;
    now = statusOf(process.pid, 'VmRSS');
  }
  return now;
}

function statusOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kilobytes = new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no ${field} of process ${pid}`);
  return Number(kilobytes) * 1024;
}
