// A gateway whose dossiers go to one agency over NATS, and the reference backend as that agency, on a port that it keeps when it is started again.
import { createHash, randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pino } from 'pino';

import { readSettings } from '../../src/backend/config.ts';
import { startBackend } from '../../src/backend/server.ts';
import type { Backend } from '../../src/backend/server.ts';
import { signedDossier } from './dossiers.ts';
import type { NatsCluster } from './nats-cluster.ts';
import { lowPorts } from './low-ports.ts';
import { makeOperator, operatorOf } from './operator.ts';
import type { OperatorCaller } from './operator.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from './pki.ts';
import { backendEnvironment, startSite } from './site.ts';
import type { Site } from './site.ts';
import { until } from './until.ts';

export interface NatsSite {
  readonly site: () => Site;
  readonly operator: () => OperatorCaller;
  readonly backend: () => Backend;
  /** Another gateway on the same database and the same stream takes the place of the one that is stopped. */
  restartGateway(): Promise<void>;
  /** With these settings instead of its own. */
  restartBackend(changes?: Readonly<Record<string, string>>): Promise<void>;
  /** Gives the digest. */
  submit(mark: string, unitCode?: string): Promise<string>;
  answered(digest: string): Promise<void>;
  /** Of the dossier's delivery. */
  state(digest: string): Promise<string>;
  stop(): Promise<void>;
}

/** `changes`: of the backend's settings. */
export async function startNatsSite(cluster: NatsCluster, name: string, changes: Readonly<Record<string, string>> = {}): Promise<NatsSite> {
  const pki = await loadPki();
  const folder = pkiFolder();
  const client = employerLike(pki, { subject: { C: 'VN', CN: 'Agency on NATS (Development)' }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const [certificate, key, routes] = ['pem', 'key', 'json'].map((suffix) => join(folder, `nats-${randomUUID()}.${suffix}`)) as [string, string, string];
  writeFileSync(certificate, client.certificatePem + pki.subordinate.certificatePem);
  writeFileSync(key, client.privateKeyPem);
  const nats = { BACKEND_NATS_SERVERS: cluster.servers.join(','), BACKEND_NATS_NAME: name, BACKEND_NATS_CA_FILE: join(folder, 'trust/root.pem'), BACKEND_NATS_CERTIFICATE_FILE: certificate, BACKEND_NATS_KEY_FILE: key };
  const [port = 0] = await lowPorts(1);
  const environment = { ...(await backendEnvironment(folder)), ...nats, BACKEND_LISTEN_PORT: String(port) };
  const start = (more: Readonly<Record<string, string>>): Promise<Backend> => startBackend(readSettings({ ...environment, ...more }), { now: () => new Date(), log: pino({ enabled: false }) });
  let backend = await start(changes);
  const agency = { url: backend.url, certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'], timeoutSeconds: 9 };
  writeFileSync(routes, JSON.stringify({ backends: { [name]: { ...agency, transport: 'nats', nats: { servers: cluster.servers, certificateAuthorities: ['trust/root.pem'] } } }, routes: { '*': name } }));
  const identity = makeOperator(pki);
  const gatewayEnvironment = { GATEWAY_ROUTES_FILE: routes, ...identity.environment };
  let site = await startSite({ environment: gatewayEnvironment });
  let operator = operatorOf(site, identity);
  return {
    site: () => site,
    operator: () => operator,
    backend: () => backend,
    restartGateway: async () => {
      operator.caller.close();
      await site.stop();
      site = await startSite({ environment: gatewayEnvironment, databaseUrl: site.databaseUrl });
      operator = operatorOf(site, identity);
    },
    restartBackend: async (more = {}) => {
      await backend.stop();
      backend = await start(more);
    },
    submit: async (mark, unitCode) => {
      const bytes = await signedDossier(identityOf(pki.employer), { mark, ...(unitCode === undefined ? {} : { unitCode }) });
      const { status } = await site.ivan.post('/v1/dossiers', bytes);
      if (status !== 201) throw new Error(`${mark}: ${status}`);
      return createHash('sha256').update(bytes).digest('hex');
    },
    answered: async (digest) => {
      await until(`result of ${digest}`, async () => (await site.direct.get(`/v1/dossiers/${digest}/result`)).status === 200, 60_000);
    },
    state: async (digest) => (await site.gateway.database.query<{ state: string }>(`SELECT v.state FROM delivery v JOIN submission s ON s.id = v.submission_id WHERE v.kind = 'dossier' AND s.digest = $1`, [digest]))[0]?.state ?? '',
    stop: async () => {
      operator.caller.close();
      await site.stop();
      await backend.stop();
      for (const file of [certificate, key, routes]) rmSync(file);
    },
  };
}
