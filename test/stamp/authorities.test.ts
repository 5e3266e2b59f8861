// Guarantee: only a token that answers the very question, is believed by the trust material of this moment and says this moment is taken from an authority;
// whatever else it answers is one failure with a reason, and the next authority is asked.
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { AsnConvert } from '@peculiar/asn1-schema';
import { TimeStampReq } from '@peculiar/asn1-tsp';
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';

import type { Behaviour, TimeStampServer } from '../../src/development/time-stamp-server.ts';
import { startTimeStampServer } from '../../src/development/time-stamp-server.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { createAuthorities } from '../../src/stamp/authorities.ts';
import type { Authorities } from '../../src/stamp/authorities.ts';
import { createPost } from '../../src/stamp/post.ts';
import { nonceFrom, timeStampRequest } from '../../src/stamp/request.ts';
import { tokenIn } from '../../src/stamp/response.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { loadPki, materialOf } from '../support/pki.ts';
import { DAY_MS, timeStampCredential } from './support.ts';

const octets = Buffer.from('ivan-gateway\n12\nAAAA\n');
let pki: DevelopmentPki;
let first: TimeStampServer;
let second: TimeStampServer;
beforeAll(async () => {
  pki = await loadPki();
  [first, second] = await Promise.all([0, 1].map(() => startTimeStampServer({ credential: pki.timeStamp, now: () => new Date() }))) as [TimeStampServer, TimeStampServer];
});
afterEach(() => {
  first.behave({});
  second.behave({});
});
afterAll(async () => { await Promise.all([first.stop(), second.stop()]); });

function authorities(servers: readonly TimeStampServer[], now: () => Date = () => new Date()): Authorities {
  const post = createPost({ timeoutMs: 2_000, authorization: 'gateway:secret', client: undefined, authorities: [] }, new AbortController().signal);
  return createAuthorities({ urls: servers.map(({ url }) => new URL(url)), post, trust: () => materialOf(pki), missed: () => undefined, now, random: () => 0.5, randomOctets: randomBytes });
}

const answering = (status: number, type: string, body: Buffer | string) => (_request: unknown, response: ServerResponse): void => { response.writeHead(status, { 'content-type': type }).end(body); };

describe('the question', () => {
  it('is read as it is meant by another decoder', () => {
    for (let round = 0; round < 50; round += 1) {
      const nonce = nonceFrom(randomBytes(8));
      const read = AsnConvert.parse(timeStampRequest({ octets, nonce }), TimeStampReq);
      expect([read.version, read.messageImprint.hashAlgorithm.algorithm, read.certReq, Buffer.from(read.nonce ?? new ArrayBuffer(0)).equals(nonce)]).toEqual([1, '2.16.840.1.101.3.4.2.1', true, true]);
    }
  });

  it('goes with the password', async () => {
    let seen: string | undefined;
    first.behave({ answer: (request, response) => { seen = request.headers.authorization; response.writeHead(401).end(); } });
    await expect(authorities([first]).stamp(octets)).rejects.toThrow('answered 401');
    expect(seen).toBe(`Basic ${Buffer.from('gateway:secret').toString('base64')}`);
  });
});

