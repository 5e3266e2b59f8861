// A verified message is one that two engines and the trust material vouch for; nothing else comes out of verification.
import { createHash, sign } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { confirmSignature } from '../../src/client/second-engine.ts';
import { digestOf, readSealed, verifyMessage, verifyReceiptFor } from '../../src/client/verify-message.ts';
import type { VerificationOptions } from '../../src/client/verify-message.ts';
import { generateEllipticKey, issueCertificate } from '../../src/development/certificates.ts';
import { createDevelopmentPki } from '../../src/development/pki.ts';
import { Refusal, Unavailable } from '../../src/errors/outcomes.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { nonReceiptXml } from '../../src/receipts/non-receipt.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import { DSIG } from '../../src/signature/algorithms.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import { canonicalDocument, canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { descendants, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { agencyAnswerFor, createWorld, dossierOf, issuer, logNote, nonReceiptFor, notAccepted, noticeFor, receiptFacts, receiptFor, resultFor, trustFiles } from './support.ts';
import type { World } from './support.ts';

let world: World;
let dossier: Buffer;
let receipt: Buffer;
/** The gateway's own certificate, as whoever asks knows it from elsewhere. */
let own: VerificationOptions;

beforeAll(async () => {
  world = await createWorld();
  own = { fingerprint: digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0)) };
  dossier = await dossierOf(world);
  receipt = await receiptFor(world, dossier);
});

/** The codes of whatever verification threw. */
async function outcomeOf(verifying: Promise<unknown>): Promise<string> {
  try {
    await verifying;
    return 'VERIFIED';
  } catch (error) {
    if (error instanceof Refusal) return error.findings.map(({ code }) => code).join();
    if (error instanceof Unavailable) return 'UNAVAILABLE';
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
  }
}

const edited = (bytes: Buffer, from: string | RegExp, to: string): Buffer => Buffer.from(bytes.toString().replace(from, () => to));

