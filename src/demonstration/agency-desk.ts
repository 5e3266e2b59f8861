// What can be seen at the reference agency of a case: its steps, hand-overs, history and papers, asked for as a gateway may.
import { request } from 'node:https';

import type { VirtualSite } from './virtual-site.ts';

export interface CaseView {
  readonly number: string;
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly room: string; readonly receivedAt: string; readonly dueAt: string; readonly returnedAt: string | null }[];
  readonly handOvers: readonly { readonly fromRoom: string; readonly toRoom: string; readonly givenBy: string; readonly givenAt: string; readonly takenBy: string; readonly takenAt: string; readonly what: string; readonly checksum: string | null }[];
  readonly history: readonly { readonly at: string; readonly room: string; readonly officer: string; readonly action: string }[];
  readonly documents: readonly { readonly position: number; readonly kind: string; readonly name: string; readonly copies: number; readonly madeAt: string }[];
  readonly tasks: readonly { readonly number: string; readonly toRoom: string; readonly askedAt: string; readonly dueAt: string; readonly answeredAt: string | null }[];
  readonly books: readonly { readonly state: string; readonly content: { readonly slip: string | null; readonly blanks: readonly string[]; readonly cuts: readonly unknown[] } }[];
  readonly parcel: { readonly tracking: string } | null;
}

export interface AgencyDesk {
  readonly caseOf: (digest: string) => Promise<CaseView>;
  readonly documentOf: (digest: string, position: number) => Promise<Buffer>;
}

export function agencyDesk({ backend, pki }: VirtualSite): AgencyDesk {
  const tls = { cert: pki.gatewayClient.chainPem, key: pki.gatewayClient.privateKeyPem, ca: pki.root.certificatePem };
  return {
    caseOf: async (digest) => JSON.parse((await fetchFrom(`${backend.url}/cases/${digest}`, tls)).toString('utf8')) as CaseView,
    documentOf: (digest, position) => fetchFrom(`${backend.url}/cases/${digest}/documents/${position}`, tls),
  };
}

export function fetchFrom(url: string, tls: { readonly cert?: string; readonly key?: string; readonly ca: string }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request(url, { ...tls, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}`));
      });
    }).on('error', reject).end();
  });
}
