// Is an answer one that the interface description describes? Status, headers, media type, and the body against its schema.
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';

import type { ProblemCode } from '../../src/errors/problems.ts';
import type { Operation } from '../../src/http/operations/operation.ts';
import type { Answer, Site } from './site.ts';

interface Media { readonly content?: Readonly<Record<string, unknown>>; readonly headers: Readonly<Record<string, unknown>> }
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: Readonly<Record<string, Media>> }>>>>;
}

export interface Described {
  readonly served: Description;
  check(operation: Operation, answer: Answer): void;
}

export async function readDescription(site: Site): Promise<Described> {
  const served = JSON.parse((await site.direct.get('/v1/openapi.json')).body.toString('utf8')) as Description;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ ...served, $id: 'urn:ivan:description' });
  return { served, check: (operation, answer) => { check(served, ajv, operation, answer); } };
}

const told = ['etag', 'location', 'ivan-state', 'ivan-rule-set', 'ivan-relay-due-at', 'request-id', 'retry-after', 'vary'];

function check(served: Description, ajv: Ajv2020, operation: Operation, answer: Answer): void {
  const described = served.paths[operation.path]?.[operation.method.toLowerCase()]?.responses[String(answer.status)];
  expect(described).toBeDefined();
  for (const header of told) {
    if (answer.headers[header] !== undefined && answer.status < 400) expect(Object.keys(described?.headers ?? {}).map((key) => key.toLowerCase())).toContain(header);
  }
  if (answer.status === 304) return;
  const type = String(answer.headers['content-type']).split(';')[0] ?? '';
  expect(Object.keys(described?.content ?? {})).toContain(type);
  if (!type.endsWith('json')) return;
  const validate = ajv.compile({ $ref: `urn:ivan:description#${pointer('paths', operation.path, operation.method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema')}` });
  const body: unknown = JSON.parse(answer.body.toString('utf8'));
  expect([validate(body), validate.errors]).toEqual([true, null]);
  if (type.startsWith('application/problem')) expect(operation.problems).toContain((body as { code: ProblemCode }).code);
}

function pointer(...parts: readonly string[]): string {
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('').replaceAll('%', '%25').replaceAll('{', '%7B').replaceAll('}', '%7D');
}
