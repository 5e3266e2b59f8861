// Guarantee: what a unit signed is filed once. Whoever holds the octets of a dossier can write the same signed content in others; it gets a
// signed conflict that names the first, never a second number, whoever sends it, whoever of the unit signs it again, and however many at once.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { verifyMessage } from '../../src/client/verify-message.ts';
import { signEnveloped } from '../../src/signature/sign.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { parse } from '../../src/xml/parse.ts';
import { audit } from '../support/audited.ts';
import { envelopeXml, signedDossier, signedForm } from '../support/dossiers.ts';
import type { Edit } from '../support/dossiers.ts';
import { employerLike, identityOf, materialOf } from '../support/pki.ts';
import { signedXml } from '../support/problems.ts';
import { fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

let site: Site;
let marks = 0;

beforeAll(async () => {
  site = await startSite();
});

afterAll(async () => {
  const { submissions, accepted, conflicts } = await audit(site.databaseUrl);
  expect([accepted > 0, conflicts > 0, submissions]).toEqual([true, true, accepted + conflicts]);
  await site.stop();
});

/** A dossier that an employer files itself, so that anybody may send it. */
function dossier(): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { ivan: '', mark: `phát lại ${marks}` });
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const contentOf = (bytes: Buffer): string => verifySignature(parse(bytes), envelopePlace).canonicalDigest;
const numberIn = ({ body }: Answer): string | undefined => /<SO_HSO>([^<]+)<\/SO_HSO>/.exec(body.toString())?.[1];

const rewritings: readonly (readonly [name: string, edit: Edit])[] = [
  ['a comment before the root', (xml) => xml.replace('<Hoso ', '<!-- x --><Hoso ')],
  ['a comment in the content', (xml) => xml.replace('<ThongTinDonVi>', '<ThongTinDonVi><!-- x -->')],
  ['a space in the last tag', (xml) => xml.replace(/<\/Hoso>$/, '</Hoso >')],
  ['an octet after the root', (xml) => `${xml}\n`],
  ['no XML declaration', (xml) => xml.replace(/^<\?[^>]*>/, '')],
  ['an empty element written with two tags', (xml) => xml.replace('<QuyTrinhISO />', '<QuyTrinhISO></QuyTrinhISO>')],
  ['a character written as a reference', (xml) => xml.replace('<MaThuTuc>600', '<MaThuTuc>&#x36;00')],
  ['another signing time in the unsigned Object', (xml) => xml.replace('1970-01-01T00:00:00Z', '2026-11-22T00:00:00Z')],
  ['an I-VAN’s element added', (xml) => xml.replace(/<\/Hoso>$/, '<CKy_iVan/></Hoso>')],
];

describe('a filed dossier', () => {
  it.each(rewritings)('with %s is a signed conflict that names it', async (_name, edit) => {
    const bytes = await dossier();
    const copy = Buffer.from(edit(bytes.toString('utf8')));
    expect([digestOf(copy) === digestOf(bytes), contentOf(copy)]).toEqual([false, contentOf(bytes)]);
    const first = await site.direct.post('/v1/dossiers', bytes);
    const conflict = await site.direct.post('/v1/dossiers', copy, { 'idempotency-key': `k-${marks}` });
    expect([first.status, conflict.status, numberIn(conflict)]).toEqual([201, 409, undefined]);
    const xml = signedXml(site, conflict);
    expect([xml.includes(`<SHA256_TRUOC>${digestOf(bytes)}</SHA256_TRUOC>`), xml.includes('Nội dung đã ký này đã được tiếp nhận'), xml.includes('MA_BEN_GUI')]).toEqual([true, true, false]);
    const again = await site.direct.post('/v1/dossiers', copy);
    expect([again.status, again.body.equals(conflict.body)]).toEqual([409, true]);
    const resent = await site.direct.post('/v1/dossiers', bytes);
    expect([resent.status, resent.body.equals(first.body)]).toEqual([200, true]);
  });

  it('signed again by another certificate of the unit is the same content', async () => {
    marks += 1;
    const form = await signedForm(identityOf(site.pki.employer), { mark: `ký lại ${marks}` });
    const envelope = Buffer.from(envelopeXml(form, { ivan: '' }));
    const place = { path: ['Hoso', 'CKy_Dvi'] };
    const one = await signEnveloped(envelope, identityOf(site.pki.employer), place);
    const other = await signEnveloped(envelope, identityOf(employerLike(site.pki)), place);
    expect((await site.direct.post('/v1/dossiers', one)).status).toBe(201);
    const conflict = await site.direct.post('/v1/dossiers', other);
    expect([conflict.status, signedXml(site, conflict).includes(digestOf(one))]).toEqual([409, true]);
  });

  it('is read from the conflict by the client kit: the first, and no key', async () => {
    const bytes = await dossier();
    await site.direct.post('/v1/dossiers', bytes);
    const conflict = await site.direct.post('/v1/dossiers', Buffer.concat([bytes, Buffer.from('\n')]));
    const { earlier } = await verifyMessage(conflict.body, materialOf(site.pki), { fingerprint: fingerprintOf(site.pki.gatewaySigning.certificatePem) });
    expect(earlier).toMatchObject({ key: undefined, digest: digestOf(bytes) });
  });

  it('comes before the sender’s key: what has the content of one and the key of another names the one of its content', async () => {
    const [one, other] = [await dossier(), await dossier()];
    await site.direct.post('/v1/dossiers', one);
    await site.direct.post('/v1/dossiers', other, { 'idempotency-key': 'key-of-other' });
    const conflict = await site.direct.post('/v1/dossiers', Buffer.concat([one, Buffer.from('\n')]), { 'idempotency-key': 'key-of-other' });
    const xml = signedXml(site, conflict);
    expect([conflict.status, xml.includes(digestOf(one)), xml.includes(digestOf(other))]).toEqual([409, true, false]);
  });

  it('in twenty writings at once is one dossier and nineteen conflicts that name it', async () => {
    const bytes = await dossier();
    const writings = Array.from({ length: 20 }, (_value, index) => Buffer.concat([bytes, Buffer.from('\n'.repeat(index))]));
    const answers = await Promise.all(writings.map((writing, index) => (index % 2 === 0 ? site.direct.post('/v1/dossiers', writing, { 'idempotency-key': `at-once-${index % 6}` }) : site.direct.post('/v1/dossiers', writing))));
    const accepted = answers.findIndex(({ status }) => status === 201);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const named = answers.filter(({ status }) => status === 409).map(({ body }) => /<SHA256_TRUOC>([0-9a-f]+)/.exec(body.toString())?.[1]);
    expect(new Set(named)).toEqual(new Set([digestOf(writings[accepted] ?? Buffer.alloc(0))]));
  });
});

it('a dossier changed in one character of its content and signed again is another', async () => {
  expect((await site.direct.post('/v1/dossiers', await dossier())).status).toBe(201);
  expect((await site.direct.post('/v1/dossiers', await dossier())).status).toBe(201);
});
