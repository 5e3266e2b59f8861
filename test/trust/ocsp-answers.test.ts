// Guarantee: an OCSP answer clears a certificate only if its issuer, or a responder certified by that issuer's key, says good about that very
// certificate, not long ago. Revoked by any one source is revoked.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Extension } from '@peculiar/asn1-x509';
import { OctetString } from '@peculiar/asn1-schema';
import { Unavailable } from '../../src/errors/outcomes.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import { parseRevocationList } from '../../src/trust/crl.ts';
import type { OcspResponse } from '../../src/trust/ocsp.ts';
import { trustSigner, type Signer } from '../../src/trust/path.ts';
import { RevocationUnknown } from '../../src/trust/revocation.ts';
import { answer, CRLReasons, makeResponder, single, type AnswerShape } from './ocsp-support.ts';
import { at, days, der, general, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, nameOf, oids, points, purposes, refusedWith, revoked, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let subordinate: Holder;
let leaf: Certificate;
let rootList: Buffer;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate, { serialNumber: 'ff01' });
  rootList = await makeList(root);
});

interface AtHand {
  readonly responses?: readonly OcspResponse[];
  readonly lists?: readonly Buffer[];
  readonly candidates?: readonly Certificate[];
  readonly at?: Date;
}

/** With a list for the subordinate; for the leaf only what is given. */
async function judge({ responses = [], lists = [], candidates = [], at: instant = at }: AtHand): Promise<() => Signer> {
  const material = await materialOf([root, subordinate], [rootList, ...lists]);
  return () => trustSigner(leaf, material, instant, 'signature', { responses, candidates, lists: [] });
}

const trusted = async (atHand: AtHand): Promise<Signer> => (await judge(atHand))();
const notNow = async (atHand: AtHand): Promise<void> => {
  expect(thrownBy(await judge(atHand))).toBeInstanceOf(RevocationUnknown);
};
const answerOf = (shape: AnswerShape = {}, signer: Holder = subordinate): Promise<OcspResponse> => answer(leaf, subordinate, shape, signer);

describe('good', () => {
  it('clears in place of a list, and the evidence says so', async () => {
    const response = await answerOf();
    expect((await trusted({ responses: [response] })).revocation[0]).toEqual({
      kind: 'ocsp',
      certificate: leaf.fingerprint,
      issuer: subordinate.certificate.subject,
      signer: subordinate.certificate.fingerprint,
      number: undefined,
      thisUpdate: days(-1),
      nextUpdate: days(1),
      digest: response.fingerprint,
    });
  });

  it.each<[string, AnswerShape]>([['SHA-256 in CertID', { hash: 'sha256' }], ['the responder by its key', { byKey: true }]])('with %s', async (_, shape) => {
    expect((await trusted({ responses: [await answerOf(shape)] })).certificate).toBe(leaf);
  });

  it('for an intermediate as for a leaf', async () => {
    const material = await materialOf([root, subordinate], []);
    const responses = [await answerOf(), await answer(subordinate.certificate, root)];
    const { revocation } = trustSigner(leaf, material, at, 'signature', { responses, lists: [], candidates: [] });
    expect(revocation.map(({ kind, certificate }) => [kind, certificate])).toEqual([['ocsp', leaf.fingerprint], ['ocsp', subordinate.certificate.fingerprint]]);
  });

  it('is taken from any single response of several', async () => {
    const neighbour = await makeLeaf(subordinate);
    const response = await answer(neighbour, subordinate, { status: 'revoked', more: [single(leaf, subordinate.certificate)] });
    expect((await trusted({ responses: [response] })).certificate).toBe(leaf);
  });
});

