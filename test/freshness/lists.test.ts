// Guarantee: the newest good list of every authority is at hand before the last one ends, whatever its server does; a bad answer never takes the
// place of a good list, and only verified certificates say where to ask.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Certificate } from '../../src/trust/certificate.ts';
import { days, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, nameOf, revoked, x509 } from '../trust/support.ts';
import type { Holder, Shape } from '../trust/support.ts';
import { fails, hangs, serves, startBench, startServer } from './support.ts';
import { until } from '../support/until.ts';
import type { Bench, BenchOptions, Server } from './support.ts';

const HOUR = 3600;

let server: Server;
let root: Holder;
let subordinate: Holder;
let benches: Bench[] = [];

beforeAll(async () => {
  server = await startServer();
  root = await makeRoot();
  subordinate = await makeSubordinate(root, 'VNPT-CA', namesList('/root.crl'));
});
afterAll(() => server.close());
beforeEach(() => {
  server.behaviours.clear();
  server.asked.length = 0;
});
afterEach(() => {
  for (const bench of benches) bench.remove();
  benches = [];
});

function namesList(...paths: readonly string[]): Shape {
  return { extensions: [new x509.CRLDistributionPointsExtension(paths.map((path) => `${server.url}${path}`))] };
}

async function bench(options: Partial<BenchOptions> = {}): Promise<Bench> {
  const made = await startBench({ authorities: [root, subordinate], ...options });
  benches.push(made);
  return made;
}

/** The operator names `/root.crl` as the root's list, which permits loopback. */
const rootListed = (more: Readonly<Record<string, unknown>> = {}) => ({ sources: [[root, { lists: [`${server.url}/root.crl`], ...more }] as const] });
const problemOf = ({ worker }: Bench): string | undefined => worker.status().authorities.find(({ authority }) => authority.includes('Root'))?.problem;
const numbers = ({ material }: Bench): (string | undefined)[] => material().revocationLists.map(({ number }) => number).sort();
const fetchedFiles = ({ folder }: Bench): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.crl')).map((name) => join(folder, name));
const serveRoot = async (shape: Parameters<typeof makeList>[1] = {}, headers: Record<string, string> = {}): Promise<Buffer> => {
  const list = await makeList(root, shape);
  server.behaviours.set('/root.crl', serves(list, headers));
  return list;
};

