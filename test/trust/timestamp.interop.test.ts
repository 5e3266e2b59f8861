// Guarantee: tokens made by OpenSSL's authority pass here, and tokens made by the development authority pass OpenSSL's verification.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { makeTimeStampToken } from '../../src/development/time-stamp-authority.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { issueAuthority, octets } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { itWith } from '../support/tools.ts';
import { makeList, makeRoot, materialOf, rsa } from './support.ts';

const now = new Date(Math.floor(Date.now() / 1000) * 1000);
const around = { notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + 86_400_000) };
const folder = mkdtempSync(join(tmpdir(), 'tsa-'));
const file = (name: string): string => join(folder, name);

let site: Site;
let rsaTsa: Site['tsa'];
beforeAll(async () => {
  const root = await makeRoot('TSA root', around);
  const list = await makeList(root, { thisUpdate: around.notBefore, nextUpdate: around.notAfter });
  site = { root, material: await materialOf([root], [list]), tsa: await issueAuthority(root, around) };
  rsaTsa = await issueAuthority(root, around, rsa(2048));
  writeFileSync(file('root.pem'), pemOf(root.certificate.der));
  writeFileSync(file('octets'), octets);
});
afterAll(() => { rmSync(folder, { recursive: true }); });

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

const configuration = `
[tsa]
default_tsa = here
[here]
serial = ${file('serial')}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = no
tsa_name = yes
ess_cert_id_chain = no
`;

/** What OpenSSL's authority answers; `-token_out` leaves the status away. */
function opensslToken(tsa: Site['tsa'], hash: 'sha256' | 'sha384' | 'sha512', reference: 'sha1' | 'sha256' | 'sha512'): Buffer {
  writeFileSync(file('tsa.pem'), pemOf(tsa.certificate));
  writeFileSync(file('tsa.key'), tsa.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('openssl.cnf'), `${configuration}signer_digest = ${hash}\ness_cert_id_alg = ${reference}\n`);
  const run = (...args: readonly string[]): void => { execFileSync('openssl', ['ts', ...args], { stdio: 'pipe' }); };
  run('-query', '-data', file('octets'), `-${hash}`, '-cert', '-out', file('query'));
  run('-reply', '-config', file('openssl.cnf'), '-section', 'here', '-queryfile', file('query'), '-signer', file('tsa.pem'), '-inkey', file('tsa.key'), '-token_out', '-out', file('token'));
  return readFileSync(file('token'));
}

describe('OpenSSL', () => {
  itWith('openssl', 'makes tokens that pass', () => {
    for (const tsa of [site.tsa, rsaTsa]) {
      for (const [hash, reference] of [['sha256', 'sha256'], ['sha384', 'sha256'], ['sha512', 'sha512']] as const) {
        const stamp = verifyTimeStamp({ token: opensslToken(tsa, hash, reference), octets }, site.material, new Date());
        expect([stamp.accuracyMs, stamp.tsa.certificate]).toEqual([1501, tsa.holder.certificate]);
        expect(Math.abs(stamp.genTime.getTime() - now.getTime())).toBeLessThan(120_000);
      }
    }
  });

  itWith('openssl', 'makes tokens with a SHA-1 reference alone, which do not', () => {
    expect(() => verifyTimeStamp({ token: opensslToken(site.tsa, 'sha256', 'sha1'), octets }, site.material, new Date())).toThrow('TIMESTAMP_INVALID');
  });

  itWith('openssl', 'believes tokens of the development authority', () => {
    for (const tsa of [site.tsa, rsaTsa]) {
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        writeFileSync(file('ours'), makeTimeStampToken(tsa, { octets, genTime: now, hash, imprintHash: hash, accuracy: 1500, nonce: Buffer.from([1]) }));
        const run = spawnSync('openssl', ['ts', '-verify', '-data', file('octets'), '-in', file('ours'), '-token_in', '-CAfile', file('root.pem')], { encoding: 'utf8' });
        expect([run.status, run.stdout + run.stderr]).toEqual([0, expect.stringContaining('Verification: OK')]);
      }
    }
  });

  itWith('openssl', 'does not believe them over other octets', () => {
    writeFileSync(file('ours'), makeTimeStampToken(site.tsa, { octets: Buffer.from('other'), genTime: now }));
    const run = spawnSync('openssl', ['ts', '-verify', '-data', file('octets'), '-in', file('ours'), '-token_in', '-CAfile', file('root.pem')]);
    expect(run.status).not.toBe(0);
  });
});
