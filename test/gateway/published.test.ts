// Guarantee: the standard that the gateway judges by can be read by everybody, in JSON and XML with the same content, cheaply and strictly.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { operations } from '../../src/http/operations/all.ts';
import { packageFile } from '../../src/paths.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { contentOf, sameAs } from '../support/published.ts';
import { expectProblem } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});

afterAll(() => site.stop());

/** Every published call with its examples in the path and nothing in the query but what must be there. */
const addresses = operations
  .filter(({ group, id }) => group === 'standard' && id !== 'interfaceDescription')
  .map(({ path, parameters }) => {
    const filled = parameters.filter((parameter) => parameter.in === 'path').reduce((text, { name, example }) => text.replace(`{${name}}`, example), path);
    const query = parameters.filter(({ required }) => required === true).map(({ name, example }) => `${name}=${encodeURIComponent(example)}`);
    return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  });
const collections = addresses.filter((address) => !address.startsWith('/v1/schemas/'));
const json = { accept: 'application/json' };
const xml = { accept: 'application/xml' };
const { digest } = loadStandard();

function read(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>;
}

async function rows(address: string, member: string): Promise<Record<string, unknown>[]> {
  return read(await site.direct.get(address, json))[member] as Record<string, unknown>[];
}

describe.each(collections)('GET %s', (address) => {
  it('answers in JSON and in XML with the same content and the digest of the rule set', async () => {
    const [asJson, asXml] = [await site.direct.get(address, json), await site.direct.get(address, xml)];
    expect([asJson.status, asJson.headers['content-type'], asXml.status, asXml.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8', 200, 'application/xml; charset=utf-8']);
    expect(read(asJson)['digest']).toBe(digest);
    expect(contentOf(asXml.body)).toEqual(sameAs(read(asJson)));
  });

  it('gives JSON to who does not care', async () => {
    const [plain, any] = [await site.direct.get(address), await site.direct.get(address, { accept: '*/*' })];
    expect([plain.headers['content-type'], any.body.equals(plain.body)]).toEqual(['application/json; charset=utf-8', true]);
  });
});

describe.each(addresses)('GET %s', (address) => {
  const type = address.startsWith('/v1/schemas/') ? xml : json;

  it('has a strong tag of its octets, and says so to caches and to who holds them', async () => {
    const answer = await site.direct.get(address, type);
    const tag = `"${createHash('sha256').update(answer.body).digest('hex')}"`;
    expect(answer.headers).toMatchObject({ etag: tag, vary: 'Accept', 'cache-control': 'public, max-age=300', 'ivan-rule-set': digest, 'content-length': String(answer.body.length) });
    for (const held of [tag, `W/${tag}`, `"a", ${tag}`, '*']) {
      const again = await site.direct.get(address, { ...type, 'if-none-match': held });
      expect([again.status, again.body.length, again.headers.etag, again.headers.vary]).toEqual([304, 0, tag, 'Accept']);
    }
    expect((await site.direct.get(address, { ...type, 'if-none-match': '"other", W/"another"' })).status).toBe(200);
  });

  it('answers HEAD with the same headers and no body', async () => {
    const [get, head] = [await site.direct.get(address, type), await site.direct.call('HEAD', address, undefined, type)];
    expect([head.status, head.body.length, head.headers.etag, head.headers['content-length'], head.headers['content-type']]).toEqual([200, 0, get.headers.etag, get.headers['content-length'], get.headers['content-type']]);
  });

  it('has no other form, no parameter that it does not know, and no other method', async () => {
    const refused = await site.direct.get(address, { accept: 'text/html, application/yaml' });
    expectProblem(refused, 'NOT_ACCEPTABLE');
    expect(refused.headers.vary).toBe('Accept');
    const more = address.includes('?') ? '&' : '?';
    expectProblem(await site.direct.get(`${address}${more}colour=red`, type), 'QUERY_NAME');
    expectProblem(await site.direct.call('DELETE', address), 'METHOD');
  });
});

describe('the representation that is liked best', () => {
  it.each([
    ['application/xml;q=0.9, application/json;q=0.1', 'application/xml'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'application/xml'],
    ['application/json;q=0, */*', 'application/xml'],
    ['application/*', 'application/json'],
  ])('of %s is %s', async (accept, type) => {
    expect((await site.direct.get('/v1/ivans', { accept })).headers['content-type']).toBe(`${type}; charset=utf-8`);
  });
});

describe('what is not in the standard', () => {
  it.each(['/v1/procedures/999', '/v1/procedures/constructor', '/v1/procedures/__proto__', '/v1/forms/D99', '/v1/rules/NO_RULE', '/v1/calendar/1900', '/v1/code-lists/none', '/v1/schemas/D02-TS/99', '/v1/schemas/D02-TS/1.0', '/v1/schemas/..%2F..%2Fsrc/1', '/v1/schemas/D99/1/sample', '/v1/procedures/%3Cscript%3E'])('%s is a problem', async (address) => {
    expectProblem(await site.direct.get(address), 'ENTRY_UNKNOWN');
  });
});

describe('a schema', () => {
  it('is the file of the package, octet for octet', async () => {
    const answer = await site.direct.get('/v1/schemas/D02-TS/1');
    expect([answer.headers['content-type'], answer.body.equals(readFileSync(packageFile('schemas', 'D02-TS', '1', 'D02-TS.xsd')))]).toEqual(['application/xml; charset=utf-8', true]);
  });

  it('is named by the index with its digest, and every address of the index leads to what it says', async () => {
    const index = (await rows('/v1/schemas', 'schemas')) as unknown as { form: string; schema: string; schemaSha256: string; sample?: string }[];
    expect(index.map(({ form }) => form)).toEqual(expect.arrayContaining(['Hoso', 'D02-TS', 'TK1-TS']));
    for (const { schema, schemaSha256, sample } of index) {
      const answer = await site.direct.get(schema);
      expect([schema, createHash('sha256').update(answer.body).digest('hex')]).toEqual([schema, schemaSha256]);
      if (sample !== undefined) expect((await site.direct.get(sample)).status).toBe(200);
    }
  });
});

describe('a rule', () => {
  it('is found by its code and by the code that stands in receipts', async () => {
    const [byCode, byWireCode] = [await site.direct.get('/v1/rules/PERIOD_INVALID'), await site.direct.get('/v1/rules/GW318')];
    expect(byWireCode.body.equals(byCode.body)).toBe(true);
    expect(read(byCode)['rule']).toMatchObject({ code: 'PERIOD_INVALID', wireCode: 'GW318', severity: 'refuse', kind: 'dossier' });
  });

  it('says how it weighs by itself, under the set of the day, and under a set that says otherwise', async () => {
    const [today, pilot] = [await site.direct.get('/v1/rules/FORM_WITHOUT_SCHEMA'), await site.direct.get('/v1/rules/FORM_WITHOUT_SCHEMA?at=2016-01-01')];
    expect(read(today)['rule']).toMatchObject({ severity: 'warn', ruleSetInForce: loadStandard().ruleSetAt(new Date()).id, severityInForce: 'warn', ruleSets: [{ id: 'next', severity: 'refuse' }] });
    expect(read(pilot)['rule']).toMatchObject({ severity: 'warn', ruleSetInForce: 'qd08-2015', severityInForce: 'warn' });
  });
});

describe('a form', () => {
  it('names its elements with type and need, and the procedures that take it', async () => {
    const { form } = read(await site.direct.get('/v1/forms/D02-TS')) as { form: { requiredBy: string[]; versions: { elements: { path: string }[] }[] } };
    expect(form.requiredBy).toContain('600');
    expect(form.versions[0]?.elements.find(({ path }) => path === 'D02-TS/NoiDung/LaoDong/HoTen')).toMatchObject({ required: true, type: 'RequiredText' });
  });
});

describe('agencies of a province', () => {
  it('are those whose digits it took up', async () => {
    const codes = (await rows('/v1/agencies?province=01', 'agencies')).map(({ code }) => code);
    expect([codes.includes('00101'), codes.includes('07906')]).toEqual([true, false]);
    expect((await rows('/v1/agencies', 'agencies')).length).toBeGreaterThan(codes.length);
  });

  it.each(['00', '1', 'x', '26'])('of "%s", which is none of today’s, are a problem', async (province) => {
    expectProblem(await site.direct.get(`/v1/agencies?province=${province}`), 'QUERY_VALUE');
  });

  it('cannot be asked for twice at once', async () => {
    expectProblem(await site.direct.get('/v1/agencies?province=01&province=79'), 'QUERY_NAME');
  });
});

describe('a due date', () => {
  const due = async (query: string): Promise<Record<string, unknown>> => read(await site.direct.get(`/v1/calendar/due-date?${query}`));

  it('keeps the time of day where that is asked for, and ends with the day otherwise', async () => {
    expect(await due('from=2026-01-13T09:30:41%2B07:00&workingDays=5&keepTimeOfDay')).toEqual({ digest, from: '2026-01-13T09:30:41.000+07:00', workingDays: 5, keepTimeOfDay: true, dueAt: '2026-01-20T09:30:41.000+07:00', provisional: false });
    expect(await due('from=2026-01-13&workingDays=5')).toMatchObject({ keepTimeOfDay: false, dueAt: '2026-01-20T23:59:59.999+07:00' });
    expect(await due('from=2026-01-13&workingDays=5&keepTimeOfDay=false')).toMatchObject({ keepTimeOfDay: false });
  });

  it('understands a plus sign that nobody escaped', async () => {
    expect(await due('from=2026-01-13T09:30:41+07:00&workingDays=5&keepTimeOfDay')).toMatchObject({ dueAt: '2026-01-20T09:30:41.000+07:00' });
  });

  it('counts a Saturday worked in exchange and says what is provisional', async () => {
    expect(await due('from=2026-08-21&workingDays=1')).toMatchObject({ dueAt: '2026-08-22T23:59:59.999+07:00' });
    expect(await due('from=2027-02-01&workingDays=10')).toMatchObject({ provisional: true });
  });

  it.each(['from=2026-02-30&workingDays=1', 'from=2026-01-13T25:00:00%2B07:00&workingDays=1', 'from=yesterday&workingDays=1', 'from=2026-01-13&workingDays=1001', 'from=2026-01-13&workingDays=-1', 'from=2026-01-13&workingDays=1&keepTimeOfDay=yes', 'from=2026-01-13&workingDays=1&keepTimeOfDay', 'from=9999-12-31&workingDays=1'])('of %s is a problem', async (query) => {
    expectProblem(await site.direct.get(`/v1/calendar/due-date?${query}`), 'QUERY_VALUE');
  });

  it.each(['from=2026-01-13', 'workingDays=1', ''])('of "%s", which says too little, is a problem', async (query) => {
    expectProblem(await site.direct.get(`/v1/calendar/due-date?${query}`), 'QUERY_NAME');
  });
});

describe('a day', () => {
  it('says between which days the answer is the same', async () => {
    const answer = read(await site.direct.get('/v1/provinces?at=2026-01-01', json));
    expect(answer['inForce']).toMatchObject({ from: '2025-07-01' });
    expect((await rows('/v1/provinces?at=2026-01-01', 'provinces')).length).toBe(34);
    expect((await rows('/v1/provinces?at=2025-06-30', 'provinces')).length).toBe(63);
  });

  it('leaves of a procedure what is in force, and nothing of one that is not', async () => {
    const versions = async (day: string): Promise<unknown> => (read(await site.direct.get(`/v1/procedures/600?at=${day}`)) as { procedure: { versions: unknown } }).procedure.versions;
    expect(await versions('2026-04-30')).toEqual([expect.objectContaining({ until: '2026-05-01', requiredForms: ['D02-TS'] })]);
    expect(await versions('2026-05-01')).toEqual([expect.objectContaining({ from: '2026-05-01', requiredOneOf: [['D02-TS', 'D02-LT']] })]);
    expectProblem(await site.direct.get('/v1/procedures/600?at=1999-01-01'), 'ENTRY_UNKNOWN');
    expect((await rows('/v1/procedures?at=1999-01-01', 'procedures')).length).toBe(0);
  });

  it('has one answer for all days of a stretch', async () => {
    const [early, late] = [await site.direct.get('/v1/provinces?at=2026-01-01'), await site.direct.get('/v1/provinces?at=2026-06-30')];
    expect(late.headers.etag).toBe(early.headers.etag);
  });

  it.each(['2026-13', 'today', ''])('"%s" is a problem', async (day) => {
    expectProblem(await site.direct.get(`/v1/provinces?at=${day}`), 'QUERY_VALUE');
  });
});