describe('a list', () => {
  it('is fetched at once when there is none, and is in the material', async () => {
    await serveRoot({ number: 7 });
    const made = await bench(rootListed());
    await made.run();
    expect([numbers(made), server.asked]).toEqual([['07'], ['/root.crl']]);
    expect(made.log.map(({ message }) => message)).toEqual(['revocation list fetched']);
  });

  it('in PEM is read, too', async () => {
    const list = await makeList(root, { number: 8 });
    server.behaviours.set('/root.crl', serves(Buffer.from(`-----BEGIN X509 CRL-----\n${list.toString('base64')}\n-----END X509 CRL-----\n`)));
    const made = await bench(rootListed());
    await made.run();
    expect(numbers(made)).toEqual(['08']);
  });

  it('is fetched again after an hour, or when half of its time is over', async () => {
    await serveRoot();
    const made = await bench(rootListed());
    await made.run();
    expect(made.worker.nextDueAt()).toEqual(new Date(made.now().getTime() + HOUR * 1000));
    await serveRoot({ number: 2, thisUpdate: days(0), nextUpdate: new Date(days(0).getTime() + 1.5 * HOUR * 1000) });
    made.wait(HOUR);
    await made.run();
    expect(made.worker.nextDueAt()).toEqual(new Date(made.now().getTime() + 0.25 * HOUR * 1000));
  });

  it('is fetched as often as the operator wants', async () => {
    await serveRoot();
    const made = await bench(rootListed({ everyMinutes: 10 }));
    await made.run();
    expect(made.worker.nextDueAt()).toEqual(new Date(made.now().getTime() + 600_000));
  });

  it('takes the place of the older one, whose file goes', async () => {
    await serveRoot({ number: 1 });
    const made = await bench(rootListed());
    await made.run();
    const list = await serveRoot({ number: 2, thisUpdate: days(0) });
    made.wait(HOUR);
    await made.run();
    const files = fetchedFiles(made);
    expect([numbers(made), files.length]).toEqual([['02'], 1]);
    expect(readFileSync(files[0] ?? '').equals(list)).toBe(true);
  });

  it('that has not changed costs no more than a question', async () => {
    const list = await makeList(root);
    server.behaviours.set('/root.crl', (request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(list);
    });
    const made = await bench(rootListed());
    await made.run();
    made.wait(HOUR);
    await made.run();
    expect([server.asked.length, numbers(made), problemOf(made)]).toEqual([2, ['01'], undefined]);
  });

  it('is there after a restart, and is not asked for at once', async () => {
    await serveRoot();
    const first = await bench(rootListed());
    await first.run();
    const second = await bench({ folder: first.folder });
    await second.run();
    expect([numbers(second), server.asked.length]).toEqual([['01'], 1]);
  });

  it('that another process has fetched in the meantime is not undone', async () => {
    await serveRoot({ number: 5 });
    const [one] = [await bench(rootListed())];
    const other = await bench({ folder: one.folder });
    await serveRoot({ number: 6, thisUpdate: days(0) });
    await other.run();
    await serveRoot({ number: 5 });
    await one.run();
    // The late one came second: on disk and in the material the newer list still decides.
    const newest = one.material().revocationLists.toSorted((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime())[0];
    expect(newest?.number).toBe('06');
  });
});

describe('an answer that is not accepted', () => {
  /** The good list lies in the trust folder; its successor is bad. */
  const good = { number: 16, thisUpdate: days(-1), nextUpdate: days(1) };
  const cases: readonly (readonly [what: string, bytes: () => Promise<Uint8Array>, problem: RegExp])[] = [
    ['no list', () => Promise.resolve(Buffer.from('<html>moved</html>')), /not a revocation list/],
    ['nothing', () => Promise.resolve(Buffer.alloc(0)), /not a revocation list/],
    ['half a list', async () => (await makeList(root, { number: 17 })).subarray(0, 100), /not a revocation list/],
    ['a list and more', async () => Buffer.concat([await makeList(root, { number: 17 }), Buffer.alloc(1)]), /not a revocation list/],
    ['a list of another authority', async () => makeList(await makeRoot('Other Root'), { number: 17 }), /not a list of this authority/],
    ['a list in the authority’s name, signed by another key', async () => makeList({ name: root.name, keys: await makeKeys() }, { number: 17 }), /not a list of this authority/],
    ['what could not even be read, were it read before its signature', async () => {
      const list = await makeList(root, { number: 17 });
      list[list.indexOf(0x17)] = 0x04; // thisUpdate is no time any more
      return list;
    }, /^not a list of this authority$/],
    ['an older list', () => makeList(root, { number: 17, thisUpdate: days(-2) }), /older than the one at hand/],
    ['a list with a lower number', () => makeList(root, { number: 9, thisUpdate: days(0) }), /older than the one at hand/],
    ['a list that has expired', () => makeList(root, { number: 17, thisUpdate: days(-1), nextUpdate: days(-0.5) }), /expired/],
    ['a list of tomorrow', () => makeList(root, { number: 17, thisUpdate: days(1), nextUpdate: days(2) }), /of the future/],
    ['a list without an end', () => makeList(root, { number: 17, nextUpdate: null }), /cannot be used/],
    ['a delta list', () => makeList(root, { number: 17, extensions: [new x509.Extension('2.5.29.27', true, Buffer.from([2, 1, 1]))] }), /cannot be used/],
  ];

  it.each(cases)('%s', async (_what, bytes, problem) => {
    server.behaviours.set('/root.crl', serves(await bytes()));
    const made = await bench({ ...rootListed(), lists: [await makeList(root, good)] });
    made.wait(HOUR);
    await made.run();
    expect([numbers(made), problemOf(made)]).toEqual([['10'], expect.stringMatching(problem)]);
    expect(fetchedFiles(made)).toEqual([]);
  });

  it('unless its number is lower as a number, not as text', async () => {
    // 256 is 0100, which as text comes before 09.
    const made = await x509.X509CrlGenerator.create({
      issuer: new x509.Name(root.name), thisUpdate: days(0), nextUpdate: days(2), signingKey: root.keys.privateKey, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new x509.Extension('2.5.29.20', false, Buffer.from([2, 2, 1, 0]))],
    });
    server.behaviours.set('/root.crl', serves(Buffer.from(made.rawData)));
    const subject = await bench({ ...rootListed(), lists: [await makeList(root, { number: 9 })] });
    subject.wait(HOUR);
    await subject.run();
    expect([numbers(subject), problemOf(subject)]).toEqual([['0100', '09'], undefined]);
  });

  it('a revocation stays although an older list without it is served', async () => {
    const leaf = await makeLeaf(root);
    await serveRoot({ number: 3, thisUpdate: days(-0.5), entries: [revoked(leaf, days(-0.6))] });
    const made = await bench(rootListed());
    await made.run();
    await serveRoot({ number: 2, thisUpdate: days(-1) });
    made.wait(HOUR);
    await made.run();
    expect(made.material().revocationLists.map(({ entries }) => entries.get(leaf.serialNumber)?.date)).toEqual([days(-0.6)]);
  });
});

