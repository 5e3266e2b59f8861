// The composition: settings and a clock in, a running gateway out. The only place where the rooms meet.
import { watchBacklog } from './delivery/backlog.ts';
import { startLoop } from './delivery/loop.ts';
import type { Loop } from './delivery/loop.ts';
import { openDeliveries } from './delivery/open.ts';
import type { DeliverySettings } from './delivery/open.ts';
import { startPresence } from './delivery/presence.ts';
import { openPullDesk } from './delivery/pull.ts';
import { openSubscriptions } from './delivery/subscriptions.ts';
import type { Subscriptions } from './delivery/subscriptions.ts';
import type { Config, ShadowRules } from './config.ts';
import { startFreshnessLoop } from './freshness/loop.ts';
import { askFor } from './freshness/missing.ts';
import { createFreshness, revocationHealth } from './freshness/worker.ts';
import type { Freshness } from './freshness/worker.ts';
import { Unavailable } from './errors/outcomes.ts';
import { enterWith } from './evidence/append.ts';
import type { Enter } from './evidence/append.ts';
import { sealContainer } from './evidence/container/seal.ts';
import { openEvidenceDesk } from './evidence/desk.ts';
import { startLogKeeper } from './evidence/keeper.ts';
import type { LogKeeper } from './evidence/keeper.ts';
import { openLogMemory } from './evidence/memory.ts';
import type { LogMemory } from './evidence/memory.ts';
import { emptyLog, openLog } from './evidence/open.ts';
import { createApp } from './http/app.ts';
import type { Gateway } from './http/app.ts';
import { watchFeeds } from './http/feed-waiting.ts';
import { startServer } from './http/server.ts';
import { createIntake } from './intake/receive.ts';
import type { Intake, Submission } from './intake/receive.ts';
import { createRecorder } from './intake/record.ts';
import { createShadow } from './intake/shadow.ts';
import type { Shadow } from './intake/shadow.ts';
import { asOne, earliestDue, keep } from './obligations/keeping.ts';
import type { Keeper } from './obligations/keeping.ts';
import { createSweeper } from './obligations/sweeper.ts';
import type { SweeperSettings } from './obligations/sweeper.ts';
import { createProposing } from './outages/proposals.ts';
import type { ProposingSettings } from './outages/proposals.ts';
import { createSettling } from './outages/settle.ts';
import type { SettlingSettings } from './outages/settle.ts';
import { createTelling } from './outages/telling.ts';
import { packageRoot } from './paths.ts';
import { issueWith, issuerOf } from './receipts/issue.ts';
import type { Issue } from './receipts/issue.ts';
import type { Issuer } from './receipts/receipt.ts';
import { startClockRounds } from './registers/clock-rounds.ts';
import type { FormInput } from './registers/judge-form.ts';
import { receiveForm } from './registers/receive-form.ts';
import type { RegistrationDesk } from './registers/receive-form.ts';
import { checkUnitCertificate } from './registers/unit-certificate.ts';
import { readIdentity } from './signature/identity.ts';
import type { SigningIdentity } from './signature/sign.ts';
import { openStamping } from './stamp/open.ts';
import type { Stamping, StampingWorld } from './stamp/open.ts';
import { loadChecklist } from './standard/ivan-checklist.ts';
import { dueOf } from './standard/obligations.ts';
import { readPublishedFiles } from './standard/publication/files.ts';
import { createPublication } from './standard/publication/publication.ts';
import { createSchemas } from './standard/schema-folder.ts';
import { loadStandard } from './standard/tables.ts';
import type { Rulebook } from './standard/validate.ts';
import { openDatabase } from './store/database.ts';
import type { Database } from './store/database.ts';
import { addShadowCounts } from './store/shadow.ts';
import { findStamps } from './store/stamps.ts';
import { keepSigningCertificate } from './store/trust.ts';
import { watchTrustFolder } from './trust-folder.ts';
import type { TrustSource } from './trust-folder.ts';
import { parseCertificate } from './trust/certificate.ts';
import { trustSigner } from './trust/path.ts';
import type { Signer } from './trust/path.ts';

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
  readonly stamping: Stamping;
  /** For a clock that is advanced by hand: when something is due next, and a wait until all that is due now is done. */
  nextDue(): Promise<Date | undefined>;
  /** Gives a count of what was done. */
  work(): Promise<number>;
  /** Stops accepting, finishes what is under way, closes everything. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;
const ROOM_FOR_BODIES = 512 * 1024 * 1024;

export async function startGateway(config: Config, world: World): Promise<RunningGateway> {
  const { databaseUrl: url, databasePassword: password, databaseConnections: connections } = config;
  const database = await openDatabase({ url, connections, ...(password === undefined ? {} : { password }) });
  try {
    return await startOn(await openLogMemory({ database, file: config.evidenceLog.memoryFile, log: world.log }), config, world);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function startOn(logMemory: LogMemory, config: Config, world: World): Promise<RunningGateway> {
  const [{ database }, { now, random, log }] = [logMemory, world];
  const standard = loadStandard(packageRoot, config.signaturePolicy);
  const schemas = createSchemas();
  const { identity, signingCertificate, issue, issuer } = signingOf(config);
  const trust = await watchTrustFolder({ folder: config.trustFolder, fetched: config.revocation.folder }, database, log);
  const freshness = await openFreshness(config, trust, world);
  await checkOwnCertificate(identity, trust, now, freshness);
  await keepSigningCertificate(database.query, signingCertificate);
  const fetching = freshness && startFreshnessLoop(freshness, world);
  const missed = (error: unknown): void => { if (freshness !== undefined) askFor(error, freshness.want); };
  const handling = { database, issue, issuer, schemas, trust: trust.current, terms: standard, slipDueOf: (at: Date) => dueOf(standard, 'slip', at), missed, now, random, log };
  const { deliveries, subscriptions, ...handingOver } = await openHandingOver(handling, config, identity);
  const pull = openPullDesk({ ...handling, backends: deliveries.backends });
  const backlog = watchBacklog(database);
  const clocks = startClocks({ ...handling, proposeAfterMs: config.outageProposalMs }, log);
  const rulebook = (): Rulebook => ({ standard, schemas, trust: trust.current(), ...(freshness === undefined ? {} : { answersFor: freshness.responsesFor }) });
  const feeds = openFeeds(database, rulebook, now, freshness);
  const shadow = config.shadow && openShadow(config.shadow, rulebook, database, log);
  const { enter, publicLog, logKeeper, stamping, ...evidence } = await openEvidence(config, logMemory, { database, trust: trust.current, missed, now, random, log });
  const record = createRecorder({ database, enter, issue, issuer, terms: standard });
  const gateway: Gateway = {
    database,
    ...receiving(createIntake(database, record, rulebook, shadow?.shadow), { database, enter, issue, issuer, rulebook }, freshness),
    issue, issuer, standard, publicLog, logKeeper, stamping, logMemory,
    publication: createPublication(standard, readPublishedFiles()),
    limits: limitsOf(config),
    operators: config.operators,
    auditors: config.auditors,
    ...feeds,
    seal: (files, at) => sealContainer(files, identity, at),
    evidence: openEvidenceDesk({ database, catchUp: () => logKeeper.work(), identity, findStamps }),
    checklist: loadChecklist(),
    ...subscriptions.desks,
    now,
    backlogFull: () => backlog.waiting >= config.maxBacklog,
    backends: config.routes.backends,
    pull,
    revocation: () => revocationHealth(trust.current(), now(), freshness),
    log,
  };
  const server = await startServer(createApp(gateway), { host: config.listenHost, port: config.listenPort, ...config.tls, bodyTimeoutMs: config.bodyTimeoutMs });
  return {
    url: server.url, port: server.port, database, stamping,
    ...asOne([deliveries, ...clocks.keepers]),
    stop: async () => {
      await Promise.all([feeds.waiting.close(), pull.stop()]); // or who waits holds the server open
      await server.stop(GRACE_MS);
      backlog.stop();
      await handingOver.stop();
      await clocks.stop();
      await fetching?.stop();
      await shadow?.close();
      trust.stop();
      await evidence.stop();
      await database.close();
      schemas.dispose();
    },
  };
}

function signingOf({ signing, name, placeName, supportTelephone }: Config): { readonly identity: SigningIdentity; readonly signingCertificate: Buffer; readonly issue: Issue; readonly issuer: Issuer } {
  const identity = readIdentity(signing.certificatePem, signing.keyPem);
  const signingCertificate = identity.certificates[0] ?? Buffer.alloc(0);
  return { identity, signingCertificate, issue: issueWith(identity), issuer: issuerOf(signingCertificate, name, placeName, supportTelephone) };
}

function limitsOf({ maxBodyBytes, bodyTimeoutMs }: Config): Gateway['limits'] {
  return { mostBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs, room: { mostBytes: Math.max(ROOM_FOR_BODIES, 2 * maxBodyBytes), held: 0 } };
}

type Handling = Omit<DeliverySettings, 'holder' | 'routes' | 'identity' | 'maxBodyBytes'>;

/** What hands dossiers over to agencies and events to subscribers, under one name that the other gateways see as long as this one is there. */
async function openHandingOver(handling: Handling, config: Config, identity: SigningIdentity): Promise<{ readonly deliveries: Awaited<ReturnType<typeof openDeliveries>>; readonly subscriptions: Subscriptions; stop(): Promise<void> }> {
  const { database, now, random, log } = handling;
  const presence = await startPresence(database, log);
  const { holder } = presence;
  const deliveries = await openDeliveries({ ...handling, holder, routes: config.routes, identity: config.backendClient, maxBodyBytes: config.maxBodyBytes });
  const subscriptions = await openSubscriptions({ database, holder, identity, webhooks: config.webhooks, mail: config.mail, name: config.name, now, random, log });
  return {
    deliveries,
    subscriptions,
    stop: async () => {
      await Promise.all([deliveries.stop(), subscriptions.stop()]);
      await presence.stop();
    },
  };
}

