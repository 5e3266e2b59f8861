// Evidence from the real thing: a gateway with a time-stamp authority, an OCSP responder, a witness and an agency beside it; a dossier that was accepted and
// answered, whose checkpoint was stamped, cosigned, and stamped again because the first authority's certificate ends soon.
import { generateKeyPairSync, KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { digestOf } from '../../src/client/verify-message.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { startTimeStampServer } from '../../src/development/time-stamp-server.ts';
import type { TimeStampServer } from '../../src/development/time-stamp-server.ts';
import { lineText, parseNote, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { findCheckpoint } from '../../src/store/log.ts';
import { findStamps } from '../../src/store/stamps.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { signedDossier } from '../support/dossiers.ts';
import { loadPki } from '../support/pki.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import { responds } from '../freshness/responder.ts';
import { startServer } from '../freshness/support.ts';
import { createClock, DAY_MS, HOUR_MS, timeStampCredential } from '../stamp/support.ts';
import type { Clock } from '../stamp/support.ts';
import { issue, makeRoot, makeSubordinate, unitName } from '../trust/support.ts';
import type { Holder } from '../trust/support.ts';

export interface RealEvidence {
  readonly site: Site;
  readonly clock: Clock;
  readonly pki: DevelopmentPki;
  readonly dossier: Buffer;
  readonly digest: string;
  readonly container: Buffer;
  readonly logKey: string;
  readonly witnessKey: string;
  /** The gateway's trust folder, and one with roots alone. */
  readonly trust: string;
  readonly roots: string;
  /** Of the unit's certificate, of which only a responder says that it is good. */
  readonly unitRoot: Holder;
  stop(): Promise<void>;
}

export async function makeRealEvidence(): Promise<RealEvidence> {
  const folder = mkdtempSync(join(tmpdir(), 'real-evidence-'));
  const [clock, pki, backend, server] = [createClock(), await loadPki(), await startReferenceBackend(), await startServer()];
  const validity = { notBefore: new Date(Date.now() - 30 * DAY_MS), notAfter: new Date(Date.now() + 300 * DAY_MS) };
  const unitRoot = await makeRoot('Root without lists', validity);
  const unitAuthority = await makeSubordinate(unitRoot, 'CA without lists', validity);
  const unit = await issue(unitAuthority, { subject: unitName, ...validity });
  const sources = [['/root', unitRoot], ['/ca', unitAuthority]] as const;
  for (const [path, by] of sources) server.behaviours.set(path, responds(() => ({ by, status: 'good', thisUpdate: secondOf(clock.now()), nextUpdate: new Date(secondOf(clock.now()).getTime() + DAY_MS) })));
  writeTrust(folder, pki, unitRoot, unitAuthority, Object.fromEntries(sources.map(([path, { certificate }]) => [certificate.fingerprint, { ocsp: [`${server.url}${path}`] }])));
  const tsa = await startTimeStampServer({ credential: timeStampCredential(pki, 100), now: clock.now });
  const site = await startSite({ backendUrl: backend.url, environment: { GATEWAY_TRUST_FOLDER: join(folder, 'trust'), GATEWAY_STAMP_URL: tsa.url, GATEWAY_STAMP_RECEIPTS: 'on' }, world: { now: clock.now } });
  const dossier = await signedDossier({ key: KeyObject.from(unit.keys.privateKey), certificates: [unit.certificate.der] }, { mark: 'chứng cứ' });
  const digest = await accepted(site, dossier, clock);
  const fetchEvidence = async (): Promise<Buffer> => (await site.direct.get(`/v1/dossiers/${digest}/evidence`)).body;
  await until('the result', async () => (await site.direct.get(`/v1/dossiers/${digest}/result`)).status === 200);
  await fetchEvidence(); // enters what waits
  await stampTwice(site, tsa, clock, pki);
  const witnessKey = await cosign(site, clock);
  return {
    site, clock, pki, dossier, digest, witnessKey, unitRoot, trust: join(folder, 'trust'), roots: join(folder, 'roots'),
    container: await fetchEvidence(), logKey: (await site.direct.get('/v1/log/key')).body.toString('utf8').trim(),
    stop: async () => {
      await site.stop();
      await Promise.all([backend.stop(), tsa.stop(), server.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeTrust(folder: string, pki: DevelopmentPki, unitRoot: Holder, unitAuthority: Holder, authorities: object): void {
  const [roots, rest] = [
    [['root.pem', pki.root.certificatePem], ['other-root.cer', unitRoot.certificate.der]],
    [['subordinate.pem', pki.subordinate.certificatePem], ['root.crl.pem', pki.rootCrlPem], ['subordinate.crl.pem', pki.subordinateCrlPem], ['other-ca.cer', unitAuthority.certificate.der], ['revocation-sources.json', JSON.stringify({ authorities })]],
  ] as const;
  for (const inner of ['trust', 'roots']) mkdirSync(join(folder, inner));
  for (const [name, content] of [...roots, ...rest]) writeFileSync(join(folder, 'trust', name), content);
  for (const [name, content] of roots) writeFileSync(join(folder, 'roots', name), content);
}

async function accepted({ ivan }: Site, dossier: Buffer, clock: Clock): Promise<string> {
  const receipt = await until('the responders have been asked', async () => {
    clock.turn(10_000); // past the worker's patience
    const answer = await ivan.post('/v1/dossiers', dossier);
    return answer.status === 503 ? undefined : answer;
  });
  if (receipt.status !== 201) throw new Error(`${receipt.status} ${receipt.body.toString('utf8')}`);
  return digestOf(dossier);
}

/** The first authority's certificate lasts so few days that its stamp is renewed on the eleventh. */
async function stampTwice({ gateway: { database: { query }, stamping } }: Site, tsa: TimeStampServer, clock: Clock, pki: DevelopmentPki): Promise<void> {
  clock.turn(61_000);
  await stamping.work();
  await until('the stamp to be in the log', async () => (await query('SELECT 1 FROM log_waiting')).length === 0); // what is renewed is looked for once an hour
  tsa.behave({ credential: timeStampCredential(pki, 700) });
  clock.turn(11 * DAY_MS + 2 * HOUR_MS);
  await until('both stamps', async () => {
    await stamping.work();
    return (await findStamps(query, 1)).length === 2;
  });
}

async function cosign({ gateway: { database: { query } } }: Site, clock: Clock): Promise<string> {
  const witness = signerOf('witness.example/w1', generateKeyPairSync('ed25519').privateKey, 'witness');
  const [stamped] = await findStamps(query, 1);
  const checkpoint = await findCheckpoint(query, stamped?.size);
  const line = lineText(signatureLine(parseNote(checkpoint?.note ?? '')?.text ?? '', witness, clock.now()));
  await query('INSERT INTO log_cosignature (size, witness, line, at) VALUES ($1, $2, $3, now())', [checkpoint?.size, witness.name, line]);
  return verifierText(witness);
}

/** The same roots, years later, with no more than the lists of that day. */
export function trustAt({ pki, unitRoot }: RealEvidence, at: Date): TrustMaterial {
  const list = (issuer: DevelopmentPki['root']): Buffer => Buffer.from(issueCrl({ issuer, thisUpdate: at, nextUpdate: new Date(at.getTime() + 30 * DAY_MS) }));
  return parseTrustMaterial([['root.pem', Buffer.from(pki.root.certificatePem)], ['other-root.cer', unitRoot.certificate.der], ['root.crl', list(pki.root)], ['ca.crl', list(pki.subordinate)]].map(([name, bytes]) => ({ name: String(name), bytes: bytes as Buffer })));
}

/** OCSP knows no fractions. */
function secondOf(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