describe('a server that fails', () => {
  it('is asked again after 5, 10, 20 … seconds, and once it is back all is as before', async () => {
    server.behaviours.set('/root.crl', fails);
    const made = await bench(rootListed());
    const dueIn = (): number => ((made.worker.nextDueAt()?.getTime() ?? 0) - made.now().getTime()) / 1000;
    const waits: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      await made.run();
      waits.push(dueIn());
      made.wait(dueIn());
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    await serveRoot();
    await made.run();
    expect([dueIn(), problemOf(made), made.worker.status().authorities.map(({ failures }) => failures)]).toEqual([HOUR, undefined, [0, 0]]);
  });

  it('is left alone by everybody once its breaker is open; one probe closes it', async () => {
    server.behaviours.set('/root.crl', fails);
    server.behaviours.set('/vnpt.crl', serves(await makeList(subordinate)));
    const made = await bench(rootListed());
    const stateOf = (): string | undefined => made.worker.status().hosts[0]?.state;
    for (const seconds of [5, 10, 20, 40, 5]) {
      await made.run();
      made.wait(seconds);
    }
    expect([stateOf(), server.asked.length]).toEqual(['open', 5]);
    // Another list on the same host has to wait, too.
    writeFileSync(join(made.folder, 'revocation-sources.json'), JSON.stringify({ authorities: { [root.certificate.fingerprint]: { lists: [`${server.url}/root.crl`] }, [subordinate.certificate.fingerprint]: { lists: [`${server.url}/vnpt.crl`] } } }));
    made.wait(16);
    await made.run();
    expect([stateOf(), server.asked.length]).toEqual(['open', 5]);
    await serveRoot();
    made.wait(120);
    await made.run();
    made.wait(5);
    await made.run();
    expect([stateOf(), numbers(made).length, made.log.filter(({ message }) => message === 'revocation server').map(({ details }) => details['breaker'])]).toEqual(['closed', 2, ['open', 'closed']]);
  });

  it('does not hold up another one', async () => {
    const other = await startServer();
    server.behaviours.set('/root.crl', hangs);
    other.behaviours.set('/vnpt.crl', serves(await makeList(subordinate)));
    const made = await bench({ sources: [[root, { lists: [`${server.url}/root.crl`] }], [subordinate, { lists: [`${other.url}/vnpt.crl`] }]] });
    const steps = made.worker.start();
    await Promise.race(steps);
    expect([steps.length, numbers(made)]).toEqual([2, ['01']]);
    made.worker.stop();
    await Promise.all(steps);
    await other.close();
  });

  it('never gets more than two questions at once, all together never more than eight', async () => {
    for (let index = 0; index < 12; index += 1) server.behaviours.set(`/${index}.crl`, hangs);
    const made = await bench({ sources: [[root, { lists: Array.from({ length: 12 }, (_, index) => `${server.url}/${index}.crl`) }]] });
    const steps = made.worker.start();
    expect([steps.length, made.worker.start().length, made.worker.status().hosts.map(({ underWay }) => underWay)]).toEqual([8, 0, [2]]);
    made.worker.stop();
    await Promise.all(steps);
  });
});

