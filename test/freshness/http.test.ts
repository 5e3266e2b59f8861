// Guarantee: whatever an authority's server does, a fetch ends in bounded time with bounded memory, and never leads where the operator did not
// say it may.
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createExchange } from '../../src/freshness/http.ts';
import type { Ask, ExchangeSettings, Got } from '../../src/freshness/http.ts';
import { hangs, serves, startServer } from './support.ts';
import type { Behaviour, Server } from './support.ts';

let server: Server;

beforeAll(async () => { server = await startServer(); });
afterAll(() => server.close());
beforeEach(() => {
  server.behaviours.clear();
  server.asked.length = 0;
});

const text = (got: Got | undefined): string | undefined => got?.bytes.toString();

function exchange(ask: Partial<Ask> = {}, settings: Partial<ExchangeSettings> = {}): Promise<Got | undefined> {
  const stopping = new AbortController().signal;
  return createExchange({ isListed: () => true, timeoutMs: 10_000, stopping, ...settings })({ url: `${server.url}/a.crl`, mostBytes: 1000, ...ask });
}

const answers = (behaviour: Behaviour): void => { server.behaviours.set('/a.crl', behaviour); };

describe('an answer', () => {
  it('that changes to another protocol ends the fetch', async () => {
    answers(({ socket }) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'); });
    await expect(exchange({}, { timeoutMs: 500 })).rejects.toThrow('answered 101');
  }, 4_000);

  it('is its octets, up to the bound', async () => {
    answers(serves(Buffer.alloc(1000, 'x')));
    expect(text(await exchange())).toBe('x'.repeat(1000));
  });

  it('one octet beyond the bound is refused, declared or not', async () => {
    const message = 'the answer is larger than 1000 bytes';
    answers(serves(Buffer.alloc(1001), { 'content-length': '1001' }));
    await expect(exchange()).rejects.toThrow(message);
    answers(serves(Buffer.alloc(1001), { 'transfer-encoding': 'chunked' }));
    await expect(exchange()).rejects.toThrow(message);
  });

  it('without end is cut off at the bound', async () => {
    let sent = 0;
    answers((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
      };
      response.on('drain', more);
      more();
    });
    await expect(exchange({ mostBytes: 1024 * 1024 })).rejects.toThrow('larger than');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('that is cut short is refused', async () => {
    answers((_request, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write(Buffer.alloc(100), () => response.destroy());
    });
    await expect(exchange()).rejects.toThrow();
  });

  it('that is compressed is refused', async () => {
    answers(serves(gzipSync(Buffer.alloc(100_000)), { 'content-encoding': 'gzip' }));
    await expect(exchange()).rejects.toThrow('compressed');
  });

  it.each([404, 500, 204, 206])('of status %d is refused', async (status) => {
    answers((_request, response) => response.writeHead(status).end());
    await expect(exchange()).rejects.toThrow(`answered ${status}`);
  });

  it('of 304 means that nothing changed, to who asked for that only', async () => {
    answers((request, response) => response.writeHead(request.headers['if-none-match'] === '"7"' ? 304 : 500).end());
    expect(await exchange({ etag: '"7"' })).toBeUndefined();
    answers((_request, response) => response.writeHead(304).end());
    await expect(exchange()).rejects.toThrow('answered 304');
  });
});

describe('a server that', () => {
  it('never answers is left after the time for it', async () => {
    answers(hangs);
    await expect(exchange({}, { timeoutMs: 50 })).rejects.toThrow('no whole answer within 0.05 s');
  });

  it('sends an octet now and then is left after the same time', async () => {
    answers((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => { clearInterval(timer); });
    });
    await expect(exchange({}, { timeoutMs: 100 })).rejects.toThrow('no whole answer within');
  });

  it('is being asked when the gateway stops is left at once', async () => {
    const stopping = new AbortController();
    answers(() => { stopping.abort(); });
    await expect(exchange({}, { stopping: stopping.signal })).rejects.toThrow('stopped');
  });

  it('whose name never resolves is left after the same time', async () => {
    await expect(exchange({ url: 'http://slow.example/' }, { timeoutMs: 50, resolve: () => new Promise(() => undefined) })).rejects.toThrow('no whole answer within');
  });
});

describe('a redirect', () => {
  const redirectsTo = (location: string, status = 302): Behaviour => (_request, response) => { response.writeHead(status, { location }).end(); };

  it('is followed, relative and absolute, three times', async () => {
    answers(redirectsTo('/b'));
    server.behaviours.set('/b', redirectsTo(`${server.url}/c`, 308));
    server.behaviours.set('/c', redirectsTo('/d', 301));
    server.behaviours.set('/d', serves(Buffer.from('there')));
    expect(text(await exchange())).toBe('there');
  });

  it('that never ends is given up', async () => {
    answers(redirectsTo('/a.crl'));
    await expect(exchange()).rejects.toThrow('redirects too often');
    expect(server.asked).toHaveLength(4);
  });

  it.each(['https://crl.example/', 'file:///etc/passwd', 'ftp://crl.example/', 'gopher://127.0.0.1/', 'data:,x', 'http://'])('to %s is not followed', async (location) => {
    answers(redirectsTo(location));
    await expect(exchange()).rejects.toThrow(/another scheme|not an http or https URL|Invalid URL/);
  });

  it('from a listed URL to a private address that is not listed is not followed', async () => {
    answers(redirectsTo('/secret'));
    server.behaviours.set('/secret', serves(Buffer.from('secret')));
    await expect(exchange({}, { isListed: (url) => url.endsWith('/a.crl') })).rejects.toThrow('not a public address');
    expect(server.asked).toEqual(['/a.crl']);
  });

  it('of a question sent by POST is not followed', async () => {
    answers(redirectsTo('/b', 307));
    server.behaviours.set('/b', serves(Buffer.from('there')));
    await expect(exchange({ body: { type: 'application/ocsp-request', bytes: Buffer.from('?') } })).rejects.toThrow('answered 307');
  });
});

describe('a URL that only a certificate names', () => {
  const isListed = (): boolean => false;

  it.each(['127.0.0.1', '[::1]', '0x7f.1', '2130706433', '169.254.169.254', '[::ffff:127.0.0.1]', '10.0.0.1'])('never leads to %s', async (host) => {
    await expect(exchange({ url: `${server.url.replace('127.0.0.1', host)}/a.crl` }, { isListed })).rejects.toThrow('is not a public address');
    expect(server.asked).toEqual([]);
  });

  it.each([[['127.0.0.1']], [['8.8.8.8', '127.0.0.1']], [['fd00::1']]])('is not asked when its name means %j', async (addresses) => {
    await expect(exchange({ url: 'http://crl.example/a.crl' }, { isListed, resolve: () => Promise.resolve(addresses) })).rejects.toThrow('crl.example is not a public address');
  });

  it('is resolved once: the address that was judged is the one that is asked', async () => {
    const { port } = new URL(server.url);
    let resolved = 0;
    answers((request, response) => { response.end(request.headers.host); });
    const resolve = (): Promise<string[]> => {
      resolved += 1;
      return Promise.resolve(['127.0.0.1']);
    };
    expect(text(await exchange({ url: `http://crl.example:${port}/a.crl` }, { resolve }))).toBe(`crl.example:${port}`);
    expect(resolved).toBe(1);
  });

  it('is asked with nothing that tells of the gateway but its name', async () => {
    answers((request, response) => { response.end(Object.keys(request.headers).sort().join()); });
    expect(text(await exchange())).toBe('accept,connection,host,user-agent');
  });
});