describe('a stamp', () => {
  it('is taken with what it says and when it ends', async () => {
    const stamped = await authorities([first]).stamp(octets);
    expect(stamped).toMatchObject({ tsa: 'Time stamps (Development)', trustDigest: materialOf(pki).digest });
    expect(verifyTimeStamp({ token: stamped.token, octets }, materialOf(pki), new Date()).genTime).toEqual(stamped.at);
    expect(stamped.endsAt.getTime() - Date.now()).toBeGreaterThan(600 * DAY_MS);
  });

  const wrong: readonly (readonly [string, () => Behaviour, string])[] = [
    ['a rejection', () => ({ mode: 'reject' }), 'the authority answered rejection, badRequest'],
    ['an error', () => ({ mode: 'fail' }), 'answered 500'],
    ['silence', () => ({ mode: 'silent' }), 'no whole answer within 2 s'],
    ['another type', () => ({ answer: answering(200, 'text/html', '<html>') }), 'answered with text/html'],
    ['a redirect', () => ({ answer: (_request, response) => { response.writeHead(302, { location: second.url }).end(); } }), 'answered 302'],
    ['nothing', () => ({ answer: answering(200, 'application/timestamp-reply', '') }), 'missing'],
    ['more than there is room for', () => ({ answer: answering(200, 'application/timestamp-reply', Buffer.alloc(300_000)) }), 'more than'],
    ['the token of another question', () => ({ edit: (request) => ({ ...request, nonce: Buffer.from([5]) }) }), 'nonce'],
    ['a token without the nonce', () => ({ edit: ({ octets: own, genTime, imprint }) => ({ octets: own, genTime, ...(imprint === undefined ? {} : { imprint }) }) }), 'nonce'],
    ['a token over other octets', () => ({ edit: (request) => ({ ...request, imprint: Buffer.alloc(32) }) }), 'about other octets'],
    ['a token with another hash', () => ({ edit: (request) => ({ ...request, imprintHash: 'sha512', imprint: Buffer.alloc(64) }) }), 'about other octets'],
    ['the wrong time', () => ({ edit: (request) => ({ ...request, genTime: new Date(Date.now() - 10 * 60_000) }) }), 'while it is'],
    ['the future', () => ({ edit: (request) => ({ ...request, genTime: new Date(Date.now() + 10 * 60_000) }) }), 'TIMESTAMP_INVALID'],
    ['a token of nobody', () => ({ edit: (request) => ({ ...request, embedded: [] }) }), 'TIMESTAMP_INVALID'],
    ['a certificate for other purposes', () => ({ credential: pki.gatewaySigning }), 'TIMESTAMP_UNTRUSTED'],
    ['a certificate of a stranger', () => ({ credential: timeStampCredential({ ...pki, subordinate: timeStampCredential(pki, 10, { ca: true }) }, 10) }), 'TIMESTAMP_UNTRUSTED'],
  ];

  it.each(wrong)('is not taken for %s, and the next authority is asked', async (_what, behaviour, reason) => {
    first.behave(behaviour());
    await expect(authorities([first]).stamp(octets)).rejects.toThrow(reason);
    const both = authorities([first, second]);
    expect((await both.stamp(octets)).token.length).toBeGreaterThan(0);
    expect(both.failing).toEqual([expect.stringContaining(reason)]);
  });

  it('with every bit of the answer changed is refused, or is the same token', async () => {
    let answer = Buffer.alloc(0);
    const post = createPost({ timeoutMs: 1_000, authorization: undefined, client: undefined, authorities: [] }, new AbortController().signal);
    const asked = { octets, nonce: nonceFrom(randomBytes(8)) };
    answer = Buffer.from(await post(new URL(first.url), timeStampRequest(asked)));
    const material = materialOf(pki);
    const believed = (bytes: Buffer): Buffer | undefined => {
      try {
        const token = tokenIn(bytes, asked);
        verifyTimeStamp({ token, octets }, material, new Date());
        return token;
      } catch {
        return undefined;
      }
    };
    const token = believed(answer);
    expect(token).toBeDefined();
    for (let place = 0; place < answer.length; place += 1) {
      const changed = Buffer.from(answer);
      changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
      const found = believed(changed);
      // Only what is outside of the token, granted or granted with changes, may differ.
      if (found !== undefined) expect([place < 12, found.equals(token ?? Buffer.alloc(0))]).toEqual([true, true]);
    }
  });

  it('is not asked of an authority that keeps failing, until a while has passed', async () => {
    let ahead = 0;
    const both = authorities([first, second], () => new Date(Date.now() + ahead));
    let asked = 0;
    first.behave({ answer: (_request, response) => { asked += 1; response.writeHead(503).end(); } });
    for (let round = 0; round < 8; round += 1) await both.stamp(octets);
    expect(asked).toBe(5);
    ahead = 60_000;
    await both.stamp(octets);
    expect(asked).toBe(6);
    ahead = 240_000;
    first.behave({});
    await both.stamp(octets);
    expect(both.failing).toEqual([]);
  });
});
