// Guarantee: where a list cannot be had or does not help, single certificates are asked for by OCSP: only real ones, each once, a bounded number,
// and only an answer that trust itself would accept is kept.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { RevocationUnknown } from '../../src/trust/revocation.ts';
import { days, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, nameOf, thrownBy, x509 } from '../trust/support.ts';
import type { Holder } from '../trust/support.ts';
import { responds } from './responder.ts';
import type { AnswerShape } from './responder.ts';
import { fails, serves, startBench, startServer } from './support.ts';
import type { Bench, BenchOptions, Server } from './support.ts';

let server: Server;
let root: Holder;
let subordinate: Holder;
let leaf: Certificate;
let rootList: Buffer;
let benches: Bench[] = [];

const namesResponder = (path = '/ocsp'): x509.Extension => new x509.AuthorityInfoAccessExtension({ ocsp: `${server.url}${path}` });

beforeAll(async () => {
  server = await startServer();
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate, { extensions: [namesResponder()] });
  rootList = await makeList(root, { nextUpdate: days(30) });
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

/** The operator lists the responder, which permits loopback. */
async function bench(options: Partial<BenchOptions> = {}): Promise<Bench> {
  const made = await startBench({ authorities: [root, subordinate], lists: [rootList], sources: [[subordinate, { ocsp: [`${server.url}/ocsp`] }]], ...options });
  benches.push(made);
  return made;
}

const judge = ({ worker, material, now }: Bench, certificate = leaf): unknown =>
  thrownBy(() => trustSigner(certificate, material(), now(), 'signature', { candidates: [], lists: [], responses: worker.responsesFor([certificate]) }));
const shape = (more: Partial<AnswerShape> = {}): AnswerShape => ({ by: subordinate, thisUpdate: days(0), nextUpdate: days(1), ...more });
const respond = (more: Partial<AnswerShape> = {}): void => { server.behaviours.set('/ocsp', responds(() => shape(more))); };

describe('a certificate whose issuer has no list', () => {
  it('is asked for when it is met, and judged when it comes again', async () => {
    respond();
    const made = await bench();
    expect(judge(made)).toBeInstanceOf(RevocationUnknown);
    expect(made.worker.want(leaf, subordinate.certificate)).toBe(5);
    expect(server.asked).toEqual([]); // nobody waits for it
    await made.run();
    expect([judge(made), server.asked]).toEqual([undefined, ['/ocsp']]);
  });

  it('is refused when the answer says that it is revoked', async () => {
    respond({ status: 'revoked' });
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(judge(made)).toBeInstanceOf(Refusal);
  });

  it('is asked for once, however often it is wanted', async () => {
    respond();
    const made = await bench();
    for (let count = 0; count < 50; count += 1) made.worker.want(leaf, subordinate.certificate);
    await made.run();
    for (let count = 0; count < 50; count += 1) made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(server.asked).toHaveLength(1);
  });

  it('is named by its digest in what a judgement rests on', async () => {
    respond();
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    const signer = trustSigner(leaf, made.material(), made.now(), 'signature', { candidates: [], lists: [], responses: made.worker.responsesFor([leaf]) });
    const [evidence] = signer.revocation;
    expect([evidence?.kind, evidence?.digest]).toEqual(['ocsp', made.worker.responsesFor([leaf])[0]?.fingerprint]);
  });

  it('is judged by a delegate’s answer that the issuer vouches for', async () => {
    const delegate = await issue(subordinate, { subject: nameOf('OCSP'), extensions: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.9']), new x509.Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.from([5, 0]))] });
    respond({ by: delegate, with: [delegate.certificate] });
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(judge(made)).toBeUndefined();
  });
});

describe('an answer that is not kept', () => {
  const cases: readonly (readonly [what: string, shape: () => Promise<Partial<AnswerShape>>])[] = [
    ['about another certificate', () => Promise.resolve({ serialNumber: '7f' })],
    ['signed by another authority', async () => ({ by: await makeRoot('Other') })],
    ['signed by another key in the issuer’s name', async () => ({ by: { ...subordinate, keys: await makeKeys() } })],
    ['signed by a leaf of the issuer', async () => {
      const other = await issue(subordinate, {});
      return { by: other, with: [other.certificate] };
    }],
    ['with the nonce of another question', () => Promise.resolve({ nonce: Buffer.alloc(16, 7) })],
    ['that has expired', () => Promise.resolve({ thisUpdate: days(-2), nextUpdate: days(-1) })],
    ['that is old, whatever end it names', () => Promise.resolve({ thisUpdate: days(-30), nextUpdate: days(30) })],
    ['of tomorrow', () => Promise.resolve({ thisUpdate: days(1), nextUpdate: days(2) })],
    ['that does not know', () => Promise.resolve({ status: 'unknown' as const })],
  ];

  it.each(cases)('%s', async (_what, make) => {
    respond(await make());
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect([made.worker.responsesFor([leaf]), made.worker.status().responses.answered, made.log.map(({ message }) => message)]).toEqual([[], 0, ['OCSP not answered']]);
    expect(judge(made)).toBeInstanceOf(RevocationUnknown);
  });

  it('is not needed to come with a nonce', async () => {
    respond({ nonce: null });
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(judge(made)).toBeUndefined();
  });

  it('too large to be one', async () => {
    server.behaviours.set('/ocsp', serves(Buffer.alloc(64 * 1024 + 1)));
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(made.log[0]?.details['reason']).toBe('the answer is larger than 65536 bytes');
  });

  it('older than the one at hand', async () => {
    respond({ nonce: null, nextUpdate: days(2) });
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    const [first] = made.worker.responsesFor([leaf]);
    respond({ nonce: null, thisUpdate: days(-1), nextUpdate: days(2) });
    made.wait(3600);
    await made.run();
    expect([server.asked.length, made.worker.responsesFor([leaf])]).toEqual([2, [first]]);
  });
});

describe('answers', () => {
  it('are renewed while they are used, and forgotten when they are not', async () => {
    respond({ nextUpdate: days(4) });
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    for (const hours of [0, 1, 1]) {
      made.wait(hours * 3600);
      await made.run();
    }
    expect(server.asked).toHaveLength(3);
    made.wait(25 * 3600);
    await made.run();
    expect([server.asked.length, made.worker.status().responses.remembered]).toEqual([3, 0]);
  });

  it('are not handed out once they have expired', async () => {
    respond();
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    made.wait(24 * 3600);
    expect(made.worker.responsesFor([leaf])).toEqual([]);
  });

  it('are asked for after a failure with growing patience', async () => {
    server.behaviours.set('/ocsp', fails);
    const made = await bench();
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    made.wait(4);
    await made.run();
    expect(server.asked).toHaveLength(1);
    made.wait(1);
    await made.run();
    expect([server.asked.length, made.worker.want(leaf, subordinate.certificate)]).toEqual([2, 10]);
  });

  it('are not asked for where the operator switched OCSP off', async () => {
    respond();
    const made = await bench({ sources: [[subordinate, { ocsp: false }]] });
    expect(made.worker.want(leaf, subordinate.certificate)).toBe(300);
    await made.run();
    expect(server.asked).toEqual([]);
  });

  it('are asked for only after the list has been tried', async () => {
    respond();
    server.behaviours.set('/a.crl', fails);
    const made = await bench({ sources: [[subordinate, { lists: [`${server.url}/a.crl`], ocsp: [`${server.url}/ocsp`] }]] });
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect(server.asked).toEqual(['/a.crl']);
    made.worker.want(leaf, subordinate.certificate);
    await made.run();
    expect([server.asked, judge(made)]).toEqual([['/a.crl', '/ocsp'], undefined]);
  });
});

describe('a flood of certificates', () => {
  it('that nobody known signed is not asked for at all', async () => {
    respond();
    const made = await bench();
    const stranger = { name: subordinate.name, keys: await makeKeys() };
    for (let count = 0; count < 20; count += 1) expect(made.worker.want(await makeLeaf(stranger, { extensions: [namesResponder()] }), subordinate.certificate)).toBe(300);
    await made.run();
    expect([server.asked, made.worker.status().responses]).toEqual([[], { remembered: 0, answered: 0, refused: 0 }]);
  });

  it('of a known authority is asked for as fast as the bucket allows', async () => {
    server.behaviours.set('/ocsp', fails);
    const made = await bench();
    const leaves = await Promise.all(Array.from({ length: 70 }, () => makeLeaf(subordinate, { extensions: [namesResponder()] })));
    for (const certificate of leaves) made.worker.want(certificate, subordinate.certificate);
    expect(made.worker.status().responses).toEqual({ remembered: 60, answered: 0, refused: 10 });
    made.wait(2);
    for (const certificate of leaves.slice(60)) made.worker.want(certificate, subordinate.certificate);
    expect(made.worker.status().responses).toEqual({ remembered: 64, answered: 0, refused: 16 });
    // And what the responder gets of it is two at a time, until its breaker opens.
    await made.run();
    expect(server.asked.length).toBeLessThanOrEqual(6);
  });
});
