// Guarantee: `ivan verify` says of a receipt, a result, a dossier and a container what can be known without any server – who, when and by whose proof – and no
// change to any of their octets ends with 0. Its report is well-formed XML, and JSON with the same verdict.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { examineFile } from '../../src/client/examine-file.ts';
import { readVerifiers } from '../../src/client/examine-log.ts';
import type { ExamineBasis } from '../../src/client/examined.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { sealContainer } from '../../src/evidence/container/seal.ts';
import { writeContainer } from '../../src/evidence/container/write.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { checkpointText } from '../../src/log/checkpoint.ts';
import { noteText, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { nonReceiptXml } from '../../src/receipts/non-receipt.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { ObjectReport, Report } from '../../src/report/model.ts';
import { createWorld, issuer, receiptFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { ivan, temporaryFolder } from '../cli/support.ts';
import { makeEvidence } from '../support/evidence.ts';
import type { Evidence } from '../support/evidence.ts';
import { itWith } from '../support/tools.ts';

let world: World;
let evidence: Evidence;
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  world = await createWorld();
  evidence = await makeEvidence(world);
  folder = await temporaryFolder();
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) writeFileSync(at(join('trust', name)), text);
  for (const name of ['dossier', 'receipt', 'result'] as const) writeFileSync(at(`${name}.xml`), evidence[name]);
  writeFileSync(at('evidence.asice'), evidence.container);
  writeFileSync(at('log.key'), `# the log\n${evidence.logKey}\n`);
  writeFileSync(at('old.xml'), await receiptFor(world, evidence.dossier));
});

const verify = (...words: string[]): ReturnType<typeof ivan> => ivan(['verify', ...words, '--trust', at('trust')]);
const reportOf = async (...words: string[]): Promise<Report> => JSON.parse((await verify(...words, '--report', 'json')).out) as Report;

async function only(...words: string[]): Promise<ObjectReport> {
  const { objects: [object] } = await reportOf(...words);
  if (object === undefined) throw new Error('nothing was reported on');
  return object;
}

/** The gateway's certificate, as whoever asks knows it from elsewhere. */
const own = (): readonly [string, string] => ['--fingerprint', digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0))];

function basis(changes: Partial<ExamineBasis> = {}): ExamineBasis {
  return { trust: world.trust, now: new Date(), logKeys: { logs: readVerifiers(evidence.logKey, 'log'), witnesses: readVerifiers(evidence.witnessKey, 'witness') }, fingerprints: [own()[1]], ...changes };
}

async function indicationOf(bytes: Buffer, changes: Partial<ExamineBasis> = {}): Promise<string> {
  return (await examineFile('x', bytes, basis(changes))).report.indication;
}

describe('the log’s proof in a receipt', () => {
  it('holds by the key that was given, and is said not to be checked without one', async () => {
    expect((await only(at('receipt.xml'), '--log-key', at('log.key'))).proofs).toMatchObject([{ kind: 'log', state: 'passed' }]);
    expect((await only(at('receipt.xml'), '--log-key', evidence.logKey)).proofs).toMatchObject([{ state: 'passed' }]);
    expect(await only(at('receipt.xml'), ...own())).toMatchObject({ indication: 'TOTAL-PASSED', proofs: [{ state: 'unchecked', reasons: [{ code: 'LOG_KEY_ABSENT' }] }] });
    expect((await only(at('old.xml'))).proofs).toEqual([]);
  });

  it('names the witnesses whose keys were given', async () => {
    const { proofs: [proof] } = await only(at('receipt.xml'), '--log-key', evidence.logKey, '--witness-key', evidence.witnessKey);
    expect(proof?.facts.find(({ en }) => en === 'Witness')?.value).toContain('witness.example/w1');
  });

  it('fails by another key of that name, and a key that is none is a wrong argument', async () => {
    const run = await verify(at('receipt.xml'), '--log-key', evidence.otherLogKey);
    expect([run.exitCode, run.out]).toEqual([1, expect.stringContaining('Chữ ký của nhật ký trên điểm kiểm tra không đúng')]);
    expect((await verify(at('receipt.xml'), '--log-key', 'key')).exitCode).toBe(3);
    expect((await verify(at('receipt.xml'), '--log-key', evidence.witnessKey)).exitCode).toBe(3);
  });
});

