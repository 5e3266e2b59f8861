// Seconds that the database server has spent on the processor, its children that ended included: what else the machine does is not counted. Linux, from /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TICKS_A_SECOND = 100;

/** `data`: the server's folder. NaN where there is no /proc. */
export function serverSeconds(data: string): number {
  try {
    const server = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    let ticks = 0;
    for (const name of readdirSync('/proc')) {
      const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
      if (times === undefined || (times.id !== server && times.parent !== server)) continue;
      ticks += times.own + (times.id === server ? times.ended : 0);
    }
    return ticks / TICKS_A_SECOND;
  } catch {
    return NaN;
  }
}

function timesOf(id: number): { readonly id: number; readonly parent: number; readonly own: number; readonly ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number); // from the state on
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [fields[1], fields[11], fields[12], fields[13], fields[14]];
    return { id, parent, own: user + system, ended: endedUser + endedSystem };
  } catch {
    return undefined; // gone meanwhile
  }
}