/** The log that whatever is recorded is entered into, and its time stamps. */
async function openEvidence({ evidenceLog, stamping: stamps }: Config, memory: LogMemory, world: StampingWorld): Promise<{ readonly enter: Enter; readonly stamping: Stamping; readonly logKeeper: LogKeeper; stop(): Promise<void> } & Pick<Gateway, 'publicLog'>> {
  const { database, now, log } = world;
  const signer = await openLog(database.query, evidenceLog, now());
  const enter = memory.remembering(enterWith(signer));
  const stamping = await openStamping(stamps, world);
  const logKeeper = startLogKeeper({ database, enter, now, log, look: memory.look });
  return {
    enter,
    stamping,
    logKeeper,
    publicLog: { witnesses: evidenceLog.witnesses, empty: emptyLog(signer) },
    stop: async () => { await Promise.all([logKeeper.stop(), stamping.stop()]); },
  };
}

/** Looks after what is owed, by the clock and whenever an outage is said to have ended, and after the clocks of forms 04 to 06. */
function startClocks(settings: SettlingSettings & SweeperSettings & ProposingSettings, log: World['log']): Loop & { readonly keepers: readonly Keeper[] } {
  const { database, now } = settings;
  const keepers = [createSweeper(settings), createSettling(settings), createTelling(settings), createProposing(settings)];
  const obligations = startLoop({ name: 'obligations', database, channel: 'obligation', worker: { start: () => keep(keepers) }, mostAtOnce: 1, nextDueAt: () => earliestDue(keepers), now, log });
  const rounds = startClockRounds({ database, now, log });
  return { keepers, stop: async () => { await Promise.all([obligations.stop(), rounds.stop()]); } };
}