describe('the checkpoint of a non-receipt', () => {
  it('is verified with the key that was given, is said not to be checked without, and fails by another', async () => {
    const note = (key: KeyObject): string => {
      const text = checkpointText({ origin: 'gateway.example/log', size: 99, root: Buffer.alloc(32, 9) });
      return noteText({ text, lines: [signatureLine(text, signerOf('gateway.example/log', key))] });
    };
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = verifierText(signerOf('gateway.example/log', privateKey));
    writeFileSync(at('absent.xml'), await issueWith(world.gateway)(nonReceiptXml({ digest: '0'.repeat(64), at: world.now, logSize: 42, checkpoint: { size: 99, note: note(privateKey) } }, issuer)));
    const stateOf = async (...words: string[]): Promise<unknown> => {
      const { indication, proofs } = await only(at('absent.xml'), ...own(), ...words);
      return [indication, proofs.map(({ state, reasons }) => [state, ...reasons.map(({ code }) => code)])];
    };
    expect(await stateOf('--log-key', key)).toEqual(['TOTAL-PASSED', [['passed']]]);
    expect(await stateOf()).toEqual(['TOTAL-PASSED', [['unchecked', 'LOG_KEY_ABSENT']]]);
    expect(await stateOf('--log-key', evidence.otherLogKey)).toEqual(['TOTAL-FAILED', [['failed', 'LOG_SIGNATURE']]]);
    expect((await verify(at('absent.xml'), '--log-key', evidence.otherLogKey)).exitCode).toBe(1);
  });
});

