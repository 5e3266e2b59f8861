// The composition: settings and a clock in, a running gateway out. The only place where the rooms meet.
import { httpsTransport } from './delivery/https.ts';
import { startDeliveryLoop } from './delivery/loop.ts';
import { createWorker } from './delivery/worker.ts';
import type { Config } from './config.ts';
import { createApp } from './http/app.ts';
import type { Gateway } from './http/app.ts';
import { startServer } from './http/server.ts';
import { createIntake } from './intake/receive.ts';
import { createRecorder } from './intake/record.ts';
import { issueWith, issuerOf } from './receipts/issue.ts';
import { readIdentity } from './signature/identity.ts';
import type { SigningIdentity } from './signature/sign.ts';
import { createSchemas } from './standard/schema.ts';
import { loadStandard } from './standard/tables.ts';
import { openDatabase } from './store/database.ts';
import type { Database } from './store/database.ts';
import { keepSigningCertificate } from './store/trust.ts';
import { watchTrustFolder } from './trust-folder.ts';
import { parseCertificate } from './trust/certificate.ts';
import type { TrustMaterial } from './trust/material.ts';
import { trustSigner } from './trust/path.ts';

/** What the world gives: time, chance, and somewhere to write. */
export interface World {
  readonly now: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface RunningGateway {
  readonly url: string;
  readonly port: number;
  readonly database: Database;
  /** Stops accepting, finishes what is under way, closes everything. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;
const ROOM_FOR_BODIES = 512 * 1024 * 1024;

export async function startGateway(config: Config, world: World): Promise<RunningGateway> {
  const { now, random, log } = world;
  const standard = loadStandard();
  const schemas = createSchemas();
  const identity = readIdentity(config.signing.certificatePem, config.signing.keyPem);
  const signingCertificate = identity.certificates[0] ?? Buffer.alloc(0);
  const issue = issueWith(identity);
  const issuer = issuerOf(signingCertificate, config.name, config.placeName, config.supportTelephone);
  const { databaseUrl: url, databasePassword: password, databaseConnections: connections } = config;
  const database = await openDatabase({ url, connections, ...(password === undefined ? {} : { password }) });
  const trust = await watchTrustFolder(config.trustFolder, database, log);
  checkOwnCertificate(identity, trust.current(), now());
  await keepSigningCertificate(database.query, signingCertificate);
  const transport = httpsTransport(config.backendClient);
  const worker = createWorker({ database, issue, issuer, routes: config.routes, transport, trust: trust.current, now, random, log });
  const deliveries = startDeliveryLoop({ database, worker, now, log });
  const record = createRecorder({ database, issue, issuer, calendar: standard.calendar });
  const gateway: Gateway = {
    database,
    intake: createIntake(database, record, () => ({ standard, schemas, trust: trust.current() })),
    issue,
    issuer,
    limits: { mostBytes: config.maxBodyBytes, timeoutMs: config.bodyTimeoutMs, room: { mostBytes: Math.max(ROOM_FOR_BODIES, 2 * config.maxBodyBytes), held: 0 } },
    now,
    backlogFull: () => deliveries.waiting >= config.maxBacklog,
    log,
  };
  const server = await startServer(createApp(gateway), {
    host: config.listenHost,
    port: config.listenPort,
    ...config.tls,
    bodyTimeoutMs: config.bodyTimeoutMs,
  });
  return {
    url: server.url,
    port: server.port,
    database,
    stop: async () => {
      await server.stop(GRACE_MS);
      await deliveries.stop();
      trust.stop();
      transport.close();
      await database.close();
      schemas.dispose();
    },
  };
}

/** A gateway whose own certificate its trust material does not accept would sign receipts that nobody can verify. */
function checkOwnCertificate({ certificates }: SigningIdentity, material: TrustMaterial, at: Date): void {
  try {
    trustSigner(parseCertificate(certificates[0] ?? Buffer.alloc(0)), material, at, 'signature');
  } catch (error) {
    throw new Error(`GATEWAY_SIGNING_CERTIFICATE_FILE is not trusted by GATEWAY_TRUST_FOLDER: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
