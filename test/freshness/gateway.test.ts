// Guarantee: through the real gateway, a list that is missing or stale is "not now" for its own authority and nobody else, intake never waits for
// a server of an authority, and once the list is to be had the same dossier is accepted without a restart.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createAuthority } from '../../src/development/certificates.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import { fails, hangs, serves, startServer } from './support.ts';
import type { Server } from './support.ts';

let pki: DevelopmentPki;
let other: Credential;
let server: Server;
let folder: string;
let site: Site | undefined;
let offset = 0;
let marks = 0;

const now = (): Date => new Date(Date.now() + offset);
const days = (count: number): number => count * 86_400_000;

beforeAll(async () => {
  pki = await loadPki();
  const today = new Date();
  other = createAuthority({ subject: { C: 'VN', CN: 'Other CA (Development)' }, issuer: pki.root, notBefore: daysAfter(today, -60), notAfter: daysAfter(today, 3000) });
});

beforeEach(async () => {
  offset = 0;
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'trust-'));
  for (const [name, pem] of Object.entries({ 'root.pem': pki.root.certificatePem, 'subordinate.pem': pki.subordinate.certificatePem, 'other.pem': other.certificatePem, 'root.crl.pem': pki.rootCrlPem, 'subordinate.crl.pem': pki.subordinateCrlPem })) put(name, pem);
  listSource(other, '/other.crl');
});

afterEach(async () => {
  await site?.stop();
  if (site !== undefined) await audit(site.databaseUrl);
  site = undefined;
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function listSource(authority: Credential, path: string): void {
  const [certificate] = parseTrustMaterial([{ name: 'a.pem', bytes: Buffer.from(pki.root.certificatePem + authority.certificatePem) }]).intermediates;
  put('revocation-sources.json', JSON.stringify({ authorities: { [certificate?.fingerprint ?? '']: { lists: [`${server.url}${path}`] } } }));
}

function listOf(authority: Credential, thisUpdate = now(), lasts = days(1)): Buffer {
  return Buffer.from(issueCrl({ issuer: authority, thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + lasts) }));
}

async function start(environment: Record<string, string> = {}): Promise<Site> {
  site = await startSite({ world: { now }, environment: { GATEWAY_TRUST_FOLDER: folder, GATEWAY_REVOCATION_TIMEOUT_SECONDS: '1', ...environment } });
  return site;
}

/** A dossier of a unit whose certificate the other authority issued. */
function dossier(issuer: Credential = other): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(employerLike(pki, { issuer })), { mark: `thu hồi ${marks}` });
}

const file = ({ ivan }: Site, bytes: Buffer): Promise<Answer> => ivan.post('/v1/dossiers', bytes);
const staleOf = async ({ direct }: Site): Promise<readonly string[]> => (JSON.parse((await direct.get('/health/ready')).body.toString()) as { revocation: { stale: string[] } }).revocation.stale;

describe('an authority whose list is not to be had', () => {
  it('is "not now" for its own signers, at once; the others are served while its server hangs', async () => {
    server.behaviours.set('/other.crl', hangs);
    const running = await start({ GATEWAY_REVOCATION_TIMEOUT_SECONDS: '300' });
    await until('the worker asks', () => Promise.resolve(server.asked.length > 0));
    const refused = await file(running, await dossier());
    expect([refused.status, refused.headers['retry-after'], (JSON.parse(refused.body.toString()) as { code: string }).code]).toEqual([503, '5', 'UNAVAILABLE']);
    expect((await file(running, await dossier(pki.subordinate))).status).toBe(201);
    expect([await staleOf(running), server.asked.length]).toEqual([[expect.stringContaining('Other CA')], 1]);
  });

  it('serves its signers as soon as the list is there: the same dossier, without a restart', async () => {
    server.behaviours.set('/other.crl', fails);
    const running = await start();
    const bytes = await dossier();
    expect((await file(running, bytes)).status).toBe(503);
    server.behaviours.set('/other.crl', serves(listOf(other)));
    const accepted = await until('the list is there', async () => {
      offset += 10_000; // past the worker's patience
      const answer = await file(running, bytes);
      return answer.status === 503 ? undefined : answer;
    });
    expect([accepted.status, await staleOf(running)]).toEqual([201, []]);
  });

  it('answers a dry run in the same way', async () => {
    server.behaviours.set('/other.crl', fails);
    const running = await start();
    expect((await running.ivan.post('/v1/dossiers?dry-run', await dossier())).status).toBe(503);
  });
});

describe('a list that has become stale', () => {
  it('is "not now" until its successor is served, and then the same dossier is accepted', async () => {
    server.behaviours.set('/other.crl', serves(listOf(other)));
    const running = await start();
    await until('the first list is there', async () => (await staleOf(running)).length === 0);
    expect((await file(running, await dossier())).status).toBe(201);

    server.behaviours.set('/other.crl', fails);
    offset = days(2);
    const bytes = await dossier();
    expect((await file(running, bytes)).status).toBe(503);

    server.behaviours.set('/other.crl', serves(listOf(other)));
    const accepted = await until('the next list is there', async () => {
      offset += 10_000;
      const answer = await file(running, bytes);
      return answer.status === 503 ? undefined : answer;
    });
    expect(accepted.status).toBe(201);
    expect(readdirSync(join(folder, 'fetched')).filter((name) => name.endsWith('.crl'))).toHaveLength(1);
  });

  it('of the gateway’s own authority is fetched before the start; if it cannot be, there is no start', async () => {
    rmSync(join(folder, 'subordinate.crl.pem'));
    listSource(pki.subordinate, '/subordinate.crl');
    server.behaviours.set('/subordinate.crl', fails);
    await expect(start()).rejects.toThrow('GATEWAY_SIGNING_CERTIFICATE_FILE is not trusted');
    server.behaviours.set('/subordinate.crl', serves(listOf(pki.subordinate)));
    const running = await start();
    expect((await file(running, await dossier(pki.subordinate))).status).toBe(201);
  });
});

describe('a gateway that is told not to fetch', () => {
  it('fetches nothing, but takes up what another process fetched', async () => {
    server.behaviours.set('/other.crl', serves(listOf(other)));
    const fetched = mkdtempSync(join(tmpdir(), 'fetched-'));
    const running = await start({ GATEWAY_REVOCATION_FETCH: 'off', GATEWAY_REVOCATION_FOLDER: fetched });
    const refused = await file(running, await dossier());
    expect([refused.status, refused.headers['retry-after'], server.asked]).toEqual([503, '300', []]);
    await running.stop();

    writeFileSync(join(fetched, 'other.crl'), Buffer.from(listOf(other).toString().replace(/-----[^-]+-----/g, ''), 'base64'));
    writeFileSync(join(fetched, 'bad.crl'), 'not a list');
    writeFileSync(join(fetched, 'root.pem'), pki.employer.certificatePem); // nothing but lists is taken from there
    const again = await start({ GATEWAY_REVOCATION_FETCH: 'off', GATEWAY_REVOCATION_FOLDER: fetched });
    expect((await file(again, await dossier())).status).toBe(201);
    expect(again.log.filter(({ message }) => message === 'fetched revocation list not used').map(({ details }) => details['name'])).toEqual(['bad.crl']);
    rmSync(fetched, { recursive: true });
  });
});
