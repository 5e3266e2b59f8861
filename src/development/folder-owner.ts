// One process at a time uses a database folder. The file `owner` names it; it counts only while that very process lives (same start time,
// so a reused pid does not lock the folder) and only in the folder it was written for (a copied tree is not locked by its original).
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from './error-codes.ts';

const heldHere = new Set<string>();

/** Takes the folder or throws; returns what gives it back. */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'owner');
  const ours = [process.pid, await startOf(process.pid), folder].join('\n');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeFile(path, ours, { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST') || attempt === 5) throw error;
    }
    await removeUnlessHeld(path, folder);
  }
  heldHere.add(folder);
  return async () => {
    heldHere.delete(folder);
    await rm(path, { force: true });
  };
}

async function removeUnlessHeld(path: string, folder: string): Promise<void> {
  const [pid = '', started = '', holds = ''] = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const held = Number(pid) === process.pid
    ? heldHere.has(folder) 
    : (await isAlive(Number(pid))) && (await startOf(Number(pid))) === started;
  if (held && holds === folder) throw new Error(`${folder} is in use by process ${pid}: stop that first.`);
  await rm(path, { force: true });
}

/** False also for what has ended and was not yet collected by its parent: in a container whose first process collects nothing, for ever. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  const [state] = await statusOf(pid);
  return state !== 'Z' && state !== 'X';
}

/** When a process started, as Linux counts it; elsewhere unknown, and the pid alone decides. */
async function startOf(pid: number): Promise<string> {
  return (await statusOf(pid))[19] ?? '';
}

/** Fields of /proc/…/stat from the third on: the second, the program's name in parentheses, may hold spaces. */
async function statusOf(pid: number): Promise<string[]> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}
