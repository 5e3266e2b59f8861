// Guarantee: whoever tries a dossier out reads of every signature whose it is, what was found in words, and why, in both languages; every
// status that the gateway can report has words, and one that this kit does not know is shown as it is.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { judgedSignatureOf } from '../../src/client/judged-signature.ts';
import type { JudgedSignature } from '../../src/client/judged-signature.ts';
import { printed } from '../../src/cli/lines.ts';
import { signatureLines } from '../../src/cli/signature-lines.ts';
import { findingTexts } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { finding } from '../../src/errors/outcomes.ts';
import { fieldPolicy } from '../../src/signature/policy.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { judgeSignature } from '../../src/standard/judge-signature.ts';
import { signatureReport } from '../../src/standard/signature-report.ts';
import type { SignatureReport } from '../../src/standard/signature-report.ts';
import { parse } from '../../src/xml/parse.ts';
import { createWorld, dossierOf } from '../client/support.ts';

const written = (report: SignatureReport): JudgedSignature => judgedSignatureOf({ value: JSON.parse(JSON.stringify(report)) as unknown, at: 'test' });
const shown = (signature: JudgedSignature, language: 'vi' | 'en' = 'vi'): string => printed(signatureLines(signature), language);

let passed: SignatureReport;

beforeAll(async () => {
  const world = await createWorld();
  const { report } = judgeSignature(parse(await dossierOf(world)), envelopePlace, 'dossier', { standard: { signaturePolicy: fieldPolicy }, trust: world.trust, receivedAt: world.now });
  if (report === undefined) throw new Error('no report');
  passed = report;
});

describe('the lines of a signature', () => {
  it('tell a good one: whose, how, by which certificates and which revocation data', () => {
    const text = shown(written(passed));
    expect(text).toMatch(/^Chữ ký của đơn vị trên hồ sơ: TOTAL-PASSED – đúng và được tin cậy\n {2}The unit’s signature on the dossier: TOTAL-PASSED – right and trusted\n/);
    for (const part of ['Policy: field', 'Algorithm: RSASSA-PKCS1-v1_5 sha256', 'Level: XML Signature', passed.certificate ?? '?', ' → ', ': CRL ', '+07:00']) expect(text).toContain(part);
    expect(shown(written(passed), 'en')).not.toMatch(/Chữ ký|Chính sách/);
  });

  it('tell of a broken one what it means and which findings say why', () => {
    const text = shown({ ...written(passed), role: 'counter-signature', indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE', codes: ['HASH_FAILURE'] });
    expect(text).toContain('Chữ ký của I-VAN: TOTAL-FAILED / HASH_FAILURE – sai: nội dung không còn là nội dung đã ký\n  The I-VAN’s signature: TOTAL-FAILED / HASH_FAILURE – wrong: the content is not what was signed\n');
    expect(text).toContain('Vì / Because of: HASH_FAILURE');
  });

  it('tell of stamps, of an archived algorithm and of an inner file', () => {
    const text = shown({ ...written(passed), role: 'declaration', file: 'd02.xml', level: 'XAdES-T', timestamps: [{ time: '2026-11-20T03:00:00.000Z', certificate: 'a'.repeat(64) }], archive: { method: 'ECDSA sha1' } });
    for (const part of ['tờ khai d02.xml', 'XAdES T', '20/11/2026 10:00:00 +07:00 (aaaaaaaaaaaa…)', 'ECDSA sha1 still fits the content, which accepts nothing']) expect(text).toContain(part);
  });

  const refusing = Object.entries(findingTexts).filter(([, { wireCode, severity }]) => /^GW2/.test(wireCode) && severity === 'refuse').map(([code]) => code as FindingCode);

  it.each(refusing)('have words for what %s means', (code) => {
    const report = signatureReport({ role: 'dossier', file: undefined, xpath: '/', policy: 'field', at: new Date(0), findings: [finding(code)], facts: undefined, judgedPath: undefined, tryLater: false, stamps: [], answers: [], archived: { method: 'x', isOld: code === 'CRYPTO_CONSTRAINTS_FAILURE' }, claimedSigningTime: undefined });
    expect(shown(written(report), 'en')).toMatch(/ – (?:wrong|cannot be recognised): \S/);
  });

  it('show words of a newer gateway as they are', () => {
    const text = shown({ ...written(passed), role: 'seal', indication: 'TOTAL-PASSED', subIndication: 'NEW_WORD', level: 'XAdES-LTA' });
    expect([text.includes('seal: TOTAL-PASSED / NEW_WORD'), text.includes('XAdES-LTA')]).toEqual([true, true]);
  });
});

describe('a report from the wire', () => {
  it('is read whole, and one that is none is said to be none', () => {
    expect(written(passed)).toEqual({ ...passed });
    expect(() => judgedSignatureOf({ value: { ...passed, codes: 'HASH_FAILURE' }, at: 'answer' })).toThrow('answer/codes: not a list');
    expect(() => judgedSignatureOf({ value: { role: 'dossier' }, at: 'answer' })).toThrow('is missing');
  });
});
