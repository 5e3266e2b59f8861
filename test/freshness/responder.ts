// An OCSP responder for tests, written with the encoder of @peculiar/asn1-ocsp and node:crypto: good, revoked, unknown, and wrong in single points.
import { createHash, sign, KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import ocsp from '@peculiar/asn1-ocsp';
import schema from '@peculiar/asn1-schema';
import asn1 from '@peculiar/asn1-x509';

import type { Certificate } from '../../src/trust/certificate.ts';
import type { Holder } from '../trust/support.ts';
import type { Behaviour } from './support.ts';

export interface AnswerShape {
  /** Signs, and is named as responder. */
  readonly by: Holder;
  /** Sent along: the certificate of a delegate. */
  readonly with?: readonly Certificate[];
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  /** Echo of the question's unless told; `null` leaves it out. */
  readonly nonce?: Buffer | null;
  /** About another serial number than the one asked for. */
  readonly serialNumber?: string;
}

/** The digest that node:crypto would give the key identifier of RFC 6960. */
const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

export function answerTo(question: Buffer, shape: AnswerShape): Buffer {
  const { tbsRequest } = schema.AsnConvert.parse(question, ocsp.OCSPRequest);
  const [asked] = tbsRequest.requestList;
  if (asked === undefined) throw new Error('a question about nothing');
  const certID = asked.reqCert;
  if (shape.serialNumber !== undefined) certID.serialNumber = new Uint8Array(Buffer.from(shape.serialNumber, 'hex')).buffer;
  const nonce = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === '1.3.6.1.5.5.7.48.1.2');
  const own = shape.nonce && new asn1.Extension({ extnID: '1.3.6.1.5.5.7.48.1.2', extnValue: new schema.OctetString(schema.AsnConvert.serialize(new schema.OctetString(shape.nonce))) });
  const echoed = shape.nonce === null ? undefined : (own ?? nonce);
  const data = new ocsp.ResponseData({
    responderID: new ocsp.ResponderID({ byKey: new schema.OctetString(sha1(shape.by.certificate.publicKeyBits)) }),
    producedAt: shape.thisUpdate,
    responses: [new ocsp.SingleResponse({ certID, certStatus: statusOf(shape), thisUpdate: shape.thisUpdate, ...(shape.nextUpdate === undefined ? {} : { nextUpdate: shape.nextUpdate }) })],
    ...(echoed === undefined ? {} : { responseExtensions: [echoed] }),
  });
  const key = KeyObject.from(shape.by.keys.privateKey);
  const basic = new ocsp.BasicOCSPResponse({
    tbsResponseData: data,
    signatureAlgorithm: new asn1.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }),
    signature: new Uint8Array(sign('sha256', Buffer.from(schema.AsnConvert.serialize(data)), key)).buffer,
    ...(shape.with === undefined ? {} : { certs: shape.with.map(({ der }) => schema.AsnConvert.parse(der, asn1.Certificate)) }),
  });
  const responseBytes = new ocsp.ResponseBytes({ responseType: '1.3.6.1.5.5.7.48.1.1', response: new schema.OctetString(schema.AsnConvert.serialize(basic)) });
  return Buffer.from(schema.AsnConvert.serialize(new ocsp.OCSPResponse({ responseStatus: ocsp.OCSPResponseStatus.successful, responseBytes })));
}

function statusOf({ status = 'good', thisUpdate }: AnswerShape): InstanceType<typeof ocsp.CertStatus> {
  if (status === 'good') return new ocsp.CertStatus({ good: null });
  if (status === 'unknown') return new ocsp.CertStatus({ unknown: null });
  return new ocsp.CertStatus({ revoked: new ocsp.RevokedInfo({ revocationTime: thisUpdate }) });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks);
}

/** Answers every question with this shape, or what `make` says at the time. */
export function responds(make: () => AnswerShape): Behaviour {
  return (request, response) => {
    void bodyOf(request).then((question) => { response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(answerTo(question, make())); });
  };
}
