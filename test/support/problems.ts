// What every answer that is no success must look like: a problem with a listed code in both languages, or signed XML; never anything else.
import { X509Certificate } from 'node:crypto';

import { expect } from '@jest/globals';

import { problemTexts } from '../../src/errors/problems.ts';
import type { ProblemCode } from '../../src/errors/problems.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import type { Answer, Site } from './site.ts';

export function expectProblem({ status, headers, body }: Pick<Answer, 'status' | 'headers'> & { readonly body: Buffer | string }, code: ProblemCode): void {
  const text = body.toString();
  expect([status, headers['content-type'], text]).toEqual([problemTexts[code].status, 'application/problem+json', expect.stringMatching(/^\{.*\}$/)]);
  const problem = JSON.parse(text) as Record<string, unknown>;
  const sentence: unknown = expect.stringMatching(/^[^{}]{8,}$/);
  expect(problem).toEqual({
    type: `/v1/errors#${code}`, code, status, title: problem['vi'], requestId: headers['request-id'],
    vi: sentence, en: sentence, actionVi: sentence, actionEn: sentence,
  });
  expect(headers['request-id']).toMatch(/^[0-9a-f-]{36}$/);
}

/** The signed XML of an answer, after checking that the gateway's own certificate signed it. */
export function signedXml({ pki }: Site, { headers, body }: Answer): string {
  expect([headers['content-type'], headers['request-id']]).toEqual(['application/xml; charset=utf-8', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  const signed = verifySignature(parse(body), { path: ['BHXH'] });
  expect(signed.certificate).toEqual(new X509Certificate(pki.gatewaySigning.certificatePem).raw);
  return body.toString('utf8');
}