describe('every kind of message is read once it is verified', () => {
  it('an accepted receipt', async () => {
    const message = await verifyReceiptFor(receipt, dossier, world.trust, own);
    expect(message).toMatchObject({ kind: 'TIEP_NHAN', digest: digestOf(dossier), dossierNumber: '00001/2026/01903', transactionCode: 'GD-1', receivedAt: world.now, size: dossier.length });
    expect(message.dueAt).toEqual(new Date(world.now.getTime() + 432_000_000));
    expect(message.signer).toMatchObject({ name: 'Gateway signing (Development)' });
    expect(message.files).toEqual([{ name: 'D02.xml', form: 'D02-TS', size: 10, digest: 'a'.repeat(64) }]);
  });

  it('a refusal, with its findings whole', async () => {
    const message = await verifyMessage(await receiptFor(world, dossier, 'refused'), world.trust, own);
    expect(message).toMatchObject({ kind: 'TU_CHOI', dossierNumber: undefined, dueAt: undefined, result: { code: 'GW114' } });
    expect(message.findings).toEqual([
      expect.objectContaining({
        code: 'VALUE_INVALID', wireCode: 'GW114', severity: 'refuse', place: { file: 'D02-TS-595.xml', xpath: '/D02-TS/NoiDung', line: 3, column: 7 },
        value: '13/2026', vi: 'Giá trị của TuThang không đúng định dạng.', en: 'The value of TuThang does not have the right format.',
      }),
    ]);
  });

  it('a conflict, with the earlier submission', async () => {
    const message = await verifyMessage(await receiptFor(world, dossier, 'conflict'), world.trust, own);
    expect(message).toMatchObject({ kind: 'XUNG_DOT', earlier: { key: 'key-1', digest: 'd'.repeat(64), receivedAt: world.now } });
  });

  it('a non-receipt', async () => {
    const message = await verifyMessage(await nonReceiptFor(world, 'e'.repeat(64)), world.trust, own);
    expect(message).toMatchObject({ kind: 'CHUA_NHAN', digest: 'e'.repeat(64), at: world.now, logSize: 42, receivedAt: undefined, absentFrom: { size: 99, checkpoint: expect.stringMatching(/^gateway\.example\/log\n99\n/) } });
  });

  it('a non-receipt whose checkpoint is of another size than it says is refused, and one of before there was a log is read', async () => {
    const xml = nonReceiptXml({ digest: 'e'.repeat(64), at: world.now, logSize: 42, checkpoint: { size: 98, note: logNote(99) } }, issuer);
    await expect(issueWith(world.gateway)(xml).then((signed) => verifyMessage(signed, world.trust, own))).rejects.toMatchObject({ findings: [{ code: 'VALUE_INVALID', params: { element: 'DIEM_KIEM_TRA' } }] });
    const older = Buffer.from(xml.toString('utf8').replace(/<NHATKY>[^]*<\/NHATKY>/, ''));
    expect(await verifyMessage(await issueWith(world.gateway)(older), world.trust, own)).toMatchObject({ kind: 'CHUA_NHAN', absentFrom: undefined });
  });

  it('a result, with the agency’s own answer verified inside', async () => {
    const message = await verifyReceiptFor(await resultFor(world, dossier), dossier, world.trust, own);
    expect(message).toMatchObject({ kind: 'KETQUA', dossierNumber: '00001/2026/01903', result: { code: '200', text: 'Đã giải quyết' } });
    expect(message.agencyAnswer).toMatchObject({ digest: digestOf(dossier), code: '200', signer: { name: 'Agency signing (Development)' } });
  });

  it('a notice that a form 04 is accepted, with the certificates it registered and those it lacks', async () => {
    const message = await verifyReceiptFor(await noticeFor(world, dossier), dossier, world.trust, own);
    expect(message).toMatchObject({ kind: 'CHAP_NHAN', at: world.now, dossierNumber: undefined, findings: [], result: { code: '200', text: 'Chấp nhận' } });
    const until = new Date(world.now.getTime() + 1000);
    expect(message.decision).toEqual({
      form: '04-IVAN', formName: 'Đăng ký sử dụng dịch vụ I-VAN', ivanCode: '00040', effectiveAt: world.now, reason: undefined, relayDueAt: world.now,
      certificates: [{ serial: '54a1', fingerprint: 'e'.repeat(64), from: world.now, until }], missing: ['54a2', '54a3'],
    });
  });

  it('a notice that it is not accepted, with the reason', async () => {
    const message = await verifyMessage(await noticeFor(world, dossier, notAccepted), world.trust, own);
    expect(message).toMatchObject({ kind: 'KHONG_CHAP_NHAN', decision: { reason: 'Mã đơn vị không đúng', effectiveAt: undefined, certificates: [], missing: [] } });
  });
});