describe('the report', () => {
  it('answers in the reader’s language who signed, who issued and manages the certificate, when, whether it is whole, and valid then and now', async () => {
    const { out } = await verify(at('receipt.xml'));
    for (const question of ['Người ký / Signer', 'Tổ chức cấp chứng thư / ', 'Tổ chức quản lý chứng thư / ', 'Thời điểm ký / ', 'Tính toàn vẹn / ', 'Hiệu lực khi ký / ', 'Hiệu lực khi kiểm tra / ']) expect(out).toContain(question);
    const english = await verify(at('receipt.xml'), '--lang', 'en');
    for (const question of ['Signer: ', 'Certificate issuer: ', 'Certificate manager: ', 'Integrity: whole', 'Validity then: TOTAL-PASSED', 'Validity now: TOTAL-PASSED']) expect(english.out).toContain(question);
  });

  itWith('xmllint', 'in XML adds what is ours where the standard lets it, once for each status, and says whose word a time is', async () => {
    const { out } = await verify(at('evidence.asice'), at('dossier.xml'), '--at', world.now.toISOString(), '--report', 'xml');
    const said = (name: string, rest = ''): string => `//*[local-name()="${name}"]${rest}`;
    const counts = [said('AssociatedValidationReportData', '[count(*[local-name()="AdditionalValidationReportData"]) > 1]'), said('ValidationObject', '/*[local-name()="Object"]'), said('UserEnteredIdentifier'), said('TypeOfProof', '[not(contains(., "poetype:provided"))]')];
    const count = spawnSync('xmllint', ['--noout', '--xpath', `concat(${counts.map((path) => `count(${path})`).join(', " ", ')}, " ", count(${said('ReportData', '/*[local-name()="Value"]/*[local-name()="Object"]')}) > 1, " ", count(${said('TypeOfProof')}) > 1)`, '-'], { input: out, encoding: 'utf8' });
    expect([count.status, count.stdout.trim()]).toEqual([0, '0 0 0 0 true true']);
  });

  itWith('xmllint', 'is well-formed XML in the namespace of ETSI TS 119 102-2, with one report for each signature', async () => {
    const { out, exitCode } = await verify(at('evidence.asice'), at('dossier.xml'), ...own(), '--report', 'xml');
    const count = spawnSync('xmllint', ['--noout', '--xpath', 'concat(namespace-uri(/*), " ", count(/*/*[local-name()="SignatureValidationReport"]), " ", count(//*[local-name()="MainIndication" and contains(., "total-passed")]))', '-'], { input: out, encoding: 'utf8' });
    expect([exitCode, count.status, count.stdout.trim()]).toEqual([0, 0, 'http://uri.etsi.org/19102/v1.2.1# 7 7']);
  });

  it('ends with 2 when the certificate is out of bounds now and only the document itself says that it was in them', async () => {
    const later = new Date(world.now.getTime() + 900 * 86_400_000);
    expect(await indicationOf(evidence.receipt, { now: later })).toBe('INDETERMINATE');
    expect(await indicationOf(evidence.receipt, { now: later, at: world.now })).toBe('TOTAL-PASSED');
    expect(await indicationOf(evidence.receipt, { now: later, proven: { at: world.now.toISOString(), proof: 'timestamp' } })).toBe('TOTAL-PASSED');
  });

  it('has the words of EN 319 102-1 for what is out of bounds, and says what a proof of time would change', async () => {
    const reportAt = async (changes: Partial<ExamineBasis>): Promise<unknown> => {
      const { report } = await examineFile('x', evidence.receipt, basis(changes));
      return [report.indication, report.subIndication, report.signatures[0]?.reasons.map(({ code }) => code)];
    };
    const day = 86_400_000;
    const [later, before] = [new Date(world.now.getTime() + 900 * day), new Date(world.now.getTime() - 900 * day)];
    const proven = (at: Date, proof: 'timestamp' | 'witness'): Partial<ExamineBasis> => ({ proven: { at: at.toISOString(), proof, by: 'TSA' } });
    expect(await reportAt({ now: later })).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE', ['EXPIRED', 'NO_PROOF_OF_TIME']]);
    // Proven to be there by a time after the end proves nothing of before.
    expect(await reportAt({ now: later, ...proven(new Date(later.getTime() - day), 'timestamp') })).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE', ['EXPIRED']]);
    expect(await reportAt({ now: later, ...proven(world.now, 'witness') })).toEqual(['TOTAL-PASSED', undefined, []]);
    // Older than its own certificate.
    expect(await reportAt(proven(before, 'timestamp'))).toEqual(['TOTAL-FAILED', 'NOT_YET_VALID', expect.arrayContaining(['NOT_YET_VALID', 'SIGNED_BEFORE_CERTIFICATE'])]);
    expect(await reportAt({ now: before })).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE', expect.arrayContaining(['NOT_YET_VALID', 'NO_PROOF_OF_TIME'])]);
    expect((await examineFile('x', evidence.receipt, basis({ trust: (await createWorld()).trust }))).report).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' });
  });

  it('a certificate that was revoked after the proven time passes, and before it does not', async () => {
    const { fingerprint, serialNumber } = parseCertificate(world.gateway.certificates[0] ?? Buffer.alloc(0));
    const hour = 3_600_000;
    const trust = (revokedAt: Date): ExamineBasis['trust'] => parseTrustMaterial([...trustFiles(world.pki).filter(([name]) => name !== 'subordinate.crl.pem'), ['new.crl.pem', issueCrl({ issuer: world.pki.subordinate, thisUpdate: new Date(world.now.getTime() + 2 * hour), nextUpdate: new Date(world.now.getTime() + 100 * hour), revoked: [{ serial: serialNumber, revokedAt }] })] as const].map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
    const now = new Date(world.now.getTime() + 3 * hour);
    const revoked = trust(new Date(world.now.getTime() + hour));
    const statusOf = async (changes: Partial<ExamineBasis>): Promise<unknown> => {
      const { report: { indication, subIndication, signatures: [signature] } } = await examineFile('x', evidence.receipt, basis({ now, ...changes }));
      return [indication, subIndication, signature?.then.indication, signature?.now.subIndication, signature?.signer?.fingerprint === fingerprint];
    };
    const proven = { at: world.now.toISOString(), proof: 'timestamp' } as const;
    expect(await statusOf({ trust: revoked, proven })).toEqual(['TOTAL-PASSED', undefined, 'TOTAL-PASSED', 'REVOKED_NO_POE', true]);
    expect(await statusOf({ trust: revoked })).toEqual(['INDETERMINATE', 'REVOKED_NO_POE', 'TOTAL-PASSED', 'REVOKED_NO_POE', true]);
    expect(await statusOf({ trust: trust(new Date(world.now.getTime() - hour)), proven })).toEqual(['INDETERMINATE', 'REVOKED_NO_POE', 'INDETERMINATE', 'REVOKED_NO_POE', true]);
  });

  it('has two engines behind every signature, the dossier’s as well', async () => {
    for (const name of ['receipt', 'result', 'dossier']) for (const { engines } of (await only(at(`${name}.xml`))).signatures) expect([name, engines]).toEqual([name, ['ivan-gateway', 'xmldsigjs']]);
  });
});

describe('a container', () => {
  it('passes with the seal, every document and every proof, as of what the stamp proves', async () => {
    const report = await only(at('evidence.asice'), '--log-key', evidence.logKey);
    expect(report).toMatchObject({ what: 'container', indication: 'TOTAL-PASSED', signatures: [{ engines: ['ivan-gateway', 'xmldsigjs'] }], proofs: [{ kind: 'log', state: 'passed' }, { kind: 'timestamp', state: 'passed' }, { kind: 'revocation', state: 'unchecked' }] });
    expect(report.objects.map(({ name, proofs }) => [name, proofs.map(({ state }) => state)])).toEqual([['receipt.xml', ['passed', 'passed']], ['dossier.xml', ['passed']], ['agency/results/1.xml', ['passed']], ['results/1.xml', ['passed']]]);
    const times = report.objects.map(({ signatures: [first] }) => first?.bestTime);
    expect(times[1]).toMatchObject({ proof: 'timestamp', at: evidence.stampedAt.toISOString() });
  });

  it('whose certificate has ended passes by what is proven of each document, and says so; without such proof it cannot be decided', async () => {
    const now = new Date(world.now.getTime() + 900 * 86_400_000);
    const { report } = await examineFile('x', evidence.container, basis({ now }));
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' }], reasons: [{ code: 'SEAL_ENDED' }] });
    for (const { signatures: [first] } of report.objects) expect(first).toMatchObject({ bestTime: { proof: 'witness' }, then: { indication: 'TOTAL-PASSED' }, now: { indication: 'INDETERMINATE' } });
    for (const logKeys of [{ logs: readVerifiers(evidence.logKey, 'log'), witnesses: [] }, { logs: [], witnesses: readVerifiers(evidence.witnessKey, 'witness') }]) expect(await indicationOf(evidence.container, { now, logKeys })).toBe('INDETERMINATE');
    expect(await indicationOf(writeContainer(evidence.files), { now })).toBe('TOTAL-FAILED');
  });

  it('says that a key which came along proves nothing', async () => {
    const report = await only(at('evidence.asice'), ...own());
    expect(report.indication).toBe('TOTAL-PASSED');
    expect((await only(at('evidence.asice'))).indication).toBe('INDETERMINATE');
    expect(report.objects.find(({ name }) => name === 'dossier.xml')?.proofs).toMatchObject([{ state: 'unchecked', reasons: [{ code: 'LOG_KEY_ENCLOSED' }] }]);
    expect((await verify(at('evidence.asice'), '--log-key', evidence.otherLogKey)).exitCode).toBe(1);
  });

  it('makes no anchor of a root that lies inside', async () => {
    const stranger = await createWorld();
    const foreign = await makeEvidence(stranger);
    const certificates = trustFiles(stranger.pki).map(([name, text]): [string, Buffer] => {
      const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
      return [name.includes('crl') ? `crls/${digestOf(der)}.crl` : `certificates/${digestOf(der)}.cer`, der];
    });
    const container = await sealContainer(new Map([...foreign.files, ...certificates]), stranger.gateway, stranger.now);
    const { report } = await examineFile('x', container, basis({ logKeys: { logs: [], witnesses: [] }, fingerprints: undefined }));
    expect(report).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' });
  });

  it('sealed again by its gateway with a document, a proof or a stamp of something else does not pass', async () => {
    const change = async (name: string, octets: Buffer): Promise<string> => indicationOf(await sealContainer(new Map([...evidence.files, [name, octets]]), world.gateway, world.now));
    const otherDossier = await makeEvidence(world, '06/2026');
    for (const name of ['dossier.xml', 'receipt.xml', 'results/1.xml', 'log/dossier.proof', 'log/dossier.json', 'timestamps/1.tst']) expect([name, await change(name, otherDossier.files.get(name) ?? Buffer.alloc(0))]).toEqual([name, 'TOTAL-FAILED']);
  });

  it('that lacks its signature, or has a file more or less than it, fails', async () => {
    expect(await indicationOf(writeContainer(evidence.files))).toBe('TOTAL-FAILED');
    expect(await indicationOf(evidence.container.subarray(0, -1))).toBe('TOTAL-FAILED');
  });
});

describe('one altered bit', () => {
  /** Places over the whole of the octets, each with another bit. */
  function* flips(bytes: Buffer, count: number): Generator<readonly [number, Buffer]> {
    for (let step = 0; step < count; step += 1) {
      const place = Math.floor(((step + 0.5) * bytes.length) / count);
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ (1 << (step % 8));
      yield [place, changed];
    }
  }

  it.each([['receipt', 150], ['dossier', 150], ['container', 120]] as const)('anywhere in a %s never ends with 0, but in the time that a plain XML signature of the field claims without signing it', async (name, count) => {
    const passed: string[] = [];
    const bytes = evidence[name];
    for (const [place, changed] of flips(bytes, count)) {
      const indication = await indicationOf(changed).catch(() => 'no document');
      if (indication === 'TOTAL-PASSED') passed.push(bytes.toString('latin1', place - 120, place + 1));
    }
    expect(passed.filter((before) => name !== 'dossier' || !/<SigningTime [^>]*>[^<]*$/.test(before))).toEqual([]);
  });
});
