// Guarantee: who is on the wire is known on every connection, a resumed one too, and the contract of that very moment decides.
import { request } from 'node:https';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { registerContract } from '../../src/registers/record-contract.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { fingerprintOf, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

let site: Site;
let marks = 0;

beforeAll(async () => {
  site = await startSite();
});

afterAll(async () => {
  await audit(site.databaseUrl);
  await site.stop();
});

function dossier(): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { mark: `danh tính ${marks}` });
}

/** One request on a connection of its own; gives the TLS session for the next. */
async function postOnce(maxVersion: 'TLSv1.2' | 'TLSv1.3', body: Buffer, session?: Buffer): Promise<{ status: number | undefined; resumed: boolean; session: Buffer | undefined }> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ host: '127.0.0.1', port: site.gateway.port, servername: 'localhost', ca: [site.pki.root.certificatePem], cert: site.pki.ivan.chainPem, key: site.pki.ivan.privateKeyPem, maxVersion, ...(session === undefined ? {} : { session }) }, () => { resolve(opened); });
    opened.once('error', reject);
  });
  let ticket: Buffer | undefined;
  socket.on('session', (fresh) => { ticket = fresh; });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = request({ path: '/v1/dossiers', method: 'POST', createConnection: () => socket, headers: { host: 'localhost', 'content-type': 'application/xml', 'content-length': body.length, connection: 'close' } }, (response) => {
      response.resume();
      response.on('end', () => { resolve(response.statusCode); });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  ticket ??= socket.getSession();
  const resumed = socket.isSessionReused();
  socket.destroy();
  return { status, resumed, session: ticket };
}

describe('an I-VAN', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is known on a resumed %s session', async (version) => {
    const first = await postOnce(version, await dossier());
    const second = await postOnce(version, await dossier(), first.session);
    expect([first.status, first.resumed, second.status, second.resumed]).toEqual([201, false, 201, true]);
  });

  it.each([
    ['suspended', { state: 'suspended' as const }],
    ['ended', { state: 'ended' as const }],
    ['expired', { validUntil: new Date(Date.now() - 1000) }],
    ['not yet begun', { validFrom: new Date(Date.now() + 86_400_000) }],
  ])('whose contract is %s gets a signed refusal', async (_state, change) => {
    const contract = { ivanCode: '00040', fingerprint: fingerprintOf(site.pki.ivan.certificatePem), state: 'active' as const, validFrom: new Date(Date.now() - 86_400_000), validUntil: new Date(Date.now() + 86_400_000) };
    await registerContract(site.gateway.database, { ...contract, ...change }, new Date());
    const refused = await site.ivan.post('/v1/dossiers', await dossier());
    await registerContract(site.gateway.database, contract, new Date());
    expect([refused.status, /<TEN>(IVAN_\w+)<\/TEN>/.exec(refused.body.toString('utf8'))?.[1]]).toEqual([422, 'IVAN_CONTRACT_INACTIVE']);
    expect((await site.ivan.post('/v1/dossiers', await dossier())).status).toBe(201);
  });
});
