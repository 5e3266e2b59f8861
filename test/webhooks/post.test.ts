// Guarantee: a webhook leads nowhere but to a public address, judged at the moment of connecting; no redirect is followed, no long answer read, no
// slow one waited for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { createPoster, urlFault } from '../../src/webhooks/post.ts';
import type { PostAnswer, PostSettings, Poster } from '../../src/webhooks/post.ts';
import { pkiFolder } from '../support/pki.ts';

const pem = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
let server: Server | undefined;
let poster: Poster | undefined;

afterEach(async () => {
  poster?.close();
  server?.closeAllConnections();
  await new Promise<void>((resolve) => { if (server === undefined) resolve(); else server.close(() => { resolve(); }); });
  server = undefined;
});

async function listening(listener: RequestListener): Promise<number> {
  const made = createServer({ cert: pem('agency-tls.chain.pem'), key: pem('agency-tls.key') }, listener);
  server = made;
  await new Promise<void>((resolve) => { made.listen(0, '127.0.0.1', resolve); });
  return (made.address() as AddressInfo).port;
}

function post(url: string, settings: Partial<PostSettings> = {}): Promise<PostAnswer> {
  poster = createPoster({ anyAddress: false, authorities: [pem('trust/root.pem')], timeoutMs: 2_000, ...settings });
  return poster.post(url, {}, Buffer.from('{}'));
}
const ok: RequestListener = (_request, response) => { response.end('ok'); };

describe('a post', () => {
  it.each(['127.0.0.1', '10.0.0.8', '192.168.1.1', '172.16.0.1', '169.254.169.254', '0.0.0.0', '[::1]', '[fe80::1]', '[fd00::1]', '[::ffff:127.0.0.1]', '100.64.0.1', '2130706433', '0x7f000001', '127.1'])('to %s is not made', async (host) => {
    await expect(post(`https://${host}/`)).rejects.toThrow('is not a public address');
  });

  it.each([[['127.0.0.1']], [['93.184.216.34', '127.0.0.1']], [['::1']], [['10.1.2.3']]])('to a name that means %j is not made', async (addresses) => {
    const port = await listening(ok);
    await expect(post(`https://localhost:${port}/`, { resolve: () => Promise.resolve(addresses) })).rejects.toThrow('localhost is not a public address');
  });

  it('to a name that meant a public address before is judged by what it means now', async () => {
    const port = await listening(ok);
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    let asked = 0;
    const resolve = (): Promise<readonly string[]> => Promise.resolve(answers[(asked += 1) - 1] ?? []);
    expect(await resolve()).toEqual(['93.184.216.34']); // what a check before connecting would have seen
    await expect(post(`https://localhost:${port}/`, { resolve })).rejects.toThrow('is not a public address');
    expect(asked).toBe(2);
  });

  it('to this machine is made where the operator allows it, and its name is that of the certificate', async () => {
    const port = await listening(ok);
    expect(await post(`https://localhost:${port}/`, { anyAddress: true })).toEqual({ status: 200, excerpt: 'ok' });
    await expect(post(`https://other.example:${port}/`, { anyAddress: true, resolve: () => Promise.resolve(['127.0.0.1']) })).rejects.toThrow(/altnames/);
  });

  it('to a server whose certificate nobody vouches for is not made', async () => {
    const port = await listening(ok);
    await expect(post(`https://localhost:${port}/`, { anyAddress: true, authorities: [] })).rejects.toThrow(/certificate/);
  });

  it('does not follow a redirect', async () => {
    let asked = 0;
    const port = await listening((_request, response) => {
      asked += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect([(await post(`https://localhost:${port}/`, { anyAddress: true })).status, asked]).toEqual([307, 1]);
  });

  it('reads of a long answer its beginning, and does not wait for a slow one', async () => {
    const port = await listening((request, response) => {
      if (request.url === '/slow') return;
      const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(8_192, 'x')));
        if (!response.destroyed) response.once('drain', more); };
      more();
    });
    const { status, excerpt } = await post(`https://localhost:${port}/long`, { anyAddress: true });
    expect([status, excerpt.length]).toEqual([200, 200]);
    await expect(post(`https://localhost:${port}/slow`, { anyAddress: true, timeoutMs: 200 })).rejects.toThrow('no whole answer within 0.2 s');
  });

  // It would hold one of the gateway's places for webhooks for ever: 160 of them, and no sender is told anything.
  it('ends when the receiver changes to another protocol instead of answering', async () => {
    const port = await listening(({ socket }) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'); });
    await expect(post(`https://localhost:${port}/`, { anyAddress: true, timeoutMs: 500 })).rejects.toThrow('answered 101');
  }, 4_000);
});

it.each([
  ['https://ivan.example/hook', undefined], ['https://ivan.example/hook?a=b', undefined], ['http://ivan.example/', 'https'], ['https://a:b@ivan.example/', 'user:password@'],
  ['https://ivan.example/#x', '#'], ['https://IVAN.example/', 'https://ivan.example/'], ['https://ivan.example/a b', 'https://ivan.example/a%20b'], [`https://ivan.example/${'a'.repeat(2000)}`, `https://ivan.example/${'a'.repeat(1979)}`],
])('of %s the fault is %s', (url, fault) => {
  expect(urlFault(url)).toBe(fault);
});
