// Guarantee: a gateway never starts on half a configuration; everything that is wrong is said at once, and nothing trusts by default.
import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { ConfigError, readConfig, settings } from '../src/config.ts';
import type { Environment } from '../src/config.ts';
import { readRouteFile } from '../src/delivery/routes-file.ts';
import { readOperators } from '../src/operators-file.ts';
import { packageFile } from '../src/paths.ts';
import { loadPki, pkiFolder } from './support/pki.ts';
import { siteEnvironment } from './support/site.ts';

let valid: Environment;

beforeAll(async () => {
  await loadPki();
  valid = siteEnvironment('postgres://gateway@127.0.0.1/gateway', 'https://127.0.0.1:9', pkiFolder());
});

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('the configuration', () => {
  it('has the documented defaults', () => {
    expect(readConfig(valid)).toMatchObject({ listenHost: '127.0.0.1', maxBodyBytes: 52_428_800, bodyTimeoutMs: 60_000, maxBacklog: 100_000 });
    expect(readConfig(valid).stamping).toBeUndefined();
    expect(readConfig({ ...valid, GATEWAY_STAMP_URL: 'https://a.example/, http://b.example/tsa' }).stamping).toMatchObject({ urls: [new URL('https://a.example/'), new URL('http://b.example/tsa')], intervalMs: 60_000, refuseAfterMs: 4 * 3_600_000, receipts: false });
    expect(readConfig(valid).revocation).toEqual({ fetch: true, folder: `${valid['GATEWAY_TRUST_FOLDER'] ?? ''}/fetched`, everyMs: 3_600_000, timeoutMs: 20_000 });
  });

  it('of nothing names every required setting at once', () => {
    const required = problemsOf({}).map((problem) => problem.split(':')[0]);
    expect(required.sort()).toEqual(
      ['GATEWAY_DATABASE_URL', 'GATEWAY_TLS_CERTIFICATE_FILE', 'GATEWAY_TLS_KEY_FILE', 'GATEWAY_SIGNING_CERTIFICATE_FILE', 'GATEWAY_SIGNING_KEY_FILE', 'GATEWAY_LOG_KEY_FILE',
        'GATEWAY_BACKEND_CERTIFICATE_FILE', 'GATEWAY_BACKEND_KEY_FILE', 'GATEWAY_TRUST_FOLDER', 'GATEWAY_ROUTES_FILE'].sort(),
    );
  });

  it.each([
    ['an unknown name', { GATEWAY_LISTEN_PROT: '1' }, /GATEWAY_LISTEN_PROT: unknown/],
    ['a port that is none', { GATEWAY_LISTEN_PORT: '70000' }, /GATEWAY_LISTEN_PORT/],
    ['a number in words', { GATEWAY_MAX_BODY_BYTES: '50MB' }, /GATEWAY_MAX_BODY_BYTES/],
    ['another database', { GATEWAY_DATABASE_URL: 'mysql://x' }, /GATEWAY_DATABASE_URL/],
    ['a file that is not there', { GATEWAY_TLS_KEY_FILE: '/nowhere.key' }, /GATEWAY_TLS_KEY_FILE: \/nowhere.key: .*ENOENT/],
    ['fetching switched to something else', { GATEWAY_REVOCATION_FETCH: 'yes' }, /GATEWAY_REVOCATION_FETCH: yes is none of on, off/],
    ['no time between two looks', { GATEWAY_REVOCATION_INTERVAL_SECONDS: '0' }, /GATEWAY_REVOCATION_INTERVAL_SECONDS/],
    ['a rule set in shadow that is not there', { GATEWAY_SHADOW_RULE_SET: 'morgen' }, /GATEWAY_SHADOW_RULE_SET: there is no rule set morgen among .*next/],
    ['a standard in shadow that is none', { GATEWAY_SHADOW_RULE_SET: 'next', GATEWAY_SHADOW_STANDARD_FOLDER: '/nowhere' }, /GATEWAY_SHADOW_STANDARD_FOLDER: \/nowhere/],
    ['a witness that is none', { GATEWAY_LOG_WITNESSES_FILE: packageFile('package.json') }, /GATEWAY_LOG_WITNESSES_FILE: .*line 1 is not the key of a witness/],
    ['a time-stamp authority that is no URL', { GATEWAY_STAMP_URL: 'https://tsa.example,ftp://tsa.example' }, /GATEWAY_STAMP_URL: ftp:\/\/tsa.example is not an http/],
    ['stamped receipts and nobody to stamp them', { GATEWAY_STAMP_RECEIPTS: 'on' }, /GATEWAY_STAMP_RECEIPTS: without GATEWAY_STAMP_URL/],
    ['a password for time stamps in the open', { GATEWAY_STAMP_URL: 'http://tsa.example', GATEWAY_STAMP_PASSWORD_FILE: packageFile('package.json') }, /GATEWAY_STAMP_URL: http:\/\/tsa.example would send the password/],
    ['a client certificate for time stamps without its key', { GATEWAY_STAMP_CERTIFICATE_FILE: packageFile('package.json') }, /GATEWAY_STAMP_CERTIFICATE_FILE, GATEWAY_STAMP_KEY_FILE: one without/],
    ['patience without an end', { GATEWAY_STAMP_REFUSE_AFTER_HOURS: '1000' }, /GATEWAY_STAMP_REFUSE_AFTER_HOURS/],
    ['a folder that is not there', { GATEWAY_TRUST_FOLDER: '/nowhere' }, /GATEWAY_TRUST_FOLDER/],
  ])('with %s is refused by name', (_what, change, problem) => {
    expect(problemsOf({ ...valid, ...change })).toEqual([expect.stringMatching(problem)]);
  });

  it('says all its problems together', () => {
    expect(problemsOf({ ...valid, GATEWAY_LISTEN_PORT: 'x', GATEWAY_MAX_BACKLOG: '0', GATEWAY_OTHER: '1' })).toHaveLength(3);
  });

  it('is in the README, every setting of it', () => {
    const readme = readFileSync(packageFile('README.md'), 'utf8');
    expect(Object.keys(settings).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the operators’ file', () => {
  const read = (file: unknown): ReturnType<typeof readOperators> => readOperators(Buffer.from(typeof file === 'string' ? file : JSON.stringify(file)));
  const fingerprint = 'ab'.repeat(32);

  it('names operators by certificate, however the fingerprint is written', () => {
    const colons = fingerprint.replace(/..(?=.)/g, '$&:').toUpperCase();
    expect([...read({ operators: [{ name: 'Phạm Thị Trực', fingerprint: colons }] })]).toEqual([[fingerprint, 'Phạm Thị Trực']]);
    expect(readConfig(valid).operators.size).toBe(0);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['no list', {}, /operators is missing/],
    ['a member too many', { operators: [], more: 1 }, /more: unknown/],
    ['no name', { operators: [{ name: ' ', fingerprint }] }, /name/],
    ['the name of no operator', { operators: [{ name: 'machine', fingerprint }] }, /not a name for an operator/],
    ['half a fingerprint', { operators: [{ name: 'x', fingerprint: 'ab' }] }, /fingerprint/],
    ['a fingerprint twice', { operators: [{ name: 'x', fingerprint }, { name: 'y', fingerprint: fingerprint.toUpperCase() }] }, /comes twice/],
  ])('with %s is refused', (_what, file, problem) => {
    expect(() => read(file)).toThrow(problem);
  });

  it('that is not there keeps the gateway from starting', () => {
    expect(problemsOf({ ...valid, GATEWAY_OPERATORS_FILE: '/nowhere.json' })).toEqual([expect.stringMatching(/GATEWAY_OPERATORS_FILE: \/nowhere.json/)]);
  });
});

describe('the route file', () => {
  const backends = { one: { url: 'https://127.0.0.1:1', certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] }, two: { url: 'https://127.0.0.1:2', certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] } };
  const beside = (file: string): string => readFileSync(`${pkiFolder()}/${file}`, 'utf8');
  const read = (file: unknown): ReturnType<typeof readRouteFile> => readRouteFile(JSON.stringify(file), beside);

  it('gives a backend the limits it has, or those that are usual', () => {
    const { backends: found, routes } = read({ backends: { ...backends, two: { ...backends.two, mostAtOnce: 2, timeoutSeconds: 5 } }, routes: { '*': 'one', '079': 'two' } });
    expect([...found.values()].map(({ mostAtOnce, timeoutMs }) => [mostAtOnce, timeoutMs])).toEqual([[8, 30_000], [2, 5000]]);
    expect([...routes]).toEqual([['', 'one'], ['079', 'two']]);
  });

  it.each([
    ['no route for every agency', { backends, routes: { '079': 'one' } }, /"\*"/],
    ['a backend that is not there', { backends, routes: { '*': 'three' } }, /no backend three/],
    ['an address without TLS', { backends: { one: { ...backends.one, url: 'http://127.0.0.1:1' } }, routes: { '*': 'one' } }, /https/],
    ['no signers of answers', { backends: { one: { ...backends.one, answerSigners: [] } }, routes: { '*': 'one' } }, /answerSigners/],
    ['a limit that is none', { backends: { one: { ...backends.one, mostAtOnce: 0 } }, routes: { '*': 'one' } }, /mostAtOnce/],
    ['something that is no agency', { backends, routes: { '*': 'one', Hanoi: 'one' } }, /Hanoi/],
  ])('with %s is refused', (_what, file, problem) => {
    expect(() => read(file)).toThrow(problem);
  });
});
