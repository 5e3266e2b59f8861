// Guarantee: the operator's word on sources is taken exactly or not at all, and a mistake in it is named.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseSources, watchSources } from '../../src/freshness/sources.ts';
import { makeRoot } from '../trust/support.ts';
import type { Holder } from '../trust/support.ts';

let root: Holder;
let folder: string;

beforeAll(async () => {
  root = await makeRoot();
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
});

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const write = (authorities: unknown): string => JSON.stringify({ authorities });
const colons = (hex: string): string => (hex.toUpperCase().match(/../g) ?? []).join(':');

describe('the file of sources', () => {
  it('names an authority by fingerprint or by subject key identifier, in any usual writing', () => {
    const { fingerprint, subjectKeyIdentifier = '' } = root.certificate;
    for (const name of [fingerprint, colons(fingerprint), subjectKeyIdentifier, colons(subjectKeyIdentifier)]) {
      const sources = parseSources(write({ [name]: { name: 'Root', lists: ['http://crl.example/root.crl'], everyMinutes: 30 } }));
      expect(sources.of(root.certificate)).toEqual({ lists: ['http://crl.example/root.crl'], responders: undefined, everyMs: 1_800_000 });
    }
  });

  it('switches OCSP off, replaces its URLs, or leaves them to the certificates', () => {
    const respondersOf = (ocsp: unknown) => parseSources(write({ [root.certificate.fingerprint]: { ocsp } })).of(root.certificate)?.responders;
    expect([respondersOf(false), respondersOf(['http://ocsp.example']), respondersOf(undefined)]).toEqual([[], ['http://ocsp.example/'], undefined]);
  });

  it('lists a URL exactly, not its neighbours', () => {
    const { isListed } = parseSources(write({ [root.certificate.fingerprint]: { lists: ['http://127.0.0.1:8080/root.crl'] } }));
    expect(['http://127.0.0.1:8080/root.crl', 'http://127.0.0.1:8080/other.crl', 'http://127.0.0.1/root.crl', 'https://127.0.0.1:8080/root.crl'].map(isListed)).toEqual([true, false, false, false]);
  });

  const fingerprint = '00'.repeat(32);
  it.each<[what: string, json: string, problem: RegExp]>([
    ['that is no JSON', '{', /revocation-sources\.json: /],
    ['without authorities', '{}', /authorities: must be an object/],
    ['with another key', '{"authorities":{},"other":1}', /the file: unknown key other/],
    ['with an authority that is no hex', write({ 'VNPT-CA': {} }), /authorities\.VNPT-CA: neither a SHA-256 fingerprint nor a subject key identifier/],
    ['with an authority twice', write({ [fingerprint]: {}, [colons(fingerprint)]: {} }), /one is there twice/],
    ['with an unknown word', write({ [fingerprint]: { crl: [] } }), /unknown key crl/],
    ['with a URL that is none', write({ [fingerprint]: { lists: ['root.crl'] } }), /lists\[0\]: is not an http or https URL/],
    ['with another scheme', write({ [fingerprint]: { lists: ['http://a.example', 'ldap://b.example/cn=x'] } }), /lists\[1\]: is not an http or https URL/],
    ['with a file', write({ [fingerprint]: { lists: ['file:///etc/passwd'] } }), /lists\[0\]: is not an http or https URL/],
    ['with a password', write({ [fingerprint]: { lists: ['http://a:b@c.example/'] } }), /is a URL with a password/],
    ['with a single URL', write({ [fingerprint]: { lists: 'http://a.example' } }), /lists: must be a list of URLs/],
    ['with ocsp: true', write({ [fingerprint]: { ocsp: true } }), /ocsp: must be false or a list of URLs/],
    ['with no time', write({ [fingerprint]: { everyMinutes: 0 } }), /everyMinutes: not a whole number from 1 to 1440/],
  ])('%s is refused', (_what, json, problem) => {
    expect(() => parseSources(json)).toThrow(problem);
  });

  it('is taken up when it changes, and a bad one leaves the last good one in force', () => {
    let seconds = 0;
    const log: string[] = [];
    const path = join(folder, 'revocation-sources.json');
    const watch = watchSources(folder, { now: () => new Date(seconds * 1000), log: (message) => log.push(message) });
    const lists = () => watch.current().of(root.certificate)?.lists;
    const lookLater = (): void => {
      seconds += 60;
      watch.look();
    };
    expect(lists()).toBeUndefined();
    writeFileSync(path, write({ [root.certificate.fingerprint]: { lists: ['http://one.example/'] } }));
    watch.look();
    expect(lists()).toBeUndefined(); // not yet time to look
    lookLater();
    expect(lists()).toEqual(['http://one.example/']);
    writeFileSync(path, '{ "authorities": { "x": {} } }');
    lookLater();
    expect([lists(), log]).toEqual([['http://one.example/'], ['revocation sources not taken up']]);
    rmSync(path);
    lookLater();
    expect(lists()).toBeUndefined();
  });
});
