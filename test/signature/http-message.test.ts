// Guarantee: a signed request (RFC 9421) is believed only whole: by the key expected, for this purpose, within the time given, with nothing of it
// altered. What is signed is what the RFC says, which OpenSSL confirms on a signature base that this file writes itself.
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { contentDigest, faultOf, keyIdOf, signRequest } from '../../src/signature/http-message.ts';
import type { ReceivedRequest } from '../../src/signature/http-message.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { itWith } from '../support/tools.ts';

const now = new Date('2026-11-23T09:30:41.500+07:00');
const windowMs = 300_000;
const body = Buffer.from('{"position":7,"id":"41","kind":"accepted"}');
const url = 'https://ivan.example:8444/hooks/bhxh?of=00040';

function identityWith(kind: 'rsa' | 'P-256' | 'P-384' | 'P-521', certificate = `a certificate of ${kind}`): SigningIdentity {
  const { privateKey } = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: kind });
  return { key: privateKey, certificates: [Buffer.from(certificate)] };
}

const identities = { rsa: identityWith('rsa'), 'P-256': identityWith('P-256'), 'P-384': identityWith('P-384') };
const trusted = ({ key, certificates }: SigningIdentity) => ({ certificate: certificates[0] ?? Buffer.alloc(0), key });
const signed = async (identity: SigningIdentity, changes: Partial<ReceivedRequest> = {}): Promise<ReceivedRequest> => ({
  method: 'POST', url, body, headers: new Map(Object.entries(await signRequest({ url, contentType: 'application/json', eventId: '41', body }, identity, now))), ...changes,
});
const altered = async (name: string, value: string | undefined): Promise<ReceivedRequest> => {
  const request = await signed(identities.rsa);
  const headers = new Map(request.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...request, headers };
};
const fault = (request: ReceivedRequest, at = now, identity = identities.rsa): Promise<string | undefined> => faultOf(request, trusted(identity), at, windowMs);

