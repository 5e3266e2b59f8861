// Guarantee: nothing under a trusted root passes as the gateway's because its author calls it so. An employer who signs receipts, results, non-receipts or whole
// containers with its own log, or copies a real proof into what it wrote, gets 2 or 1 from `ivan verify`, and never 0; the gateway's own pass where shown.
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { examineFile } from '../../src/client/examine-file.ts';
import { readVerifiers } from '../../src/client/examine-log.ts';
import type { ExamineBasis } from '../../src/client/examined.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { sealContainer } from '../../src/evidence/container/seal.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { nonReceiptXml } from '../../src/receipts/non-receipt.ts';
import { exitCodeOf } from '../../src/report/model.ts';
import type { ObjectReport } from '../../src/report/model.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { ivan, temporaryFolder } from '../cli/support.ts';
import type { Run } from '../cli/support.ts';
import { createWorld, issuer, noticeFor, receiptFor, resultFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { makeEvidence } from '../support/evidence.ts';
import type { Evidence } from '../support/evidence.ts';

let world: World;
/** Who calls itself the gateway. */
let forger: World;
let real: Evidence;
let forged: Evidence;
let folder: string;
const at = (name: string): string => join(folder, name);
const fingerprintOf = ({ certificates }: SigningIdentity): string => digestOf(certificates[0] ?? Buffer.alloc(0));

beforeAll(async () => {
  world = await createWorld();
  forger = { ...world, gateway: world.employer, agency: world.employer };
  [real, forged] = [await makeEvidence(world), await makeEvidence(forger)];
  folder = await temporaryFolder();
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) writeFileSync(at(join('trust', name)), text);
  writeFileSync(at('d.xml'), real.dossier);
  writeFileSync(at('r.xml'), await receiptFor(forger, real.dossier));
});

type Given = 'nothing' | 'log key' | 'fingerprint' | 'both';

function basis(given: Given): ExamineBasis {
  const logs = given === 'log key' || given === 'both' ? readVerifiers(real.logKey, 'log') : [];
  return { trust: world.trust, now: new Date(), logKeys: { logs, witnesses: [] }, ...(given === 'fingerprint' || given === 'both' ? { fingerprints: [fingerprintOf(world.gateway)] } : {}) };
}

const reportOn = async (bytes: Buffer, given: Given): Promise<ObjectReport> => (await examineFile('x', bytes, basis(given))).report;

/** What it ends with, given nothing, the log's key, the gateway's certificate, both. */
async function ends(bytes: Buffer): Promise<readonly number[]> {
  const codes: number[] = [];
  for (const given of ['nothing', 'log key', 'fingerprint', 'both'] as const) codes.push(exitCodeOf(await reportOn(bytes, given)));
  return codes;
}

describe('a receipt that an employer signed itself', () => {
  const verify = (...words: string[]): Promise<Run> => ivan(['verify', at('r.xml'), '--for', at('d.xml'), '--trust', at('trust'), ...words]);

  it('ends with 2, with or without the log’s key, and says why and what to add in both languages', async () => {
    for (const words of [[], ['--log-key', real.logKey]]) {
      const run = await verify(...words);
      expect([run.exitCode, run.out]).toEqual([2, expect.stringMatching(/Chưa có gì chứng tỏ đây là văn bản của cổng[^]*Nothing shows yet that this is the gateway’s[^]*--fingerprint/)]);
    }
  });

  it('ends with 1 where the gateway’s certificate is named, of which there may be several', async () => {
    expect((await verify('--fingerprint', fingerprintOf(world.gateway))).exitCode).toBe(1);
    writeFileSync(at('r2.xml'), await receiptFor(world, real.dossier));
    const both = await ivan(['verify', at('r2.xml'), '--trust', at('trust'), '--fingerprint', 'a'.repeat(64), '--fingerprint', fingerprintOf(world.gateway)]);
    expect(both.exitCode).toBe(0);
  });

  it('is not helped by a proof of its real submission, which commits to no due date and no finding', async () => {
    const text = real.receipt.toString('utf8').replace(/<Signature .*<\/Signature>/, '');
    const sooner = text.replace(/(<HAN_TRA>.*?<THOIDIEM>)\d{4}/, (_all, before: string) => `${before}2020`);
    expect(sooner).not.toBe(text);
    const copied = await issueWith(world.employer)(Buffer.from(sooner));
    const report = await reportOn(copied, 'log key');
    expect(report).toMatchObject({ indication: 'INDETERMINATE', proofs: [{ kind: 'log', state: 'passed' }], reasons: [{ code: 'ROLE_NOT_SHOWN_BY_ENTRY' }] });
    expect(await ends(copied)).toEqual([2, 2, 1, 1]);
  });
});