describe('"not now"', () => {
  it.each<[string, AnswerShape]>([
    ['unknown is not good', { status: 'unknown' }],
    ['from the instant of nextUpdate on', { nextUpdate: at }],
    ['beyond seven days, whatever nextUpdate promises', { thisUpdate: days(-7), nextUpdate: days(90) }],
    ['beyond a day without nextUpdate', { thisUpdate: days(-1), nextUpdate: null }],
    ['with a digest in CertID that we do not compute', { hash: 'sha512' }],
    ['made before what it says', { thisUpdate: days(-1), producedAt: days(-2) }],
    ['with a critical extension nobody knows', { extensions: [new Extension({ extnID: '1.2.3.4', critical: true, extnValue: new OctetString(Buffer.from('0500', 'hex')) })] }],
    ['revoked, as a delta list would say it, to lift a hold', { status: 'revoked', reason: CRLReasons.removeFromCRL }],
  ])('%s', async (_, shape) => {
    await notNow({ responses: [await answerOf(shape)] });
  });

  it.each<[string, AnswerShape]>([['seven days', { thisUpdate: days(-6.99), nextUpdate: days(90) }], ['a day', { thisUpdate: days(-0.99), nextUpdate: null }]])('but not yet within %s', async (_, shape) => {
    expect((await trusted({ responses: [await answerOf(shape)] })).certificate).toBe(leaf);
  });

  it('about another certificate, or the same serial number of another issuer', async () => {
    await notNow({ responses: [await answer(await makeLeaf(subordinate), subordinate)] });
    await notNow({ responses: [await answerOf({ about: root.certificate })] });
    const sameName = await makeSubordinate(root);
    await notNow({ responses: [await answerOf({ about: sameName.certificate })] });
    const sameKey = await makeSubordinate(root, 'Other', { keys: subordinate.keys });
    await notNow({ responses: [await answerOf({ about: sameKey.certificate })] });
  });

  it('issued after the certificate expired, when a responder may have forgotten it', async () => {
    const brief = await makeLeaf(subordinate, { notAfter: days(1) });
    const material = await materialOf([root, subordinate], [rootList]);
    const late = await answer(brief, subordinate, { thisUpdate: days(2), nextUpdate: days(3) });
    expect(thrownBy(() => trustSigner(brief, material, at, 'signature', { responses: [late], lists: [], candidates: [] }))).toBeInstanceOf(RevocationUnknown);
  });

  it('names each certificate whose state is missing, with its issuer, all at once', async () => {
    const material = await materialOf([root, subordinate], []);
    const error = thrownBy(() => trustSigner(leaf, material, at, 'signature'));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ reason: 'REVOCATION_UNKNOWN', retryAfterSeconds: 300, missing: [{ certificate: leaf, issuer: subordinate.certificate }, { certificate: subordinate.certificate, issuer: root.certificate }] });
  });
});

