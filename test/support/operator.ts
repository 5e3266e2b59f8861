// An operator of the gateway under test: a client certificate that its operators' file names, and JSON in and out.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Credential } from '../../src/development/certificates.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { employerLike } from './pki.ts';
import { callerTo, fingerprintOf } from './site.ts';
import type { Caller, Site } from './site.ts';

export const operatorName = 'Phạm Thị Trực';

export interface OperatorIdentity {
  readonly credential: Credential;
  readonly environment: { readonly GATEWAY_OPERATORS_FILE: string };
  readonly folder: string;
}

export function makeOperator(pki: DevelopmentPki): OperatorIdentity {
  const credential = employerLike(pki, { subject: { C: 'VN', CN: operatorName }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const folder = mkdtempSync(join(tmpdir(), 'gateway-operator-'));
  const file = join(folder, 'operators.json');
  writeFileSync(file, JSON.stringify({ operators: [{ name: operatorName, fingerprint: fingerprintOf(credential.certificatePem) }] }));
  return { credential, environment: { GATEWAY_OPERATORS_FILE: file }, folder };
}

export interface JsonAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

export interface OperatorCaller {
  readonly caller: Caller;
  get(path: string): Promise<JsonAnswer>;
  post(path: string, body?: unknown): Promise<JsonAnswer>;
}

export function operatorOf({ pki, gateway }: Site, { credential }: OperatorIdentity): OperatorCaller {
  const caller = callerTo(gateway.url, pki, { cert: credential.certificatePem, key: credential.privateKeyPem });
  const read = ({ status, body }: { status: number; body: Buffer }): JsonAnswer => ({ status, json: JSON.parse(body.toString('utf8')) as Record<string, unknown> });
  return {
    caller,
    get: async (path) => read(await caller.get(`/v1/admin/${path}`)),
    post: async (path, body = {}) => read(await caller.post(`/v1/admin/${path}`, JSON.stringify(body), { 'content-type': 'application/json' })),
  };
}