describe('where a list is', () => {
  it('is learnt from a certificate of the material', async () => {
    await serveRoot();
    const made = await bench({ settings: { resolve: () => Promise.resolve([]) } });
    // The subordinate's certificate names a loopback address, which the operator has not listed.
    await made.run();
    expect([problemOf(made), server.asked]).toEqual([expect.stringMatching(/not a public address/), []]);
  });

  it('is learnt from a leaf that the authority signed; after a restart it is still known', async () => {
    const made = await bench({ settings: { resolve: () => Promise.resolve(['127.0.0.1']) } });
    const leaf = await makeLeaf(subordinate, { extensions: [new x509.CRLDistributionPointsExtension(['http://crl.vnpt.example/a.crl', 'ldap://x/cn=y'])] });
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    const listsOf = ({ worker }: Bench): number | undefined => worker.status().authorities.find(({ authority }) => authority.includes('VNPT'))?.lists;
    expect(listsOf(made)).toBe(1);
    await until('the place is kept', () => Promise.resolve(existsSync(join(made.folder, 'fetched', 'locations.json')) && readFileSync(join(made.folder, 'fetched', 'locations.json'), 'utf8').includes('crl.vnpt.example')));
    const again = await bench({ folder: made.folder });
    expect(listsOf(again)).toBe(1);
  });

  it.each<[what: string, forged: (url: string) => Promise<[Certificate, Certificate]>]>([
    ['a leaf that another key signed in the authority’s name', async (url) => [await makeLeaf({ name: subordinate.name, keys: await makeKeys() }, { extensions: [new x509.CRLDistributionPointsExtension([url])] }), subordinate.certificate]],
    ['a leaf of an authority that is not in the material', async (url) => {
      const stranger = await makeRoot('Stranger');
      return [await makeLeaf(stranger, { extensions: [new x509.CRLDistributionPointsExtension([url])] }), stranger.certificate];
    }],
    ['an authority in the name and under the key of a known one, with a certificate of its own making', async (url) => {
      const { certificate } = await issue({ name: nameOf('Stranger'), keys: await makeKeys() }, { ca: true, subject: subordinate.name, keys: subordinate.keys });
      return [await makeLeaf(subordinate, { extensions: [new x509.CRLDistributionPointsExtension([url])] }), certificate];
    }],
  ])('is not learnt from %s', async (_what, forged) => {
    const made = await bench();
    const [leaf, issuer] = await forged('http://evil.example/a.crl');
    expect(made.worker.want(leaf, issuer)).toBe(300);
    made.worker.meet(leaf);
    expect(made.worker.status().authorities.find(({ authority }) => authority.includes('VNPT'))?.lists).toBe(leaf.issuer === subordinate.certificate.subject && issuer !== subordinate.certificate && issuer.issuer.includes('Stranger') ? 1 : 0);
  });

  it('that the operator names replaces what certificates name', async () => {
    await serveRoot();
    server.behaviours.set('/mirror.crl', serves(await makeList(root)));
    const made = await bench({ sources: [[root, { lists: [`${server.url}/mirror.crl`] }]] });
    await made.run();
    expect(server.asked).toEqual(['/mirror.crl']);
  });

  it('may be several places for one list: the first that has it is enough', async () => {
    const other = await makeSubordinate(root, 'FPT-CA', namesList('/gone.crl', '/root.crl'));
    await serveRoot();
    // Listed for an authority that is not there: so that loopback is permitted, and the places are those of the certificate all the same.
    const made = await bench({ authorities: [root, other], sources: [[await makeRoot('Stranger'), { lists: [`${server.url}/gone.crl`, `${server.url}/root.crl`] }]] });
    await made.run();
    expect([numbers(made), server.asked]).toEqual([['01'], ['/gone.crl', '/root.crl']]);
    expect(made.log[0]?.message).toBe('revocation sources name authorities that are not in the trust folder');
  });

  it('may be another for every part of an authority’s certificates: each part has its list, and none takes another’s place', async () => {
    const partial = (path: string, number: number): Promise<Buffer> => {
      const name = Buffer.from(`${server.url}${path}`);
      const point = Buffer.concat([Buffer.from([0x30, name.length + 6, 0xa0, name.length + 4, 0xa0, name.length + 2, 0x86, name.length]), name]);
      return makeList(subordinate, { number, extensions: [new x509.Extension('2.5.29.28', true, point)] });
    };
    const paths = ['/1.crl', '/2.crl'];
    for (const [index, path] of paths.entries()) server.behaviours.set(path, serves(await partial(path, 20 - index)));
    const made = await bench({ sources: [[await makeRoot('Stranger'), { lists: paths.map((path) => `${server.url}${path}`) }]] });
    for (const path of paths) made.worker.want(await makeLeaf(subordinate, namesList(path)), subordinate.certificate);
    await made.run();
    made.wait(1); // three are due, two are asked of one host at a time
    await made.run();
    expect(numbers(made)).toEqual(['13', '14']);
  });
});