describe('who signs an answer', () => {
  const delegated = async (shape: Shape, issuer: Pick<Holder, 'name' | 'keys'> = subordinate): Promise<AtHand> => {
    const responder = await makeResponder(issuer, shape);
    return { responses: [await answerOf({ certificates: [responder.certificate] }, responder)] };
  };
  const noCheck = new x509.Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.from('0500', 'hex'));

  it('may be a responder that the issuer certified for it', async () => {
    const responder = await makeResponder(subordinate);
    const response = await answerOf({ certificates: [responder.certificate] }, responder);
    expect((await trusted({ responses: [response] })).revocation[0]?.signer).toBe(responder.certificate.fingerprint);
  });

  it('may have its certificate elsewhere at hand', async () => {
    const responder = await makeResponder(subordinate);
    const responses = [await answerOf({ byKey: true }, responder)];
    await notNow({ responses });
    expect((await trusted({ responses, candidates: [responder.certificate] })).certificate).toBe(leaf);
  });

  it.each<[string, Shape]>([
    ['not certified for OCSP signing', { extensions: [purposes(oids.mail), noCheck] }],
    ['certified for any purpose, which is not this one', { extensions: [purposes('2.5.29.37.0'), noCheck] }],
    ['certified for no purpose', { extensions: [noCheck] }],
    ['expired', { notAfter: days(-0.5) }],
    ['not valid yet', { notBefore: days(1) }],
    ['not allowed to sign', { usages: [usage.keyEncipherment] }],
    ['an authority', { ca: true }],
    ['with an unknown critical extension', { extensions: [purposes(oids.ocsp), noCheck, new x509.Extension('1.2.3.4', true, Buffer.from('0500', 'hex'))] }],
  ])('is not one %s', async (_, shape) => {
    await notNow(await delegated(shape));
  });

  it('is not one whom an authority above certified, nor one of the same name by another key, nor the leaf', async () => {
    await notNow(await delegated({}, root));
    await notNow(await delegated({}, { name: subordinate.name, keys: await makeKeys() }));
    await notNow(await delegated({}, { name: nameOf('Other'), keys: subordinate.keys }));
    const signer = await issue(subordinate, {});
    await notNow({ responses: [await answerOf({ certificates: [signer.certificate] }, signer)] });
  });

  it('is not the key of another, whatever name it claims', async () => {
    const impostor: Holder = { ...subordinate, keys: await makeKeys() };
    await notNow({ responses: [await answerOf({}, impostor), await answerOf({ byKey: true }, impostor)] });
  });

  it('is not someone else than the answer names, even if the key is right', async () => {
    const responder = await makeResponder(subordinate);
    const misnamed: Holder = { ...responder, certificate: (await makeResponder(subordinate, { subject: nameOf('Other'), keys: responder.keys })).certificate };
    await notNow({ responses: [await answerOf({ certificates: [responder.certificate] }, misnamed)] });
  });

  it('must be valid when it signed, if that was after the instant', async () => {
    const later = { thisUpdate: days(2), nextUpdate: days(3) };
    for (const [shape, isGood] of [[{ notBefore: days(1) }, true], [{ notAfter: days(1) }, false]] as const) {
      const responder = await makeResponder(subordinate, shape);
      const responses = [await answerOf({ ...later, certificates: [responder.certificate] }, responder)];
      if (isGood) expect((await trusted({ responses })).certificate).toBe(leaf);
      else await notNow({ responses });
    }
  });

  it('must itself be clear, when its certificate does not say that nobody need ask', async () => {
    // The list lies at a point that only the responder names, so it says nothing about the leaf.
    const uri = 'http://crl.example/responders.crl';
    const point = new x509.Extension('2.5.29.28', true, der(0x30, der(0xa0, der(0xa0, general.uri(uri)))));
    const responder = await makeResponder(subordinate, { extensions: [purposes(oids.ocsp), points(uri)] });
    const responses = [await answerOf({ certificates: [responder.certificate] }, responder)];
    await notNow({ responses });
    await notNow({ responses, lists: [await makeList(subordinate, { extensions: [point], nextUpdate: days(-0.5) })] });
    const { revocation: [evidence] } = await trusted({ responses, lists: [await makeList(subordinate, { extensions: [point] })] });
    expect(evidence?.kind).toBe('ocsp');
  });

  it('speaks no more once the issuer’s list revokes it', async () => {
    const responder = await makeResponder(subordinate, { extensions: [purposes(oids.ocsp)] });
    const response = await answerOf({ status: 'revoked', certificates: [responder.certificate] }, responder);
    const revoking = await makeList(subordinate, { entries: [revoked(responder.certificate, days(-2))] });
    expect((await trusted({ responses: [response], lists: [revoking] })).revocation[0]?.kind).toBe('crl');
  });
});

