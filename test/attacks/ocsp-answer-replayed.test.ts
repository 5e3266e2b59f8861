// Attack: a true answer "good" from before the revocation is kept and served again (RFC 6960 §5, "replay attacks"; it works where the nonce is not
// asked for, as in nearly all of the field, for as long as nextUpdate allows).
import { afterAll, describe, expect, it } from '@jest/globals';

import { answerMismatch } from '../../src/trust/ocsp-answers.ts';
import { parseOcspResponse } from '../../src/trust/ocsp.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { ocspAnswer } from './ocsp.ts';
import type { Answer } from './ocsp.ts';
import { openPaths, revoked } from './paths.ts';
import { openStage, outcomeOf } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const leaf = await paths.leaf(authority);
const open = { by: authority, as: authority.certificate, about: leaf.certificate, issuer: authority.certificate };
const good: Answer = { ...open, thisUpdate: paths.day(-3), nextUpdate: paths.day(3) };
const ofRoot = await paths.list(root);
const UNKNOWN = 'not now: REVOCATION_UNKNOWN';

async function judgedBy(answers: readonly Buffer[], lists: readonly Buffer[] = []): Promise<string> {
  const trust = await paths.material([root, authority], [ofRoot, ...lists]);
  return outcomeOf(() => {
    trustSigner(leaf.certificate, trust, stage.now, 'signature', { candidates: [], lists: [], responses: answers.map(parseOcspResponse) });
    return 'trusted';
  });
}

describe('an answer from before the revocation', () => {
  it('lives: alone, and not yet due, it clears – nothing at hand can know better', async () => {
    expect(await judgedBy([ocspAnswer(good)])).toBe('trusted');
  });

  it('does not clear what a newer answer revokes, in whatever order they come', async () => {
    const revoking = ocspAnswer({ ...good, thisUpdate: paths.day(-1), revokedAt: paths.day(-2) });
    expect(await judgedBy([ocspAnswer(good), revoking])).toBe('REVOKED');
    expect(await judgedBy([revoking, ocspAnswer(good)])).toBe('REVOKED');
  });

  it('does not clear what a list revokes, though the answer is the newer: revocation is for good', async () => {
    const list = await paths.list(authority, { entries: [revoked(leaf.certificate, paths.day(-2))] });
    expect(await judgedBy([ocspAnswer({ ...good, thisUpdate: paths.day(-0.01) })], [list])).toBe('REVOKED');
  });

  it('and a fresh list that does not name it yet do not clear what an answer revokes', async () => {
    expect(await judgedBy([ocspAnswer({ ...good, thisUpdate: paths.day(-0.01), revokedAt: paths.day(-0.5) })], [await paths.list(authority)])).toBe('REVOKED');
  });

  it('is not used after its nextUpdate', async () => {
    expect(await judgedBy([ocspAnswer({ ...good, nextUpdate: paths.day(-0.01) })])).toBe(UNKNOWN);
  });

  it('is not used for weeks, whatever it promises, and without a promise for a day only', async () => {
    expect(await judgedBy([ocspAnswer({ ...good, thisUpdate: paths.day(-10), nextUpdate: paths.day(300) })])).toBe(UNKNOWN);
    expect(await judgedBy([ocspAnswer({ ...open, thisUpdate: paths.day(-0.9) })])).toBe('trusted');
    expect(await judgedBy([ocspAnswer({ ...open, thisUpdate: paths.day(-1.1) })])).toBe(UNKNOWN);
  });

  it('is not brought back by the revoking answer’s growing stale', async () => {
    const stale = ocspAnswer({ ...good, thisUpdate: paths.day(-1), nextUpdate: paths.day(-0.5), revokedAt: paths.day(-2) });
    expect(await judgedBy([ocspAnswer(good), stale])).toBe(UNKNOWN);
  });

  it('is recognised by whoever asked with a nonce', () => {
    const response = parseOcspResponse(ocspAnswer(good));
    expect(answerMismatch(response, leaf.certificate, authority.certificate)).toBeUndefined();
    expect(answerMismatch(response, leaf.certificate, authority.certificate, Buffer.alloc(16, 7))).toBe('the answer bears no nonce');
    expect(answerMismatch(response, authority.certificate, root.certificate)).toBe('the answer is about another certificate');
  });
});
