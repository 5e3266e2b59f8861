// Guarantee: whatever a backend answers, a call to it ends: it holds no place on its lane, and no reading of its feed, for longer than its time.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterEach, expect, it } from '@jest/globals';

import { openTransport } from '../../src/client/transport.ts';
import { httpsBackend } from '../../src/delivery/https.ts';
import { pkiFolder } from '../support/pki.ts';

const pem = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Changes to another protocol instead of answering, which nobody asked for. */
async function changing(): Promise<string> {
  const made = createServer({ cert: pem('agency-tls.chain.pem'), key: pem('agency-tls.key') }, ({ socket }) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'); });
  server = made;
  await new Promise<void>((resolve) => { made.listen(0, '127.0.0.1', resolve); });
  return `https://localhost:${(made.address() as AddressInfo).port}`;
}

it('a backend that changes to another protocol is one that is away', async () => {
  const identity = { certificatePem: pem('gateway-tls.chain.pem'), keyPem: pem('gateway-tls.key') };
  const backend = httpsBackend({ name: 'a', url: await changing(), certificateAuthorities: [pem('trust/root.pem')], answerSigners: new Set(), mostAtOnce: 2, timeoutMs: 500 }, identity);
  const { signal } = new AbortController();
  await expect(backend.readMessages(0, 1, 0, signal)).rejects.toThrow('answered 101');
  await expect(backend.report({ message: 'f'.repeat(64), what: 'opened', at: new Date(0), how: 'fetch' })).rejects.toThrow('answered 101');
  backend.close();
}, 6_000);

it('nor does a sender’s program wait for ever for a gateway that does', async () => {
  const transport = openTransport({ url: await changing(), certificateAuthorities: [pem('trust/root.pem')], silence: 500 });
  await expect(transport.exchange({ method: 'GET', path: 'health/live' })).rejects.toThrow('answered 101');
}, 6_000);
