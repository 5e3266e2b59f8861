// Guarantee: the gateway's certificate vouches for the log's keys and its newest checkpoint; it signs so once for each checkpoint, whoever asks how often.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { examineFile } from '../../src/client/examine-file.ts';
import { noLogKeys } from '../../src/client/examine-log.ts';
import type { ExamineBasis } from '../../src/client/examined.ts';
import { parseCheckpoint } from '../../src/log/checkpoint.ts';
import { parseNote, parseVerifier, signerOf, verifierText, verifyNote } from '../../src/log/note.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { logStatementXml } from '../../src/receipts/log-statement.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace } from '../../src/standard/kind.ts';
import { parse } from '../../src/xml/parse.ts';
import { identityOf, materialOf, pkiFolder } from '../support/pki.ts';
import { fingerprintOf, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';

let site: Site;
const folder = mkdtempSync(join(tmpdir(), 'log-statement-'));
const statement = async (): Promise<string> => (await site.direct.get('/v1/log/statement')).body.toString('utf8');
const checkpoint = async (): Promise<string> => (await site.direct.get('/v1/log/checkpoint')).body.toString('utf8');
const valueOf = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
const quiet = (): Promise<unknown> => until('the log to have all', async () => (await site.gateway.database.query('SELECT 1 FROM log_waiting')).length === 0);

beforeAll(async () => {
  site = await startSite();
  await quiet();
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the statement on the log', () => {
  it('names the keys that verify the checkpoint in it, which is the newest', async () => {
    const xml = await statement();
    verifySignature(parse(Buffer.from(xml)), messagePlace);
    const note = parseNote(valueOf(xml, 'DIEM_KIEM_TRA'));
    const read = note && parseCheckpoint(note.text);
    expect(valueOf(xml, 'DIEM_KIEM_TRA')).toBe(await checkpoint());
    expect([valueOf(xml, 'TEN'), valueOf(xml, 'KICH_THUOC'), valueOf(xml, 'GOC')]).toEqual([read?.origin, String(read?.size), read?.root.toString('hex')]);
    const keys = [...xml.matchAll(/<KHOA><MA>([^<]*)<\/MA><\/KHOA>/g)].map(([, key = '']) => key);
    expect(keys.map((key) => `${key}\n`).join('')).toBe((await site.direct.get('/v1/log/key')).body.toString());
    expect(note && verifyNote(note, keys.flatMap((key) => parseVerifier(key) ?? []))).toHaveLength(1);
  });

  itWith('xmlsec1', 'verifies with xmlsec1, and with another key in it does not', async () => {
    const xml = await statement();
    const verify = (text: string): number | null => {
      writeFileSync(join(folder, 'statement.xml'), text);
      return spawnSync('xmlsec1', ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', join(pkiFolder(), 'trust/root.pem'), '--untrusted-pem', join(pkiFolder(), 'trust/subordinate.pem'), join(folder, 'statement.xml')]).status;
    };
    expect([verify(xml), verify(xml.replace(/(<MA>[^<]*)[^<]<\/MA>/, '$1=</MA>'))]).toEqual([0, 1]);
  });

  it('is read by ivan verify: passed under the gateway’s certificate, and failed with another key or another checkpoint in it', async () => {
    const { query } = site.gateway.database;
    const [signed, key] = [await statement(), (await site.direct.get('/v1/log/key')).body.toString().trim()];
    const fingerprints = [fingerprintOf(site.pki.gatewaySigning.certificatePem)];
    const verdict = async (xml: string, more: Partial<ExamineBasis> = {}): Promise<unknown> => {
      const { report } = await examineFile('statement.xml', Buffer.from(xml), { trust: materialOf(site.pki), now: new Date(), logKeys: noLogKeys, fingerprints, ...more });
      return [report.indication, report.proofs.map(({ state }) => state)];
    };
    const other = verifierText(signerOf(parseVerifier(key)?.name ?? '', generateKeyPairSync('ed25519').privateKey));
    const facts = { origin: parseVerifier(key)?.name ?? '', root: Buffer.alloc(32), size: 1, note: valueOf(signed, 'DIEM_KIEM_TRA'), at: new Date() };
    const signAs = async (keys: readonly string[], more: object = {}): Promise<string> => {
      const [{ root, size } = { root: Buffer.alloc(0), size: 0 }] = await query<{ root: Buffer; size: number }>('SELECT root, size::int AS size FROM log_checkpoint ORDER BY size DESC LIMIT 1');
      return (await issueWith(identityOf(site.pki.gatewaySigning))(logStatementXml({ ...facts, root, size, keys, ...more }, { name: 'x', placeName: 'x', supportTelephone: '1', certificateName: 'x', certificateSerial: '1' }))).toString();
    };
    expect(await verdict(signed)).toEqual(['TOTAL-PASSED', ['passed']]);
    expect(await verdict(signed, { fingerprints: undefined })).toEqual(['INDETERMINATE', ['passed']]);
    expect(await verdict(signed.replace(/(<MA>[^<]*)[^<]<\/MA>/, '$1=</MA>'))).toEqual(['TOTAL-FAILED', []]);
    expect(await verdict(await signAs([key]))).toEqual(['TOTAL-PASSED', ['passed']]);
    expect(await verdict(await signAs([other]))).toEqual(['TOTAL-FAILED', ['failed']]);
    expect(await verdict(await signAs([key], { size: 1_000_000 }))).toEqual(['TOTAL-FAILED', []]);
    expect(await verdict(signed, { logKeys: { logs: [parseVerifier(other)].filter((one) => one !== undefined), witnesses: [] } })).toEqual(['TOTAL-FAILED', ['failed']]);
  });

  it('is signed once for a checkpoint, and anew for the next', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, statement));
    expect(new Set([...all, await statement()]).size).toBe(1);
    await site.gateway.database.query(`INSERT INTO audit_event (at, kind, detail) VALUES (now(), 'test', '{}')`);
    await quiet();
    expect(Number(valueOf(await statement(), 'KICH_THUOC'))).toBeGreaterThan(Number(valueOf(all[0] ?? '', 'KICH_THUOC')));
  });

  it.each(['1', '99'])('no checkpoint has %s cosignatures where no witness is known', async (cosigned) => {
    const answer = await site.direct.get(`/v1/log/checkpoint?cosigned=${cosigned}`);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([404, expect.objectContaining({ code: 'LOG_SIZE_UNKNOWN' })]);
  });
});