describe('every other message', () => {
  it('is the gateway’s where its certificate is named, and nobody’s without', async () => {
    const absent = (signer: SigningIdentity): Promise<Buffer> => issueWith(signer)(nonReceiptXml({ digest: 'e'.repeat(64), at: world.now, logSize: 4, checkpoint: { size: 4, note: real.files.get('log/checkpoint.txt')?.toString('utf8') ?? '' } }, issuer));
    for (const message of [real.result, await noticeFor(world, real.dossier), await absent(world.gateway), real.receipt]) expect(await ends(message)).toEqual([2, 2, 0, 0]);
    // A checkpoint that is really the log's says nothing of who copied it.
    for (const message of [await resultFor(forger, real.dossier), await noticeFor(forger, real.dossier), await absent(world.employer)]) expect(await ends(message)).toEqual([2, 2, 1, 1]);
  });

  it('is not needed for a dossier, which is its signer’s', async () => {
    expect(await ends(real.dossier)).toEqual([0, 0, 0, 0]);
  });
});

describe('a container', () => {
  it('of the gateway is shown by the log’s key or its certificate, and by nothing inside', async () => {
    expect(await ends(real.container)).toEqual([2, 0, 0, 0]);
    const { signatures: [seal], objects } = await reportOn(real.container, 'nothing');
    expect(seal).toMatchObject({ indication: 'INDETERMINATE', reasons: [{ code: 'SEAL_NOT_SHOWN' }] });
    expect(objects.map(({ name, indication }) => [name, indication])).toEqual([['receipt.xml', 'INDETERMINATE'], ['dossier.xml', 'TOTAL-PASSED'], ['agency/results/1.xml', 'INDETERMINATE'], ['results/1.xml', 'INDETERMINATE']]);
  });

  it('that an employer made whole – receipt, result, log, key, seal – does not pass, whatever is given', async () => {
    expect(await ends(forged.container)).toEqual([2, 1, 1, 1]);
    const receipt = await receiptFor(forger, forged.dossier);
    const withoutLog = new Map([...forged.files, ['receipt.xml', receipt] as const].filter(([name]) => !/^(?:log|timestamps)\//.test(name)));
    const container = await sealContainer(withoutLog, world.employer, world.now);
    expect(await ends(container)).toEqual([2, 2, 1, 1]);
    for (const { name, indication } of (await reportOn(container, 'log key')).objects) expect([name, indication]).toEqual([name, name === 'dossier.xml' ? 'TOTAL-PASSED' : 'INDETERMINATE']);
  });

  it('that an employer sealed over the gateway’s real documents does not pass, alone or with a result of its own', async () => {
    expect(await ends(await sealContainer(real.files, world.employer, world.now))).toEqual([2, 2, 1, 1]);
    const more = new Map([...real.files, ['results/2.xml', await resultFor(forger, real.dossier)] as const]);
    expect(await ends(await sealContainer(more, world.employer, world.now))).toEqual([2, 2, 1, 1]);
  });

  it('that a stranger sealed with a certificate that has ended since does not pass, though the gateway’s own would', async () => {
    const { pki, now } = world;
    const { certificatePem, privateKeyPem } = issueCertificate({ subject: { C: 'VN', CN: 'Người lạ' }, keyUsage: ['digitalSignature'], issuer: pki.subordinate, notBefore: daysAfter(now, -1), notAfter: daysAfter(now, 1) });
    const files = new Map([...real.files, ['renditions/receipt.html', Buffer.from('<p>Đã chấp nhận</p>')] as const]);
    const logKeys = { ...basis('log key').logKeys, witnesses: readVerifiers(real.witnessKey, 'witness') };
    for (const [signer, indication] of [[readIdentity(certificatePem + pki.subordinate.certificatePem, privateKeyPem), 'INDETERMINATE'], [world.gateway, 'TOTAL-PASSED']] as const) {
      const { report } = await examineFile('x', await sealContainer(files, signer, now), { ...basis('nothing'), logKeys, now: daysAfter(now, 900) });
      expect([report.indication, report.signatures[0]?.subIndication]).toEqual([indication, 'OUT_OF_BOUNDS_NO_POE']);
    }
  });

  it('sealed with the gateway’s next certificate passes by the log, and by both certificates', async () => {
    const { pki, now } = world;
    const { certificatePem, privateKeyPem } = issueCertificate({ subject: { C: 'VN', L: 'Hà Nội', O: 'Cổng tiếp nhận hồ sơ BHXH (thử nghiệm)', CN: 'Gateway signing (Development)' }, keyUsage: ['digitalSignature'], issuer: pki.subordinate, notBefore: daysAfter(now, -1), notAfter: daysAfter(now, 100) });
    const next = readIdentity(certificatePem + pki.subordinate.certificatePem, privateKeyPem);
    const container = await sealContainer(real.files, next, now);
    const exit = async (changes: Partial<ExamineBasis>): Promise<number> => exitCodeOf((await examineFile('x', container, { ...basis('nothing'), ...changes })).report);
    const logKeys = basis('log key').logKeys;
    expect([await exit({ logKeys }), await exit({ fingerprints: [fingerprintOf(world.gateway), fingerprintOf(next)] }), await exit({ fingerprints: [fingerprintOf(next)] }), await exit({})]).toEqual([0, 0, 1, 2]);
  });

  it('whose newest document has no entry yet passes by the seal, once that is shown', async () => {
    const files = new Map([...real.files, ['notices/1.xml', await noticeFor(world, real.dossier)] as const]);
    expect(await ends(await sealContainer(files, world.gateway, world.now))).toEqual([2, 0, 0, 0]);
  });
});