describe('a receipt does not verify', () => {
  it('with any one byte changed, of content or signature', async () => {
    const start = receipt.indexOf('<BHXH');
    const end = receipt.lastIndexOf('>');
    const passed: number[] = [];
    for (let at = start; at <= end; at += 11) {
      const mutant = Buffer.from(receipt);
      mutant[at] = (mutant[at] ?? 0) ^ 1;
      if ((await outcomeOf(verifyMessage(mutant, world.trust, own))) === 'VERIFIED') passed.push(at);
    }
    expect(passed).toEqual([]);
  });

  it('signed under another root, even with the same names', async () => {
    const pki = await createDevelopmentPki({ now: world.now });
    const forged = await receiptFor(world, dossier, 'accepted', readIdentity(pki.gatewaySigning.certificatePem, pki.gatewaySigning.privateKeyPem));
    expect(await outcomeOf(verifyMessage(forged, world.trust, own))).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('signed by another trusted certificate when the gateway’s is named', async () => {
    const byEmployer = await receiptFor(world, dossier, 'accepted', world.employer);
    const fingerprint = digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0));
    const withColons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
    expect(await outcomeOf(verifyMessage(byEmployer, world.trust, { fingerprint }))).toBe('SIGNER_UNEXPECTED');
    expect(await outcomeOf(verifyMessage(receipt, world.trust, { fingerprint: withColons }))).toBe('VERIFIED');
    // Without either nobody says whose it has to be.
    expect([await outcomeOf(verifyMessage(byEmployer, world.trust)), await outcomeOf(verifyReceiptFor(receipt, dossier, world.trust))]).toEqual(['SIGNER_UNSHOWN', 'SIGNER_UNSHOWN']);
    expect((await verifyMessage(byEmployer, world.trust, { anySigner: true })).signer.taxCodes).toEqual(['0101300842']);
  });

  it('with a second, unsigned BIENNHAN before or after the signed one', async () => {
    const branch = /<BIENNHAN>.*<\/BIENNHAN>/.exec(receipt.toString())?.[0] ?? '';
    const forged = branch.replace(/<SHA256>\w+/, `<SHA256>${'f'.repeat(64)}`);
    expect(await outcomeOf(verifyMessage(edited(receipt, branch, forged + branch), world.trust, own))).toBe('HASH_FAILURE');
    expect(await outcomeOf(verifyMessage(edited(receipt, branch, branch + forged), world.trust, own))).toBe('HASH_FAILURE');
  });

  it('wrapped in a document of somebody else’s', async () => {
    const inner = receipt.toString().replace(/^<\?xml[^>]*>\n/, '');
    const wrapped = Buffer.from(`<BHXH><XACNHAN_GDICH></XACNHAN_GDICH><BIENNHAN><LOAI>TIEP_NHAN</LOAI></BIENNHAN><Object>${inner}</Object></BHXH>`);
    expect(await outcomeOf(verifyMessage(wrapped, world.trust, own))).toBe('SIGNATURE_MISPLACED');
    const signature = /<Signature .*<\/Signature>/.exec(inner)?.[0] ?? '';
    const moved = Buffer.from(`<BHXH><BIENNHAN><LOAI>TIEP_NHAN</LOAI></BIENNHAN>${inner.replace(signature, '')}${signature}</BHXH>`);
    expect(await outcomeOf(verifyMessage(moved, world.trust, own))).toBe('HASH_FAILURE');
  });

  it('signed with SHA-1, though the signature is right', async () => {
    expect(await outcomeOf(verifyMessage(signedWith(receiptXml(receiptFacts(world, dossier), issuer), world.gateway, 'sha1'), world.trust, own))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
    expect(await outcomeOf(verifyMessage(signedWith(receiptXml(receiptFacts(world, dossier), issuer), world.gateway, 'sha256'), world.trust, own))).toBe('VERIFIED');
  });

  it('for other bytes than those it names', async () => {
    const other = Buffer.concat([dossier, Buffer.from('\n')]);
    expect(await outcomeOf(verifyReceiptFor(receipt, other, world.trust, own))).toBe('OTHER_DOSSIER');
  });

  it('unsigned, or as another document', async () => {
    expect(await outcomeOf(verifyMessage(receiptXml(receiptFacts(world, dossier), issuer), world.trust, own))).toBe('SIGNATURE_MISSING');
    expect(await outcomeOf(verifyMessage(dossier, world.trust, own))).toMatch(/^SIGNATURE_/);
  });

  it('when its kind is not one we know, or it lacks what its kind must say', async () => {
    const unsigned = receiptXml(receiptFacts(world, dossier), issuer);
    const sealed = (bytes: Buffer): Promise<Buffer> => issueWith(world.gateway)(bytes);
    expect(await outcomeOf(verifyMessage(await sealed(edited(unsigned, 'TIEP_NHAN', 'KETQUA')), world.trust, own))).toBe('VALUE_INVALID');
    expect(await outcomeOf(verifyMessage(await sealed(edited(unsigned, /<HAN_TRA>.*<\/HAN_TRA>/, '')), world.trust, own))).toBe('ELEMENT_MISSING');
    expect(await outcomeOf(verifyMessage(await sealed(edited(unsigned, '<BIENNHAN>', '<BIENNHAN></BIENNHAN><BIENNHAN>')), world.trust, own))).toBe('ELEMENT_UNKNOWN');
  });

  it('at an instant when the certificate had ended; and nobody knows without revocation lists', async () => {
    const later = new Date(world.now.getTime() + 800 * 86_400_000);
    expect(await outcomeOf(verifyMessage(receipt, world.trust, { ...own, at: later }))).toBe('EXPIRED');
    const files = trustFiles(world.pki).filter(([name]) => !name.includes('crl')).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
    expect(await outcomeOf(verifyMessage(receipt, parseTrustMaterial(files), own))).toBe('UNAVAILABLE');
  });
});

describe('a result does not verify', () => {
  it('when the agency’s answer is about another dossier', async () => {
    const answer = await agencyAnswerFor(world, 'f'.repeat(64));
    expect(await outcomeOf(verifyMessage(await resultFor(world, dossier, answer), world.trust, own))).toBe('ANSWER_DIFFERS');
  });

  it('when the agency’s answer was changed after signing', async () => {
    const answer = edited(await agencyAnswerFor(world, digestOf(dossier)), 'KQUA>Đã', 'KQUA>Chưa');
    expect(await outcomeOf(verifyMessage(await resultFor(world, dossier, answer), world.trust, own))).toBe('HASH_FAILURE');
  });

  it('when the agency’s answer is signed by nobody we trust', async () => {
    const pki = await createDevelopmentPki({ now: world.now });
    const answer = await agencyAnswerFor(world, digestOf(dossier), readIdentity(pki.agencySigning.certificatePem, pki.agencySigning.privateKeyPem));
    expect(await outcomeOf(verifyMessage(await resultFor(world, dossier, answer), world.trust, own))).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });
});

describe('the second engine', () => {
  it('fails loudly when it does not confirm what the first says', async () => {
    await expect(confirmSignature(receipt, world.employer.certificates[0] ?? Buffer.alloc(0), 'r.xml')).rejects.toMatchObject({ code: 'ENGINES_DISAGREE', place: 'r.xml' });
    await expect(confirmSignature(edited(receipt, 'TIEP_NHAN', 'TIEP_NHEN'), world.gateway.certificates[0] ?? Buffer.alloc(0), 'r.xml')).rejects.toMatchObject({ code: 'ENGINES_DISAGREE' });
    const signature = /<Signature .*<\/Signature>/.exec(receipt.toString())?.[0] ?? '';
    await expect(confirmSignature(edited(receipt, signature, signature + signature), world.gateway.certificates[0] ?? Buffer.alloc(0), 'r.xml')).rejects.toMatchObject({ code: 'ENGINES_DISAGREE' });
  });

  it('confirms elliptic keys too', async () => {
    const { now, pki } = world;
    const credential = issueCertificate({ subject: { CN: 'EC' }, key: generateEllipticKey(), issuer: pki.subordinate, notBefore: now, notAfter: new Date(now.getTime() + 1e9) });
    const message = await receiptFor(world, dossier, 'accepted', readIdentity(credential.certificatePem, credential.privateKeyPem));
    expect((await readSealed(message, 'r.xml')).digest).toBe(digestOf(dossier));
  });
});

/** Enveloped, as the gateway signs, but with the hash given. */
function signedWith(message: Buffer, identity: SigningIdentity, hash: 'sha1' | 'sha256'): Buffer {
  const document = parse(message);
  const digest = createHash(hash).update(canonicalDocument(document, document.root, inclusiveForm)).digest('base64');
  const [method, digestMethod] = hash === 'sha1' ? [`${DSIG}rsa-sha1`, `${DSIG}sha1`] : ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmlenc#sha256'];
  const info =
    `<SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod><SignatureMethod Algorithm="${method}"></SignatureMethod>` +
    `<Reference URI=""><Transforms><Transform Algorithm="${DSIG}enveloped-signature"></Transform></Transforms><DigestMethod Algorithm="${digestMethod}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference></SignedInfo>`;
  const put = (value: string): Buffer => {
    const key = `<KeyInfo><X509Data><X509Certificate>${identity.certificates[0]?.toString('base64') ?? ''}</X509Certificate></X509Data></KeyInfo>`;
    return edited(message, '</BHXH>', `<Signature xmlns="${DSIG}">${info}<SignatureValue>${value}</SignatureValue>${key}</Signature></BHXH>`);
  };
  const draft = parse(put(''));
  const element = [...descendants(draft.root)].find(({ local }) => local === 'SignedInfo');
  const octets = canonicalElement(draft, element === undefined ? [] : pathTo(draft.root, element), inclusiveForm);
  return put(sign(hash, octets, identity.key).toString('base64'));
}
