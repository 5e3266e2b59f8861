// What a database folder remembers between runs: the port and the superuser's password, in settings.json, mode 0600.
import { randomInt } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isCode } from './error-codes.ts';

export interface DatabaseSettings {
  readonly port: number;
  readonly password: string;
}

export async function readSettings(folder: string): Promise<DatabaseSettings | undefined> {
  const path = join(folder, 'settings.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const found = JSON.parse(text) as Partial<DatabaseSettings> | null;
  if (typeof found?.port !== 'number' || typeof found.password !== 'string') throw new Error(`${path} does not name a port and a password.`);
  return { port: found.port, password: found.password };
}

export async function writeSettings(folder: string, settings: DatabaseSettings): Promise<void> {
  const path = join(folder, 'settings.json');
  await rm(`${path}.draft`, { force: true });
  await writeFile(`${path}.draft`, `${JSON.stringify(settings)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(`${path}.draft`, path);
}

/** Below the range from which systems take the ports of outgoing connections, so that a remembered port stays free. */
export async function chooseFreePort(): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    const port = randomInt(20_000, 30_000);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port between 20000 and 30000 on 127.0.0.1.');
}

export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => { resolve(true); }));
  });
}
