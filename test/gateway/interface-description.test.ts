// Guarantee: the interface description is true. It is valid OpenAPI 3.1; every call in it answers as it says, with the status, the media type and
// the body described; the server has no route that it does not name.
import { createHash } from 'node:crypto';
import { METHODS } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';

import type { Backend } from '../../src/backend/server.ts';
import { createApp } from '../../src/http/app.ts';
import type { Gateway } from '../../src/http/app.ts';
import { operations } from '../../src/http/operations/all.ts';
import { routePath } from '../../src/http/operations/operation.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
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
  site = await startSite({ backendUrl: backend.url });
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
};

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

/** Those of I-VANs' registrations, of the operator, of agencies and of subscriptions have callers of their own: `interface-of-….test.ts`, `../delivery/pull.test.ts`. */
const own = operations.filter(({ group }) => group !== 'registration' && group !== 'operator' && group !== 'outages' && group !== 'subscriptions' && group !== 'agency');
const calls = own.flatMap((operation) => Object.entries(special[operation.id] ?? usual(operation)).map(([name, call]) => ({ id: operation.id, name, operation, call })));

/** What a gateway is made of, when only its routes are looked at. */
function neverAsked(): Gateway {
  const unasked = (): never => { throw new Error('only the routes are looked at'); };
  const standard = loadStandard();
  return {
    database: site.gateway.database,
    intake: { receive: unasked, tryOut: unasked },
    issue: unasked,
    issuer: { name: '', certificateName: '', certificateSerial: '', placeName: '', supportTelephone: '' },
    standard,
    publication: createPublication(standard, readPublishedFiles()),
    limits: { mostBytes: 1, timeoutMs: 1, room: { mostBytes: 1, held: 0 } },
    operators: new Map(),
    backends: new Map(),
    pull: { fetcherOf: unasked, lease: unasked, acknowledge: unasked, reject: unasked, take: unasked, stop: unasked },
    desk: { database: site.gateway.database, issue: unasked, issuer: { name: '', certificateName: '', certificateSerial: '', placeName: '', supportTelephone: '' }, rulebook: unasked },
    receiveForm: unasked,
    waiting: { enter: unasked, close: unasked },
    checkCertificate: unasked,
    checklist: new Map(),
    webhooks: { database: site.gateway.database, poster: { post: unasked, close: unasked }, identity: identityOf(site.pki.gatewaySigning), now: unasked },
    mail: { database: site.gateway.database, post: undefined, now: unasked },
    signingChain: '',
    now: unasked,
    backlogFull: unasked,
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
