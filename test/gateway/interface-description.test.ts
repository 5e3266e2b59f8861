// Guarantee: the interface description is true. It is valid OpenAPI 3.1; every call in it answers as it says, with the status, the media type and
// the body described; the server has no route that it does not name.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';

import type { Backend } from '../../src/backend/server.ts';
import { createApp } from '../../src/http/app.ts';
import type { Gateway } from '../../src/http/app.ts';
import { operations } from '../../src/http/operations/all.ts';
import { routePath } from '../../src/http/operations/operation.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { lineText, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { readPublishedFiles } from '../../src/standard/publication/files.ts';
import { createPublication } from '../../src/standard/publication/publication.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { readDescription } from '../support/described.ts';
import type { Described } from '../support/described.ts';
import { identityOf } from '../support/pki.ts';
import { callerTo, fingerprintOf, startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
let backend: Backend;
let described: Described;
let served: Described['served'];

beforeAll(async () => {
  backend = await startReferenceBackend();
  const witnesses = join(mkdtempSync(join(tmpdir(), 'witnesses-')), 'witnesses.txt');
  writeFileSync(witnesses, `# of these tests\n${verifierText(witness)}\n`);
  site = await startSite({ backendUrl: backend.url, environment: { GATEWAY_LOG_WITNESSES_FILE: witnesses } });
  described = await readDescription(site);
  ({ served } = described);
});

afterAll(async () => {
  await site.stop();
  await backend.stop();
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
let marks = 0;

function dossier(variation: Variation = {}): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { mark: `mô tả ${marks}`, ...variation });
}

async function filed(variation: Variation = {}): Promise<string> {
  const bytes = await dossier(variation);
  await site.ivan.post('/v1/dossiers', bytes);
  return digestOf(bytes);
}

/** Calls for every answer of the calls about dossiers and of those that need more than an address. */
const special: Readonly<Record<string, Readonly<Record<string, (caller: Caller) => Promise<Answer>>>>> = {
  submitDossier: {
    '201': async (caller) => caller.post('/v1/dossiers', await dossier(), { 'idempotency-key': 'a-key-of-the-description' }),
    '200': async (caller) => {
      const bytes = await dossier();
      await caller.post('/v1/dossiers', bytes);
      return caller.post('/v1/dossiers', bytes);
    },
    '200 dry-run': async (caller) => caller.post('/v1/dossiers?dry-run', await dossier()),
    '422': async (caller) => caller.post('/v1/dossiers', await dossier({ period: '13/2026' })),
    '422 dry-run': async (caller) => caller.post('/v1/dossiers?dry-run', await dossier({ period: '13/2026', editSigned: (xml) => xml.replace('NOP', 'X').replace('Lê Thị Mẫu', 'Lê Thị Khác') })),
    '409': async (caller) => caller.post('/v1/dossiers', await dossier(), { 'idempotency-key': 'a-key-of-the-description' }),
    '415': (caller) => caller.post('/v1/dossiers', 'a', { 'content-type': 'text/plain' }),
    '400': (caller) => caller.post('/v1/dossiers', ''),
    '400 query': (caller) => caller.post('/v1/dossiers?dryrun', 'a'),
  },
  dossierStatus: {
    '200': async (caller) => caller.get(`/v1/dossiers/${await filed()}`),
    '200 JSON': async (caller) => caller.get(`/v1/dossiers/${await filed()}`, { accept: 'application/json' }),
    '404': (caller) => caller.get(`/v1/dossiers/${'1'.repeat(64)}`),
    '400': (caller) => caller.get('/v1/dossiers/abc'),
  },
  dossierResult: {
    '200': async (caller) => {
      const digest = await filed();
      return until('the result', async () => {
        const answer = await caller.get(`/v1/dossiers/${digest}/result`);
        return answer.status === 200 && answer;
      });
    },
    '202': async (caller) => {
      backend.behaviour.failNext = 1;
      return caller.get(`/v1/dossiers/${await filed()}/result`);
    },
    '422': async (caller) => caller.get(`/v1/dossiers/${await filed({ agency: '99999' })}/result`),
    '404': (caller) => caller.get(`/v1/dossiers/${'2'.repeat(64)}/result`),
    '400': (caller) => caller.get('/v1/dossiers/abc/result'),
  },
  dossierEvidence: {
    '200': async (caller) => caller.get(`/v1/dossiers/${await filed()}/evidence`),
    '304': async (caller) => {
      const path = `/v1/dossiers/${await noticed(caller)}/evidence`;
      await until('nothing new', async () => (await caller.get(path)).headers['ivan-state'] === 'answered');
      return caller.get(path, { 'if-none-match': String((await caller.get(path)).headers.etag) });
    },
    '404': (caller) => caller.get(`/v1/dossiers/${'2'.repeat(64)}/evidence`),
    '400': (caller) => caller.get('/v1/dossiers/abc/evidence'),
  },
  ownEvents: {
    '200': async (caller) => {
      await filed();
      return caller.get('/v1/events');
    },
    '200 with every parameter but the unit': (caller) => caller.get('/v1/events?after=0&limit=1000&wait=1'),
    '400 query': (caller) => caller.get('/v1/events?since=1'),
    '400 value': (caller) => caller.get('/v1/events?wait=61'),
    '400 position': (caller) => caller.get('/v1/events?after=999999'),
    '403': () => site.direct.get('/v1/events'),
    '403 unit': (caller) => caller.get('/v1/events?unit=00101/TS12345'),
  },
  dossierEvents: {
    '200': async (caller) => caller.get(`/v1/dossiers/${await filed()}/events`),
    '200 with every parameter': async (caller) => caller.get(`/v1/dossiers/${await filed()}/events?after=0&limit=1&wait=1`),
    '404': (caller) => caller.get(`/v1/dossiers/${'3'.repeat(64)}/events`),
    '400': (caller) => caller.get('/v1/dossiers/abc/events'),
    '400 query': async (caller) => caller.get(`/v1/dossiers/${await filed()}/events?unit=00101/TS1`),
  },
  receiptStamp: { '200': async (caller) => caller.get(`/v1/receipt-stamps/${await stampedReceipt()}`), '404': (caller) => caller.get(`/v1/receipt-stamps/${'3'.repeat(64)}`), '400': (caller) => caller.get('/v1/receipt-stamps/abc') },
  dossierNotices: {
    '200': async (caller) => caller.get(`/v1/dossiers/${await noticed(caller)}/notices`),
    '404': (caller) => caller.get(`/v1/dossiers/${'3'.repeat(64)}/notices`),
    '400': (caller) => caller.get('/v1/dossiers/abc/notices'),
  },
  dossierNotice: {
    '200': async (caller) => caller.get(`/v1/dossiers/${await noticed(caller)}/notices/1`),
    '404': async (caller) => caller.get(`/v1/dossiers/${await filed()}/notices/9`),
    '400': (caller) => caller.get('/v1/dossiers/abc/notices/1'),
  },
  dossierNoticeOfAgency: { '200': async (caller) => caller.get(`/v1/dossiers/${await noticed(caller)}/notices/1/agency`), '404': (caller) => caller.get(`/v1/dossiers/${'3'.repeat(64)}/notices/1/agency`) },
  unitNotice: { '200': async () => asUnit(`/v1/notices/${await unitNoticeId()}`), '403': (caller) => caller.get('/v1/notices/1'), '404': () => asUnit('/v1/notices/999') },
  unitNoticeOfAgency: { '200': async () => asUnit(`/v1/notices/${await unitNoticeId()}/agency`), '403': (caller) => caller.get('/v1/notices/1/agency') },
  logCheckpoint: { '200': (caller) => caller.get('/v1/log/checkpoint?cosigned=0'), '400': (caller) => caller.get('/v1/log/checkpoint?cosigned=all'), '404': (caller) => caller.get('/v1/log/checkpoint?cosigned=99') },
  logCheckpointOfSize: { '200': async (caller) => caller.get(`/v1/log/checkpoint/${await sizeOfLog(caller)}`), '400': (caller) => caller.get('/v1/log/checkpoint/01'), '404': (caller) => caller.get('/v1/log/checkpoint/999999999') },
  logEntries: { '200': async (caller) => (await sizeOfLog(caller)) > 0 ? caller.get('/v1/log/tile/entries/000.p/1') : caller.get('/'), '404': (caller) => caller.get('/v1/log/tile/entries/x001/000') },
  logTile: { '200': async (caller) => (await sizeOfLog(caller)) > 0 ? caller.get('/v1/log/tile/0/000.p/1') : caller.get('/'), '404': (caller) => caller.get('/v1/log/tile/1/x999/000'), '404 name': (caller) => caller.get('/v1/log/tile/64/0') },
  logProof: {
    '200': async (caller) => caller.get(`/v1/log/proof?digest=${await filed()}`),
    '200 with every parameter but the digest': async (caller) => caller.get(`/v1/log/proof?index=0&cosigned=0&size=${await sizeOfLog(caller)}`),
    '400': (caller) => caller.get('/v1/log/proof'),
    '400 value': (caller) => caller.get('/v1/log/proof?index=01'),
    '404': (caller) => caller.get(`/v1/log/proof?digest=${'5'.repeat(64)}`),
  },
  logConsistency: { '200': async (caller) => caller.get(`/v1/log/consistency?from=1&to=${await sizeOfLog(caller)}`), '400': (caller) => caller.get('/v1/log/consistency'), '404': (caller) => caller.get('/v1/log/consistency?from=999999999') },
  addCosignatures: {
    '200': (caller) => cosign(caller),
    '400': (caller) => cosign(caller, () => 'no line'),
    '403': (caller) => cosign(caller, (line) => line.replace('w1.example', 'w2.example')),
    '404': (caller) => caller.post('/v1/log/cosignatures?size=999999999', '— a AAAAAAAA\n', { 'content-type': 'text/plain' }),
    '415': (caller) => caller.post('/v1/log/cosignatures?size=1', 'x'),
  },
};

const witness = signerOf('w1.example', generateKeyPairSync('ed25519').privateKey, 'witness');

/** Of one with something in it. */
async function sizeOfLog(caller: Caller): Promise<number> {
  const size = Number((await caller.get('/v1/log/checkpoint')).body.toString('utf8').split('\n')[1]);
  if (size > 0) return size;
  await filed();
  return sizeOfLog(caller);
}

/** The witness's line for the newest checkpoint, sent as it is or changed. */
async function cosign(caller: Caller, edit: (line: string) => string = (line) => line): Promise<Answer> {
  const size = await sizeOfLog(caller);
  const [text = ''] = (await caller.get(`/v1/log/checkpoint/${size}`)).body.toString('utf8').split(/(?<=\n)\n/);
  return caller.post(`/v1/log/cosignatures?size=${size}`, edit(lineText(signatureLine(text, witness, new Date()))), { 'content-type': 'text/plain' });
}

/** A dossier that the agency has given its slip. */
async function noticed(caller: Caller): Promise<string> {
  const digest = await filed();
  await until('the slip', async () => (await caller.get(`/v1/dossiers/${digest}/notices/1`)).status === 200);
  return digest;
}

/** A notice to a unit, as a row: how it comes is shown in `agency-messages.test.ts`. */
async function unitNoticeId(): Promise<string> {
  const { query } = site.gateway.database;
  const at = new Date();
  await registerUnitCertificate(site.gateway.database, { agency: '00101', unitCode: 'TS99999', fingerprint: fingerprintOf(site.pki.employer.certificatePem), serialNumber: '1', subject: 'x', validFrom: new Date(at.getTime() - 1000), validUntil: new Date(at.getTime() + 100_000) }, at);
  const rows = await query<{ id: string }>(
    `WITH message AS (
       INSERT INTO agency_message (backend, digest, body, received_at, trust_digest, verdict, kind, sense, said_at) SELECT 'elsewhere', repeat('0', 64), '<BHXH/>', now(), digest, 'taken', 'notice', gen_random_uuid()::text, now() FROM trust_material LIMIT 1 RETURNING id, trust_digest)
     INSERT INTO notice (agency, unit_code, tax_code, agency_message_id, kind, issued_at, trust_digest, body) SELECT '00101', 'TS99999', '', id, 'C12-TS', now(), trust_digest, '<BHXH/>' FROM message RETURNING id`,
  );
  return rows[0]?.id ?? '';
}

/** As a gateway that stamps its receipts leaves it. */
async function stampedReceipt(): Promise<string> {
  const digest = '5'.repeat(64);
  await site.gateway.database.query(`INSERT INTO receipt_stamp (digest, token, tsa, at, recorded_at, ends_at, trust_digest) SELECT $1, '', 'x', now(), now(), now() + interval '1 day', digest FROM trust_material LIMIT 1 ON CONFLICT DO NOTHING`, [digest]);
  return digest;
}

async function asUnit(path: string): Promise<Answer> {
  const { certificatePem, privateKeyPem } = site.pki.employer;
  const caller = callerTo(site.gateway.url, site.pki, { cert: certificatePem, key: privateKeyPem });
  try {
    return await caller.get(path);
  } finally {
    caller.close();
  }
}

/** Described, and not to be had from a healthy gateway: `test/gateway/backlog.test.ts` has it. */
const elsewhere = new Set(['ready 503']);

function addressOf({ path, parameters }: (typeof operations)[number], query: readonly string[]): string {
  const filled = parameters.filter((parameter) => parameter.in === 'path').reduce((text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(example)), path);
  const written = parameters.filter(({ name, required }) => required === true || query.includes(name)).map(({ name, example }) => `${name}=${encodeURIComponent(example)}`);
  return [filled, ...(written.length === 0 ? [] : [written.join('&')])].join('?');
}

/** Calls that every other operation gets: plain, with every parameter, in each media type, again, and with what it does not know. */
function usual(operation: (typeof operations)[number]): Readonly<Record<string, (caller: Caller) => Promise<Answer>>> {
  const everything = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const [plain, full] = [addressOf(operation, []), addressOf(operation, everything)];
  const types = Object.keys(operation.answers[0]?.media ?? {});
  const isStrict = operation.problems.includes('QUERY_NAME');
  return {
    ...Object.fromEntries(types.map((type) => [`200 ${type}`, (caller: Caller) => caller.get(plain, { accept: type })])),
    '200 with every parameter': (caller) => caller.get(full),
    ...(operation.answers.some(({ status }) => status === 304) ? { '304': async (caller: Caller) => caller.get(plain, { 'if-none-match': String((await caller.get(plain)).headers.etag) }) } : {}),
    ...(isStrict ? { '400 query': (caller: Caller) => caller.get(`${plain}${plain.includes('?') ? '&' : '?'}unknown`), '406': (caller: Caller) => caller.get(plain, { accept: 'image/png' }) } : {}),
    ...(operation.problems.includes('ENTRY_UNKNOWN') ? { '404': (caller: Caller) => caller.get(operation.path.replaceAll(/\{\w+\}/g, '9999')) } : {}),
  };
}

/** Those of I-VANs' registrations, of the operator, of auditors (`auditors.test.ts`), of agencies and of subscriptions have callers of their own: `interface-of-….test.ts`, `../delivery/pull.test.ts`. */
const own = operations.filter(({ group }) => group !== 'registration' && group !== 'operator' && group !== 'outages' && group !== 'subscriptions' && group !== 'agency' && group !== 'auditor');
const calls = own.flatMap((operation) => Object.entries(special[operation.id] ?? usual(operation)).map(([name, call]) => ({ id: operation.id, name, operation, call })));

/** What a gateway is made of, when only its routes are looked at. */
function neverAsked(): Gateway {
  const unasked = (): never => { throw new Error('only the routes are looked at'); };
  const standard = loadStandard();
  return {
    database: site.gateway.database,
    intake: { receive: unasked, tryOut: unasked },
    logMemory: { setBack: undefined },
    logKeeper: { health: unasked },
    issue: unasked,
    issuer: { name: '', certificateName: '', certificateSerial: '', placeName: '', supportTelephone: '' },
    standard,
    publication: createPublication(standard, readPublishedFiles()),
    limits: { mostBytes: 1, timeoutMs: 1, room: { mostBytes: 1, held: 0 } },
    operators: new Map(),
    auditors: new Map(),
    backends: new Map(),
    pull: { fetcherOf: unasked, lease: unasked, acknowledge: unasked, reject: unasked, take: unasked, stop: unasked },
    desk: { database: site.gateway.database, enter: unasked, issue: unasked, issuer: { name: '', certificateName: '', certificateSerial: '', placeName: '', supportTelephone: '' }, rulebook: unasked },
    evidence: { find: unasked },
    seal: unasked,
    receiveForm: unasked,
    waiting: { enter: unasked, close: unasked },
    checkCertificate: unasked,
    checklist: new Map(),
    webhooks: { database: site.gateway.database, poster: { post: unasked, close: unasked }, identity: identityOf(site.pki.gatewaySigning), now: unasked },
    mail: { database: site.gateway.database, post: undefined, now: unasked },
    signingChain: '',
    publicLog: { witnesses: [], empty: { size: 0, root: Buffer.alloc(0), note: '', cosignatures: [] } },
    now: unasked,
    backlogFull: unasked,
    stamping: { check: unasked, health: unasked, ofReceipt: unasked },
    revocation: unasked,
    log: unasked,
  };
}

/** Method and path of every route, but for those that answer every method there is, with 405. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => (route === undefined || route.stack.length === METHODS.length ? [] : route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`)));
}

describe('the description', () => {
  it('is valid OpenAPI 3.1, the same for every caller and every process', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(served)) as Record<string, unknown>);
    expect([errors, valid]).toEqual([undefined, true]);
    expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument(operations))));
  });

  it('gives every call a name of its own', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  });

  it('refers to nothing that it does not have', () => {
    const refs = [...JSON.stringify(served).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));
    const found = (path: readonly string[]): unknown => path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], served);
    expect(refs.filter((path) => found(path) === undefined)).toEqual([]);
  });

  it('names every route of the server, and no other', () => {
    const app = createApp(neverAsked());
    expect(routesOf(app).toSorted()).toEqual(operations.map((operation) => `${operation.method} ${routePath(operation)}`).toSorted());
  });
});

describe.each(calls)('$id: $name', ({ name, operation, call }) => {
  it('answers as described', async () => {
    const answer = await call(site.ivan);
    expect(String(answer.status)).toBe(name.slice(0, 3));
    described.check(operation, answer);
  });
});

it('every answer that is described has been had', () => {
  const had = new Set(calls.map(({ id, name }) => `${id} ${name.slice(0, 3)}`));
  const listed = own.flatMap(({ id, answers }) => answers.map(({ status }) => `${id} ${status}`));
  expect(listed.filter((answer) => !had.has(answer) && !elsewhere.has(answer))).toEqual([]);
});
