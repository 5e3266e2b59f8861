// Guarantee: an OCSP answer is read completely and in one way, or not at all; no bytes make a refusal, for answers are not the sender's fault.
import { OCSPRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Extension } from '@peculiar/asn1-x509';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/errors/outcomes.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import { ocspRequest, parseOcspResponse } from '../../src/trust/ocsp.ts';
import { answerMismatch } from '../../src/trust/ocsp-answers.ts';
import { answer, CRLReasons, makeAnswer, makeResponder, single } from './ocsp-support.ts';
import { days, der, makeLeaf, makeRoot, sha256, thrownBy, type Holder } from './support.ts';

let root: Holder;
let leaf: Certificate;
let bytes: Buffer;

beforeAll(async () => {
  root = await makeRoot();
  leaf = await makeLeaf(root, { serialNumber: 'ff01' });
  bytes = await makeAnswer(leaf, root.certificate, root);
});

const critical = (oid: string): Extension => new Extension({ extnID: oid, critical: true, extnValue: new OctetString(Buffer.from('0500', 'hex')) });
/** An answer of the outermost form around a status and, if given, a body. */
const outer = (status: number, ...body: readonly Buffer[]): Buffer => der(0x30, Buffer.from([0x0a, 1, status]), ...body);

describe('what is read', () => {
  it('is the responder, the times, the status and the digest of the whole', async () => {
    expect(parseOcspResponse(bytes)).toMatchObject({
      fingerprint: sha256(bytes),
      responder: { name: root.certificate.subjectDer },
      producedAt: days(-1),
      responses: [{ status: 'good', thisUpdate: days(-1), nextUpdate: days(1), certId: { hash: 'sha1', serialNumber: 'ff01' } }],
      certificates: [],
      unusable: undefined,
    });
    expect((await answer(leaf, root, { byKey: true })).responder).toHaveProperty('keyHash');
  });

  it('is instant and reason of a revocation', async () => {
    const { responses } = await answer(leaf, root, { status: 'revoked', revokedAt: days(-3), reason: CRLReasons.keyCompromise, nextUpdate: null });
    expect(responses).toEqual([expect.objectContaining({ status: 'revoked', revokedAt: days(-3), reason: 1 })]);
    expect(responses[0]).not.toHaveProperty('nextUpdate');
    expect((await answer(leaf, root, { status: 'revoked' })).responses[0]).not.toHaveProperty('reason');
  });

  it('is every single response of several', async () => {
    const neighbour = await makeLeaf(root);
    const { responses } = await answer(leaf, root, { more: [single(neighbour, root.certificate, { status: 'unknown', hash: 'sha256' })] });
    expect(responses.map(({ status, certId }) => [status, certId.hash, certId.serialNumber])).toEqual([['good', 'sha1', 'ff01'], ['unknown', 'sha256', neighbour.serialNumber]]);
  });

  it('is the nonce and the certificates sent along', async () => {
    const responder = await makeResponder(root);
    const { nonce, certificates } = await answer(leaf, root, { nonce: Buffer.from('0102', 'hex'), certificates: [responder.certificate] }, responder);
    expect(nonce).toEqual(Buffer.from('0102', 'hex'));
    expect(certificates.map(({ fingerprint }) => fingerprint)).toEqual([responder.certificate.fingerprint]);
  });

  it('is kept but marked unusable when an extension is critical that nobody knows', async () => {
    expect((await answer(leaf, root, { extensions: [critical('1.2.3.4')] })).unusable).toBe('critical extension 1.2.3.4');
    expect((await answer(leaf, root, { singleExtensions: [critical('1.2.3.5')] })).unusable).toBe('critical extension 1.2.3.5');
    expect((await answer(leaf, root, { extensions: [new Extension({ extnID: '1.2.3.4', extnValue: new OctetString(Buffer.from('0500', 'hex')) })] })).unusable).toBeUndefined();
  });
});

