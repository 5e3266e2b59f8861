// keygen, sign and verify: nothing is overwritten, nothing unsigned passes, and every end has its documented code and says what to do.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { buildD02, buildEnvelope } from '../../src/client/build.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { createWorld, dossierOf, employee, envelopeFacts, nonReceiptFor, receiptFor, resultFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { ivan, temporaryFolder } from './support.ts';

let world: World;
let folder: string;
const at = (name: string): string => join(folder, name);
/** The gateway's certificate, as whoever asks knows it from elsewhere. */
let own: readonly string[];
const put = (name: string, content: string | Buffer): string => {
  writeFileSync(at(name), content);
  return at(name);
};

beforeAll(async () => {
  world = await createWorld();
  own = ['--fingerprint', digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0))];
  folder = await temporaryFolder();
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) put(join('trust', name), text);
  put('bundle.pem', trustFiles(world.pki).map(([, text]) => text).join(''));
  put('employer.pem', world.pki.employer.chainPem);
  put('employer.key', world.pki.employer.privateKeyPem);
  const dossier = await dossierOf(world);
  put('hoso.xml', dossier);
  put('receipt.xml', await receiptFor(world, dossier));
  put('refusal.xml', await receiptFor(world, dossier, 'refused'));
  put('non-receipt.xml', await nonReceiptFor(world, digestOf(dossier)));
  put('result.xml', await resultFor(world, dossier));
  put('changed.xml', readFileSync(at('receipt.xml'), 'utf8').replace('GD-1', 'GD-2'));
});

const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('ivan validate', () => {
  it('says what it cannot know: who signs, and what only a gateway has, such as dossiers filed before; not of what is refused anyway', async () => {
    const { exitCode, out } = await ivan(['validate', at('hoso.xml')]);
    expect([exitCode, out]).toEqual([2, expect.stringMatching(/Certificates were not judged[^]*contracts, registers, dossiers filed before \(ivan submit --dry-run\)/)]);
    const refused = await ivan(['validate', at('receipt.xml')]);
    expect([refused.exitCode, /hồ sơ đã nộp trước/.test(refused.out + refused.err)]).toEqual([1, false]);
  });
});

describe('ivan keygen', () => {
  it('makes a key for its owner only, and never overwrites one', async () => {
    const words = ['keygen', '--out', at('keys'), '--name', 'Công ty', '--mst', '0101300842'];
    expect((await ivan(words)).exitCode).toBe(0);
    expect(statSync(at('keys/key.pem')).mode & 0o777).toBe(0o600);
    const key = readFileSync(at('keys/key.pem'), 'utf8');
    const again = await ivan(words);
    expect([again.exitCode, again.err.includes('EEXIST')]).toEqual([3, true]);
    expect(readFileSync(at('keys/key.pem'), 'utf8')).toBe(key);
    expect((await ivan(['keygen', '--out', at('k2'), '--name', 'x', '--mst', '12'])).exitCode).toBe(3);
    expect(existsSync(at('k2'))).toBe(false);
  });
});

