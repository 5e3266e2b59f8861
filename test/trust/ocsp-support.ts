// OCSP answers made with @peculiar/asn1-ocsp, an encoder independent of the reader under test; every field a reader must judge can be set.
import { createHash, webcrypto } from 'node:crypto';
import { BasicOCSPResponse, CertID, CertStatus, KeyHash, OCSPResponse, OCSPResponseStatus, ResponderID, ResponseBytes, ResponseData, RevokedInfo, SingleResponse } from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate as AsnCertificate, CRLReason, CRLReasons, Extension, Name } from '@peculiar/asn1-x509';
import type { Certificate } from '../../src/trust/certificate.ts';
import { parseOcspResponse, type OcspResponse } from '../../src/trust/ocsp.ts';
import { days, issue, oids, purposes, usage, x509, type Holder, type Shape } from './support.ts';

export { CRLReasons };

export interface AnswerShape {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly revokedAt?: Date;
  readonly reason?: CRLReasons;
  readonly thisUpdate?: Date;
  /** `null` leaves it out. */
  readonly nextUpdate?: Date | null;
  readonly producedAt?: Date;
  readonly hash?: 'sha1' | 'sha256' | 'sha512';
  readonly byKey?: boolean;
  readonly nonce?: Buffer;
  readonly certificates?: readonly Certificate[];
  /** Put in place of the issuer of the certificate in CertID. */
  readonly about?: Certificate;
  readonly singleExtensions?: readonly Extension[];
  readonly extensions?: readonly Extension[];
  readonly more?: readonly SingleResponse[];
}

const digestOids = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3' };
const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const keyBits = (certificate: Certificate): Buffer => {
  const info = AsnConvert.parse(certificate.der, AsnCertificate).tbsCertificate.subjectPublicKeyInfo;
  return Buffer.from(info.subjectPublicKey);
};

export function single(certificate: Certificate, issuer: Certificate, shape: AnswerShape = {}): SingleResponse {
  const { status = 'good', hash = 'sha1' } = shape;
  const digest = (bytes: Buffer): OctetString => new OctetString(createHash(hash).update(bytes).digest());
  const serial = Buffer.from(certificate.serialNumber, 'hex');
  const reason = shape.reason === undefined ? {} : { revocationReason: new CRLReason(shape.reason) };
  const nextUpdate = shape.nextUpdate === null ? {} : { nextUpdate: shape.nextUpdate ?? days(1) };
  return new SingleResponse({
    certID: new CertID({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: digestOids[hash], parameters: null }),
      issuerNameHash: digest((shape.about ?? issuer).subjectDer),
      issuerKeyHash: digest(keyBits(shape.about ?? issuer)),
      serialNumber: arrayBuffer((serial[0] ?? 0) < 0x80 ? serial : Buffer.concat([Buffer.from([0]), serial])),
    }),
    certStatus: new CertStatus(status === 'good' ? { good: null } : status === 'unknown' ? { unknown: null } : { revoked: new RevokedInfo({ revocationTime: shape.revokedAt ?? days(-2), ...reason }) }),
    thisUpdate: shape.thisUpdate ?? days(-1),
    ...nextUpdate,
    ...(shape.singleExtensions === undefined ? {} : { singleExtensions: [...shape.singleExtensions] }),
  });
}

/** An answer about `certificate` of `issuer`, signed by `signer`, as bytes. */
export async function makeAnswer(certificate: Certificate, issuer: Certificate, signer: Holder, shape: AnswerShape = {}): Promise<Buffer> {
  const { subjectDer } = signer.certificate;
  const keyHash = new KeyHash(createHash('sha1').update(keyBits(signer.certificate)).digest());
  const nonce = shape.nonce === undefined ? [] : [new Extension({ extnID: '1.3.6.1.5.5.7.48.1.2', extnValue: new OctetString(AsnConvert.serialize(new OctetString(shape.nonce))) })];
  const extensions = [...nonce, ...(shape.extensions ?? [])];
  const tbsResponseData = new ResponseData({
    responderID: new ResponderID(shape.byKey === true ? { byKey: keyHash } : { byName: AsnConvert.parse(subjectDer, Name) }),
    producedAt: shape.producedAt ?? shape.thisUpdate ?? days(-1),
    responses: [single(certificate, issuer, shape), ...(shape.more ?? [])],
    ...(extensions.length === 0 ? {} : { responseExtensions: extensions }),
  });
  const signed = AsnConvert.serialize(tbsResponseData);
  const raw = Buffer.from(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signer.keys.privateKey, signed));
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }),
    signature: arrayBuffer(derSignature(raw)),
    ...(shape.certificates === undefined ? {} : { certs: shape.certificates.map((entry) => AsnConvert.parse(entry.der, AsnCertificate)) }),
  });
  const responseBytes = new ResponseBytes({ responseType: '1.3.6.1.5.5.7.48.1.1', response: new OctetString(AsnConvert.serialize(basic)) });
  return Buffer.from(AsnConvert.serialize(new OCSPResponse({ responseStatus: OCSPResponseStatus.successful, responseBytes })));
}

export async function answer(certificate: Certificate, issuer: Holder, shape: AnswerShape = {}, signer: Holder = issuer): Promise<OcspResponse> {
  return parseOcspResponse(await makeAnswer(certificate, issuer.certificate, signer, shape));
}

/** A responder as an authority certifies one, with id-pkix-ocsp-nocheck unless told otherwise. */
export function makeResponder(issuer: Pick<Holder, 'name' | 'keys'>, shape: Shape = {}): Promise<Holder> {
  const noCheck = new x509.Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.from('0500', 'hex'));
  return issue(issuer, { subject: [{ CN: ['OCSP'] }], usages: [usage.digitalSignature], extensions: [purposes(oids.ocsp), noCheck], ...shape });
}

/** r‖s → SEQUENCE of two integers. */
function derSignature(raw: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.subarray(start);
    const content = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
    return Buffer.concat([Buffer.from([2, content.length]), content]);
  };
  const content = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