describe('a signed request', () => {
  it.each(Object.entries(identities))('by a key of %s is believed', async (_kind, identity) => {
    expect(await fault(await signed(identity), now, identity)).toBeUndefined();
  });

  it('is not made with a key that has no algorithm', async () => {
    await expect(signed(identityWith('P-521'))).rejects.toThrow('secp521r1');
  });

  it('holds for the time given on both sides, and no longer', async () => {
    const request = await signed(identities.rsa);
    const at = (ms: number): Promise<string | undefined> => fault(request, new Date(Math.floor(now.getTime() / 1000) * 1000 + ms));
    expect([await at(windowMs), await at(windowMs + 1), await at(-windowMs), await at(-windowMs - 1)]).toEqual([undefined, 'TIME', undefined, 'TIME']);
  });

  it.each([
    ['method', { method: 'PUT' }, 'SIGNATURE'],
    ['address', { url: url.replace('00040', '00041') }, 'SIGNATURE'],
    ['host', { url: url.replace('ivan.', 'evil.') }, 'SIGNATURE'],
    ['body', { body: Buffer.from('{"position":8}') }, 'BODY_ALTERED'],
    ['body, emptied', { body: Buffer.alloc(0) }, 'BODY_ALTERED'],
  ])('with another %s is not believed', async (_what, changes, expected) => {
    expect(await fault(await signed(identities.rsa, changes))).toBe(expected);
  });

  it('with another body and its right digest is not believed', async () => {
    const other = Buffer.from('{"position":8}');
    expect(await fault({ ...(await altered('content-digest', contentDigest(other))), body: other })).toBe('SIGNATURE');
  });

  it.each([
    ['content-type', 'text/plain'],
    ['ivan-event-id', '42'],
    ['signature', 'ivan=:AAAA:'],
    ['signature', 'other=:AAAA:'],
    ['signature', 'no dictionary at all :'],
    ['signature-input', 'ivan='],
    ['signature-input', 'ivan=();created=1795401041'],
  ])('with another %s is not believed', async (name, value) => {
    expect(await fault(await altered(name, value))).toBe('SIGNATURE');
  });

  it.each(['signature', 'signature-input', 'content-digest', 'content-type', 'ivan-event-id'])('without %s is unsigned', async (name) => {
    expect(await fault(await altered(name, undefined))).toBe('UNSIGNED');
  });

  it('with a second digest beside the right one is not believed', async () => {
    expect(await fault(await altered('content-digest', `${contentDigest(body)}, sha-512=:AAAA:`))).toBe('BODY_ALTERED');
  });

  it('by another key is not believed, even when it names the right certificate', async () => {
    const forged = { ...identityWith('rsa'), certificates: identities.rsa.certificates };
    expect([await fault(await signed(identityWith('rsa', 'another'))), await fault(await signed(forged))]).toEqual(['SIGNATURE', 'SIGNATURE']);
  });

  it('whose parameters were moved in time by hand is not believed', async () => {
    const request = await signed(identities.rsa);
    const input = request.headers.get('signature-input') ?? '';
    expect(input).toContain(`;created=${Math.floor(now.getTime() / 1000)};keyid="${keyIdOf(Buffer.from('a certificate of rsa'))}";alg="rsa-pss-sha512";tag="ivan-webhook"`);
    expect(await fault(await altered('signature-input', input.replace(/created=\d+/, `created=${Math.floor(now.getTime() / 1000) + 60}`)))).toBe('SIGNATURE');
  });

  it.each([
    ['covers less', '("@method" "content-digest")', 'ivan-webhook'],
    ['is for another purpose', '("@method" "@target-uri" "content-digest" "content-type" "ivan-event-id")', 'other'],
  ])('by the right key that %s is not believed', async (_what, covered, tag) => {
    const request = await signed(identities['P-256']);
    const [kept, values] = [covered.slice(1, -1).split(' '), new Map([['"@method"', 'POST'], ['"@target-uri"', url], ...[...request.headers].map(([name, value]): [string, string] => [`"${name}"`, value])])];
    const input = `${covered};created=${Math.floor(now.getTime() / 1000)};keyid="${keyIdOf(Buffer.from('a certificate of P-256'))}";alg="ecdsa-p256-sha256";tag="${tag}"`;
    const base = [...kept.map((name) => `${name}: ${values.get(name) ?? ''}`), `"@signature-params": ${input}`].join('\n');
    const value = sign('sha256', Buffer.from(base), { key: identities['P-256'].key, dsaEncoding: 'ieee-p1363' }).toString('base64');
    const headers = new Map([...request.headers, ['signature-input', `ivan=${input}`], ['signature', `ivan=:${value}:`]]);
    expect(await fault({ ...request, headers }, now, identities['P-256'])).toBe('SIGNATURE');
  });
});

describe('the signature base', () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'http-message-')); });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  itWith('openssl', 'is that of RFC 9421, as OpenSSL verifies', async () => {
    const { headers } = await signed(identities.rsa);
    const [, covered = ''] = /^ivan=(.*)$/.exec(headers.get('signature-input') ?? '') ?? [];
    const base = [
      '"@method": POST', `"@target-uri": ${url}`, `"content-digest": ${headers.get('content-digest') ?? ''}`, '"content-type": application/json', '"ivan-event-id": 41', `"@signature-params": ${covered}`,
    ].join('\n');
    const { key } = identities.rsa;
    const file = (name: string, content: Buffer | string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const [, value = ''] = /^ivan=:(.*):$/.exec(headers.get('signature') ?? '') ?? [];
    const publicKey = file('key.pem', createPublicKey(key).export({ type: 'spki', format: 'pem' }));
    const verify = (text: string): string => {
      try {
        return execFileSync('openssl', ['dgst', '-sha512', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:64', '-verify', publicKey, '-signature', file('value', Buffer.from(value, 'base64')), file('base', text)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
      } catch {
        return 'no';
      }
    };
    expect([verify(base), verify(base.replace('POST', 'GET'))]).toEqual(['Verified OK', 'no']);
  });
});