describe('ivan sign', () => {
  it('tells form and dossier apart, and what it signs verifies', async () => {
    const form = put('d02.xml', buildD02({ employees: [employee] }));
    const keys = ['--key', at('employer.key'), '--cert', at('employer.pem')];
    expect(await ivan(['sign', form, ...keys])).toMatchObject({ exitCode: 0, err: '' });
    const envelope = put('envelope.xml', buildEnvelope(envelopeFacts(world.now, readFileSync(at('d02.signed.xml')))));
    const signed = await ivan(['sign', envelope, ...keys, '--out', at('signed.xml'), '--json']);
    expect(parsed(signed.out)).toEqual({ kind: 'dossier', file: at('signed.xml'), digest: digestOf(readFileSync(at('signed.xml'))), exitCode: 0 });
    const verified = await ivan(['verify', at('d02.signed.xml'), at('signed.xml'), '--trust', at('trust')]);
    expect(verified.exitCode).toBe(0);
    expect(verified.out.match(/0101300842/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('refuses what is signed, what is no dossier, and half a key, each with its reason', async () => {
    const keys = ['--key', at('employer.key'), '--cert', at('employer.pem')];
    const again = await ivan(['sign', at('hoso.xml'), ...keys]);
    expect([again.exitCode, again.err]).toEqual([3, expect.stringContaining('signed already')]);
    expect((await ivan(['sign', put('page.html', '<html></html>'), ...keys])).exitCode).toBe(3);
    expect((await ivan(['sign', at('hoso.xml'), '--key', at('employer.key')])).exitCode).toBe(3);
    const absent = await ivan(['sign', at('absent.xml'), ...keys]);
    expect([absent.exitCode, absent.err]).toEqual([3, expect.stringContaining('ENOENT')]);
    const malformed = await ivan(['sign', put('bad.xml', '<Hoso><a></Hoso>'), ...keys]);
    expect([malformed.exitCode, malformed.out]).toEqual([1, expect.stringContaining('XML_MALFORMED')]);
  });
});

describe('ivan verify', () => {
  const verify = (...words: string[]): ReturnType<typeof ivan> => ivan(['verify', ...words, '--trust', at('trust')]);

  it('says what each kind of message says, Vietnamese first and English beneath', async () => {
    const run = await verify(at('receipt.xml'), at('refusal.xml'), at('non-receipt.xml'), at('result.xml'), '--for', at('hoso.xml'), ...own);
    expect(run.exitCode).toBe(0);
    expect(run.out).toContain('Hồ sơ đã được tiếp nhận.\n  The dossier was accepted.\n  Số hồ sơ / Dossier number: 00001/2026/01903\n');
    expect(run.out).toContain(
      'D02-TS-595.xml:3:7 GW114 VALUE_INVALID\n  Giá trị của TuThang không đúng định dạng. [13/2026]\n    The value of TuThang does not have the right format. [13/2026]\n  → Sửa trường được nêu, ký lại rồi gửi lại.\n    → Correct the field named',
    );
    expect(run.out).toContain('Agency signing (Development)');
  });

  it('gives programs one object, and English alone on request', async () => {
    const run = await verify(at('receipt.xml'), at('changed.xml'), '--json', ...own);
    const { files, exitCode } = parsed(run.out);
    expect([exitCode, run.exitCode]).toEqual([1, 1]);
    expect(files).toMatchObject([{ verified: true, kind: 'TIEP_NHAN', signer: { name: 'Gateway signing (Development)' } }, { verified: false, findings: [{ code: 'HASH_FAILURE' }] }]);
    expect((await verify(at('receipt.xml'), '--lang', 'en')).out).not.toMatch(/Hồ sơ đã được tiếp nhận|Người ký/);
  });

  it('fails with 1 what is changed, about another dossier, or signed by another; with 2 what cannot be known; with 3 what is not there', async () => {
    expect((await verify(at('changed.xml'))).exitCode).toBe(1);
    expect((await verify(at('receipt.xml'), '--for', at('result.xml'))).exitCode).toBe(1);
    expect((await verify(at('receipt.xml'), '--fingerprint', 'a'.repeat(64))).exitCode).toBe(1);
    expect((await verify(at('hoso.xml'), '--at', '2050-01-01T00:00:00Z')).exitCode).toBe(2); // nothing says that it was signed then
    expect((await ivan(['verify', at('receipt.xml'), '--trust', put('root.pem', world.pki.root.certificatePem + world.pki.subordinate.certificatePem)])).exitCode).toBe(2);
    await mkdir(at('fed/fetched'), { recursive: true });
    for (const [name, text] of trustFiles(world.pki)) put(join('fed', name.includes('crl') ? join('fetched', name.replace('.pem', '')) : name), text);
    expect((await ivan(['verify', at('receipt.xml'), '--trust', at('fed'), ...own])).exitCode).toBe(0); // as the gateway's worker leaves it
    expect((await verify(at('absent.xml'))).exitCode).toBe(3);
    expect((await verify(at('hoso.xml'), '--at', 'yesterday')).exitCode).toBe(3);
    expect((await ivan(['verify', at('receipt.xml'), '--trust', at('employer.key')])).exitCode).toBe(3);
  });

  it('takes a bundle of certificates and lists in one file', async () => {
    expect((await ivan(['verify', at('receipt.xml'), '--trust', at('bundle.pem'), ...own])).exitCode).toBe(0);
  });
});

describe('the command line', () => {
  it('documents its exit codes with every command, and ends wrong arguments with 3', async () => {
    for (const words of [['--help'], ['submit', '--help'], ['verify', '--help']]) {
      const run = await ivan(words);
      expect([run.exitCode, run.out]).toEqual([0, expect.stringContaining('4  không kết nối được cổng')]);
    }
    for (const words of [['nonsense'], ['verify'], ['verify', 'x', '--trust', 'y', '--lang', 'fr'], []]) expect((await ivan(words)).exitCode).toBe(3);
  });

  it('never shows a stack', async () => {
    const runs = [await ivan(['verify', at('changed.xml'), '--trust', at('nowhere')]), await ivan(['sign', at('absent.xml'), '--p12', at('hoso.xml')])];
    for (const { out, err } of runs) expect(out + err).not.toMatch(/^\s+at .*\.[jt]s/m);
  });
});
