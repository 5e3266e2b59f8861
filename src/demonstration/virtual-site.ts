// A site on a virtual clock: gateway and reference agency in one process, each with a real database, real TLS and real signatures, and both by a
// time that jumps from one due thing to the next. Sixty working days take as long as their work does.
import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readSettings } from '../backend/config.ts';
import { startBackend } from '../backend/server.ts';
import type { Backend, Log } from '../backend/server.ts';
import { connect } from '../client/index.ts';
import type { GatewayClient } from '../client/index.ts';
import { readConfig } from '../config.ts';
import { startEmbeddedDatabase } from '../development/database.ts';
import type { EmbeddedDatabase } from '../development/database.ts';
import { registerDevelopmentIvan } from '../development/ivan.ts';
import { fileNameOf, writePki } from '../development/pki-folder.ts';
import { createDevelopmentPki } from '../development/pki.ts';
import type { DevelopmentPki, Party } from '../development/pki.ts';
import { backendFiles, gatewayFiles } from '../development/site.ts';
import { createVirtualClock } from '../development/virtual-clock.ts';
import type { VirtualClock } from '../development/virtual-clock.ts';
import { startGateway } from '../gateway.ts';
import type { RunningGateway } from '../gateway.ts';

export interface VirtualSite {
  readonly clock: VirtualClock;
  readonly pki: DevelopmentPki;
  readonly gateway: RunningGateway;
  readonly backend: Backend;
  readonly databaseUrl: string;
  readonly trustFolder: string;
  /** SHA-256 of the certificate that the gateway signs with. */
  readonly gatewayFingerprint: string;
  /** As the registered I-VAN. */
  readonly client: GatewayClient;
  stop(): Promise<void>;
}

const silence: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Real days for TLS and virtual ones for signatures: certificates hold for both. */
const LASTING = { certificates: 30 * 365, lists: 2 * 365 };

/** `folder` is made; its database begins empty. */
export async function openVirtualSite(folder: string, start: Date): Promise<VirtualSite> {
  await mkdir(folder, { recursive: true });
  const pki = await createDevelopmentPki({ now: start, lasting: LASTING });
  await writePki(join(folder, 'pki'), pki);
  const database = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false });
  const clock = createVirtualClock(start);
  try {
    return await raise({ folder, pki, database, clock });
  } catch (error) {
    await database.stop();
    throw error;
  }
}

interface Ground {
  readonly folder: string;
  readonly pki: DevelopmentPki;
  readonly database: EmbeddedDatabase;
  readonly clock: VirtualClock;
}

async function raise({ folder, pki, database, clock }: Ground): Promise<VirtualSite> {
  for (const name of ['gateway', 'agency']) await database.createDatabase(name);
  const trustFolder = join(folder, 'pki', 'trust');
  const files = { trustFolder, fileOf: (party: Party, kind: string): string => join(folder, 'pki', `${fileNameOf(party)}.${kind}`) };
  const backend = await startBackend(readSettings({ ...backendFiles(files), BACKEND_LISTEN_PORT: '0', BACKEND_DATABASE_URL: database.url('agency'), BACKEND_PACE: 'calendar' }), { now: clock.now, log: silence });
  clock.join({ nextDue: () => backend.nextDue(), work: () => backend.work() });
  const routes = join(folder, 'pki', 'routes.json');
  await writeFile(routes, JSON.stringify({ backends: { reference: { url: backend.url, certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] } }, routes: { '*': 'reference' } }));
  const databaseUrl = database.url('gateway');
  const gateway = await startGateway(readConfig({ ...gatewayFiles(files), GATEWAY_LISTEN_PORT: '0', GATEWAY_DATABASE_URL: databaseUrl, GATEWAY_REVOCATION_FETCH: 'off', GATEWAY_ROUTES_FILE: routes }), { now: clock.now, random: () => 0.5, log: () => undefined });
  clock.join({ nextDue: () => gateway.nextDue(), work: () => gateway.work() });
  await registerDevelopmentIvan(gateway.database, pki, clock.now());
  const client = connect({ url: gateway.url, certificateAuthorities: [pki.root.certificatePem], clientCertificate: { certificatePem: pki.ivan.chainPem, keyPem: pki.ivan.privateKeyPem } });
  return {
    clock, pki, gateway, backend, databaseUrl, trustFolder, client,
    gatewayFingerprint: new X509Certificate(pki.gatewaySigning.certificatePem).fingerprint256,
    stop: async () => {
      client.close();
      await gateway.stop();
      await backend.stop();
      await database.stop();
    },
  };
}
