// OCSP (RFC 6960) as the worker speaks it: the question about one certificate, and whether an answer to it may be kept. Judged as `trust/` will
// judge it when it is used – about this certificate, signed by who may, in force – so that nothing is kept that helps nobody.
import type { Certificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { answerMismatch, statementsOfAnswers } from '../trust/ocsp-answers.ts';
import { parseOcspResponse } from '../trust/ocsp.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { issuerOf } from './authorities.ts';

export interface OcspAnswer {
  readonly response: OcspResponse;
  readonly thisUpdate: Date;
  /** From when on it counts for nothing. */
  readonly until: Date;
}

export interface Asked {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly nonce: Buffer;
  readonly at: Date;
}

/** How far a responder's clock may be ahead of ours. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;
const LONGEST_PATH = 6;

/** @throws Error that says why the answer is none. */
export function readOcspAnswer(der: Buffer, { certificate, issuer, nonce, at }: Asked, material: TrustMaterial): OcspAnswer {
  const response = parseOcspResponse(der);
  if (response.unusable !== undefined) throw new Error(`an OCSP answer that cannot be used: ${response.unusable}`);
  // Most responders sign their answers beforehand, without a nonce; one that has a nonce must have ours.
  const mismatch = answerMismatch(response, certificate, issuer, response.nonce === undefined ? undefined : nonce);
  if (mismatch !== undefined) throw new Error(mismatch);
  const delegates = [...material.anchors, ...material.intermediates, ...material.delegates];
  const question = { certificate, issuers: upwardsFrom(issuer, material), lists: material.revocationLists, responses: [response], delegates, at };
  const [statement] = statementsOfAnswers(question);
  if (statement === undefined) throw new Error('an OCSP answer that says nothing, or is signed by nobody who may');
  const { thisUpdate, until } = statement;
  if (until <= at) throw new Error(`an OCSP answer that expired at ${until.toISOString()}`);
  if (thisUpdate.getTime() > at.getTime() + CLOCK_DIFFERENCE_MS) throw new Error(`an OCSP answer of the future: ${thisUpdate.toISOString()}`);
  return { response, thisUpdate, until };
}

/** The issuer, its issuer, and so on to the anchor. */
function upwardsFrom(issuer: Certificate, material: TrustMaterial): [Certificate, ...Certificate[]] {
  const path: [Certificate, ...Certificate[]] = [issuer];
  for (let last = issuerOf(issuer, material); last !== undefined && !path.includes(last) && path.length < LONGEST_PATH; last = issuerOf(last, material)) path.push(last);
  return path;
}