describe('what is not read', () => {
  it.each([[1, 'malformedRequest'], [2, 'internalError'], [3, 'tryLater'], [5, 'sigRequired'], [6, 'unauthorized'], [9, 'status 9']])('an answer of status %d', (status, words) => {
    expect(() => parseOcspResponse(outer(status))).toThrow(`the OCSP responder answered ${words}`);
  });

  it('an answer of another type, or without a body, or with more after it', () => {
    const basic = Buffer.from('06092b0601050507300101', 'hex');
    const body = bytes.subarray(bytes.indexOf(basic) + basic.length);
    expect(parseOcspResponse(outer(0, der(0xa0, der(0x30, basic, body)))).producedAt).toEqual(days(-1));
    expect(() => parseOcspResponse(outer(0, der(0xa0, der(0x30, Buffer.from('06032a0304', 'hex'), body))))).toThrow('another type');
    expect(() => parseOcspResponse(outer(0))).toThrow('missing');
    expect(() => parseOcspResponse(outer(0, der(0xa0, der(0x30, basic, body)), Buffer.from('0500', 'hex')))).toThrow('too many');
  });

  it('what is not DER all through: an indefinite length deep inside, which the library would take', () => {
    const basic = Buffer.from('06092b0601050507300101', 'hex');
    const octets = bytes.subarray(bytes.indexOf(basic) + basic.length);
    const constructed = Buffer.concat([Buffer.from('2480', 'hex'), octets, Buffer.from('0000', 'hex')]);
    expect(() => parseOcspResponse(outer(0, der(0xa0, der(0x30, basic, constructed))))).toThrow(/wrong form|indefinite/);
  });

  it('what is not DER where nobody reads it', () => {
    const parameters = bytes.indexOf(Buffer.from('06052b0e03021a0500', 'hex')) + 7;
    const changed = Buffer.from(bytes);
    changed[parameters] = 0x24;
    expect(() => parseOcspResponse(changed)).toThrow('wrong form');
    changed[parameters] = 0x04;
    expect(parseOcspResponse(changed).responses).toHaveLength(1);
  });

  it('more than 64 KiB, 64 single responses or 8 certificates', async () => {
    expect(() => parseOcspResponse(Buffer.alloc(64 * 1024 + 1, 0x30))).toThrow('too large');
    const many = (count: number) => answer(leaf, root, { more: Array(count).fill(single(leaf, root.certificate)) as ReturnType<typeof single>[] });
    expect((await many(63)).responses).toHaveLength(64);
    await expect(many(64)).rejects.toThrow('too much');
    const sent = (count: number) => answer(leaf, root, { certificates: Array(count).fill(root.certificate) as Certificate[] });
    expect((await sent(8)).certificates).toHaveLength(8);
    await expect(sent(9)).rejects.toThrow('too many certificates');
  });

  it('any one byte changed or cut off gives an answer or an error, never a refusal', async () => {
    const responder = await makeResponder(root);
    const whole = await makeAnswer(leaf, root.certificate, responder, { nonce: Buffer.alloc(16, 1), certificates: [responder.certificate] });
    for (let position = 0; position < whole.length; position++) {
      const changed = Buffer.from(whole);
      changed[position] = (changed[position] ?? 0) ^ 0x21;
      expect(thrownBy(() => parseOcspResponse(changed))).not.toBeInstanceOf(Refusal);
      const cut = thrownBy(() => parseOcspResponse(whole.subarray(0, position)));
      expect(cut).toBeInstanceOf(Error);
      expect(cut).not.toBeInstanceOf(Refusal);
    }
    expect(() => parseOcspResponse(Buffer.concat([whole, Buffer.from([0])]))).toThrow('after the end');
  });
});

describe('a request', () => {
  it('names the certificate by its issuer’s name and key, and bears the nonce', async () => {
    const request = AsnConvert.parse(ocspRequest(leaf, root.certificate, Buffer.from('aabb', 'hex')), OCSPRequest).tbsRequest;
    const [wanted] = request.requestList;
    const given = single(leaf, root.certificate).certID;
    expect(Buffer.from(AsnConvert.serialize(wanted?.reqCert))).toEqual(Buffer.from(AsnConvert.serialize(given)));
    const [extension] = request.requestExtensions ?? [];
    expect([extension?.extnID, Buffer.from(extension?.extnValue.buffer ?? new ArrayBuffer()).toString('hex')]).toEqual(['1.3.6.1.5.5.7.48.1.2', '0402aabb']);
    expect(parseOcspResponse(await makeAnswer(leaf, root.certificate, root)).responses[0]?.certId.serialNumber).toBe(leaf.serialNumber);
  });
});

describe('an answer to a request', () => {
  const sent = Buffer.from('0011223344556677', 'hex');

  it('repeats its nonce', async () => {
    expect(answerMismatch(await answer(leaf, root, { nonce: sent }), leaf, root.certificate, sent)).toBeUndefined();
    expect(answerMismatch(await answer(leaf, root, { nonce: Buffer.alloc(8) }), leaf, root.certificate, sent)).toBe('the answer bears another nonce');
    expect(answerMismatch(await answer(leaf, root), leaf, root.certificate, sent)).toBe('the answer bears no nonce');
  });

  it('may bear none when it was made beforehand and the asker says so', async () => {
    expect(answerMismatch(await answer(leaf, root), leaf, root.certificate)).toBeUndefined();
  });

  it('is about the certificate asked for', async () => {
    const neighbour = await makeLeaf(root);
    expect(answerMismatch(await answer(neighbour, root, { nonce: sent }), leaf, root.certificate, sent)).toBe('the answer is about another certificate');
  });
});