describe('revoked', () => {
  it('is refused with instant and reason in the words of RFC 5280', async () => {
    const response = await answerOf({ status: 'revoked', revokedAt: days(-3), reason: CRLReasons.keyCompromise });
    expect(thrownBy(await judge({ responses: [response] }))).toMatchObject({ findings: [{ code: 'REVOKED', params: { revokedAt: days(-3).toISOString(), reason: 'keyCompromise' } }] });
  });

  it('later than the instant was not revoked yet', async () => {
    expect((await trusted({ responses: [await answerOf({ status: 'revoked', revokedAt: days(0.5) })] })).certificate).toBe(leaf);
    expect(refusedWith(await judge({ responses: [await answerOf({ status: 'revoked', revokedAt: at })] }))).toEqual(['REVOKED']);
  });

  it('by an answer wins over a list that clears, and the other way round, whichever is newer', async () => {
    for (const [older, newer] of [[-1, -0.5], [-0.5, -1]] as const) {
      const clearList = await makeList(subordinate, { thisUpdate: days(newer) });
      const revokingList = await makeList(subordinate, { thisUpdate: days(older), entries: [revoked(leaf, days(-2))] });
      const good = await answerOf({ thisUpdate: days(newer) });
      const bad = await answerOf({ thisUpdate: days(older), status: 'revoked' });
      expect(refusedWith(await judge({ lists: [clearList], responses: [bad] }))).toEqual(['REVOKED']);
      expect(refusedWith(await judge({ lists: [revokingList], responses: [good] }))).toEqual(['REVOKED']);
    }
  });

  it('is not undone by a newer answer', async () => {
    const responses = [await answerOf({ thisUpdate: days(-2), status: 'revoked', revokedAt: days(-3) }), await answerOf({ thisUpdate: days(-0.5) })];
    expect(refusedWith(await judge({ responses }))).toEqual(['REVOKED']);
    expect(refusedWith(await judge({ responses: responses.toReversed() }))).toEqual(['REVOKED']);
  });

  it('as a hold counts, until a newer answer lifts it', async () => {
    const held = await answerOf({ thisUpdate: days(-2), status: 'revoked', revokedAt: days(-3), reason: CRLReasons.certificateHold });
    expect(thrownBy(await judge({ responses: [held] }))).toMatchObject({ findings: [{ params: { reason: 'certificateHold' } }] });
    expect((await trusted({ responses: [held, await answerOf({ thisUpdate: days(-1) })] })).certificate).toBe(leaf);
    expect(refusedWith(await judge({ responses: [held, await answerOf({ thisUpdate: days(-3) })] }))).toEqual(['REVOKED']);
  });

  it('by what is stale neither refuses nor lets a fresh answer clear: a replayed answer does not outlive the list that knows better', async () => {
    const stale = await makeList(subordinate, { thisUpdate: days(-3), nextUpdate: days(-1), entries: [revoked(leaf, days(-4))] });
    const replayed = await answerOf({ thisUpdate: days(-5), nextUpdate: days(5) });
    expect(String(thrownBy(await judge({ lists: [stale], responses: [replayed] })))).toContain('contradicts a revocation that is stale');
    expect((await trusted({ lists: [await makeList(subordinate, { thisUpdate: days(-3), nextUpdate: days(-1) })], responses: [replayed] })).revocation[0]?.kind).toBe('ocsp');
  });
});

describe('values sent along with a signature', () => {
  it('are lists too: they revoke and, when the newest, clear', async () => {
    const material = await materialOf([root, subordinate], [rootList]);
    const judgeBy = (list: Buffer) => () => trustSigner(leaf, material, at, 'signature', { lists: [parseRevocationList(list)], responses: [], candidates: [] });
    expect(judgeBy(await makeList(subordinate))().certificate).toBe(leaf);
    expect(refusedWith(judgeBy(await makeList(subordinate, { entries: [revoked(leaf, days(-2))] })))).toEqual(['REVOKED']);
    expect(thrownBy(judgeBy(await makeList({ name: subordinate.name, keys: await makeKeys() })))).toBeInstanceOf(RevocationUnknown);
  });

  it('an older list sent again does not clear what a newer one of ours revokes, nor what it no longer covers', async () => {
    const replayed = parseRevocationList(await makeList(subordinate, { thisUpdate: days(-3), nextUpdate: days(3) }));
    const judgeWith = async (...lists: Buffer[]) => {
      const material = await materialOf([root, subordinate], [rootList, ...lists]);
      return () => trustSigner(leaf, material, at, 'signature', { lists: [replayed], responses: [], candidates: [] });
    };
    expect(refusedWith(await judgeWith(await makeList(subordinate, { entries: [revoked(leaf, days(-2))] })))).toEqual(['REVOKED']);
    expect(thrownBy(await judgeWith(await makeList(subordinate, { thisUpdate: days(-2), nextUpdate: days(-1) })))).toBeInstanceOf(RevocationUnknown);
  });

  it('are refused in excess, and never cut, for what is cut could be what revokes', async () => {
    const good = await answerOf();
    const bad = await answerOf({ status: 'revoked' });
    expect(refusedWith(await judge({ responses: [...Array<OcspResponse>(63).fill(good), bad] }))).toEqual(['REVOKED']);
    expect(refusedWith(await judge({ responses: [...Array<OcspResponse>(64).fill(good), bad] }))).toEqual([`CHAIN_CONSTRAINTS_FAILURE CertificateValues, RevocationValues > 64 (${leaf.subject})`]);
  });
});