/** The same trust and answers as in earnest, under the rules in shadow. */
function openShadow({ standard, schemas: folder, ruleSet }: ShadowRules, rulebook: () => Rulebook, database: Database, log: World['log']): { readonly shadow: Shadow; close(): Promise<void> } {
  const schemas = createSchemas(folder);
  const shadow = createShadow({
    rulebook: () => ({ ...rulebook(), standard, schemas, ruleSet }),
    save: (counts) => addShadowCounts(database.query, counts),
    failed: (error) => { log('the rule set in shadow could not judge or be counted', { error: String(error) }); },
  });
  return {
    shadow,
    close: async () => {
      await shadow.idle();
      schemas.dispose();
    },
  };
}

/** @throws Error when the operator's word on sources cannot be used. */
async function openFreshness({ trustFolder, revocation }: Config, trust: TrustSource, world: World): Promise<Freshness | undefined> {
  if (!revocation.fetch) return undefined;
  return createFreshness({ ...world, ...revocation, trustFolder, trust: trust.current, takeUp: trust.refresh });
}

/** Where dossiers and forms of registration go. */
function receiving(intake: Intake, desk: RegistrationDesk, freshness: Freshness | undefined): Pick<Gateway, 'intake' | 'desk' | 'receiveForm'> {
  return {
    intake: { receive: asking((submission: Submission) => intake.receive(submission), freshness), tryOut: asking((submission: Submission) => intake.tryOut(submission), freshness) },
    desk,
    receiveForm: asking((input: FormInput, contractId: string) => receiveForm(desk, input, contractId), freshness),
  };
}

/** Who may see a feed, and where one waits for more of it. */
function openFeeds(database: Database, rulebook: () => Rulebook, now: () => Date, freshness: Freshness | undefined): Pick<Gateway, 'waiting' | 'checkCertificate'> {
  const check = (certificate: Buffer): Promise<void> => Promise.resolve().then(() => { checkUnitCertificate(certificate, rulebook(), now()); });
  return { waiting: watchFeeds(database), checkCertificate: asking(check, freshness) };
}

/** What the judge missed is fetched in the background, while the sender is told when to come again. */
function asking<Given extends readonly unknown[], Value>(call: (...given: Given) => Promise<Value>, freshness: Freshness | undefined): (...given: Given) => Promise<Value> {
  if (freshness === undefined) return call;
  const failed = (error: unknown): never => { throw askFor(error, freshness.want); };
  return (...given) => call(...given).catch(failed);
}

/**
 * A gateway whose own certificate its trust material does not accept would sign receipts that nobody can verify. One whose revocation state is
 * not known, after a night without network perhaps, first gets the chance to fetch it.
 */
async function checkOwnCertificate({ certificates }: SigningIdentity, trust: TrustSource, now: () => Date, freshness: Freshness | undefined): Promise<void> {
  for (const certificate of certificates) freshness?.meet(parseCertificate(certificate));
  const check = (): Signer => trustSigner(parseCertificate(certificates[0] ?? Buffer.alloc(0)), trust.current(), now(), 'signature');
  try {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Unavailable) || freshness === undefined) throw error;
      await Promise.all(freshness.start());
      check();
    }
  } catch (error) {
    throw new Error(`GATEWAY_SIGNING_CERTIFICATE_FILE is not trusted by GATEWAY_TRUST_FOLDER: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
