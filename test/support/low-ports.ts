// Ports for programs that are ended and started again on the same one: nobody else is given it meanwhile.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Below those that connections are given: a port that is free while its program is dead stays free. */
export async function lowPorts(count: number): Promise<number[]> {
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
  const ports: number[] = [];
  for (let port = 10_000 + (process.pid % 1000) * 16; ports.length < count; port += 1) {
    if (port >= first) throw new Error(`no ${count} free ports below ${first}`);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const holder = createServer();
    holder.once('error', () => { resolve(false); });
    holder.listen(port, '127.0.0.1', () => holder.close(() => { resolve(true); }));
  });
}
