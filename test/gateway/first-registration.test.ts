// Guarantee: a unit that has no code yet registers like any other dossier is filed: tried first, receipted, handed to its agency and answered, with
// the code that it gets in the result. It is known by its tax code; no register is asked about a code that it does not have.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { setAgencyPolicy } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { signedFirstRegistration } from '../support/first-registrations.ts';
import type { Registration } from '../support/first-registrations.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
let backend: Backend;

beforeAll(async () => {
  backend = await startReferenceBackend();
  site = await startSite({ backendUrl: backend.url });
});

afterAll(async () => {
  const report = await audit(site.databaseUrl);
  await site.stop();
  await backend.stop();
  expect(report.accepted).toBeGreaterThan(0);
});

const registration = (changes: Registration = {}): Promise<Buffer> => signedFirstRegistration(identityOf(site.pki.employer), changes);
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const field = ({ body }: Answer, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>|<${name} ?/>`).exec(body.toString('utf8'))?.[1] ?? undefined;
const codesIn = ({ body }: Answer): string[] => [...body.toString('utf8').matchAll(/<TEN>([A-Z_]+)<\/TEN>/g)].map(([, code = '']) => code);

function resultOf(digest: string): Promise<Answer> {
  return until(`result of ${digest}`, async () => {
    const answer = await site.direct.get(`/v1/dossiers/${digest}/result`);
    return answer.status === 200 && answer;
  });
}

it('a first registration is tried, receipted, delivered and answered with the unit’s code', async () => {
  const bytes = await registration();
  const digest = digestOf(bytes);
  const tried = await site.ivan.post('/v1/dossiers?dry-run', bytes);
  expect([tried.status, JSON.parse(tried.body.toString('utf8')) as unknown]).toEqual([200, expect.objectContaining({ outcome: 'accepted', findings: [] })]);

  const received = await site.ivan.post('/v1/dossiers', bytes);
  expect(received.status).toBe(201);
  const said = ['LOAI', 'LOAI_HSO', 'MST', 'TEN_COQUAN', 'MALOAI_HSO', 'TEN_GDICH', 'NGUOI_GUI', 'SHA256'].map((name) => field(received, name));
  expect(said).toEqual(['TIEP_NHAN', 'DANG_KY_LAN_DAU', '0101300842', '00101', '604', 'Đăng ký tham gia BHXH lần đầu của đơn vị', '00040', digest]);
  expect([field(received, 'MA_DVI') ?? '', field(received, 'KY_KKHAI') ?? '']).toEqual(['', '']);
  expect(received.body.toString('utf8')).toMatch(/<HAN_TRA><THOIDIEM>.*<HAN_YCBS><THOIDIEM>.*<SUKIEN_TIEP><TEN>PHIEU_TIEP_NHAN<\/TEN><TRUOC>/);
  expect(field(received, 'SO_HSO')).toMatch(/^\d{5}\/\d{4}\/00101$/);
  expect(['NGAY_TRA', 'TRUOC', 'MA_GDICH', 'DTHOAI_HTRO'].filter((name) => (field(received, name) ?? '') === '')).toEqual([]);
  const again = await site.ivan.post('/v1/dossiers', bytes);
  expect([again.status, again.body.equals(received.body)]).toEqual([200, true]);

  const result = await resultOf(digest);
  expect(field(result, 'MA_DVI')).toMatch(/^TZ\d{5}$/);
  expect([field(result, 'SO_HSO'), field(result, 'MST'), result.headers['ivan-state']]).toEqual([field(received, 'SO_HSO'), '0101300842', 'answered']);
});

it('an employer files it directly, naming no I-VAN, and through no other than the one it names', async () => {
  const bytes = await registration({ ivan: '', mark: 'trực tiếp' });
  expect((await site.direct.post('/v1/dossiers', bytes)).status).toBe(201);
  const named = await registration({ mark: 'nêu I-VAN' });
  const refused = await site.direct.post('/v1/dossiers', named);
  expect([refused.status, codesIn(refused)]).toEqual([422, expect.arrayContaining(['IVAN_MISMATCH'])]);
});

it('the same signed content in other octets is a conflict', async () => {
  const bytes = await registration({ mark: 'một nội dung' });
  const rewritten = Buffer.from(bytes.toString('utf8').replace('<?xml version="1.0" encoding="utf-8"?>', '<?xml version="1.0" encoding="UTF-8"?>\n'));
  expect(rewritten.equals(bytes)).toBe(false);
  expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  const second = await site.ivan.post('/v1/dossiers', rewritten);
  expect([second.status, field(second, 'LOAI'), field(second, 'SHA256_TRUOC')]).toEqual([409, 'XUNG_DOT', digestOf(bytes)]);
});

it('a refusal names everything that is wrong, and says what it is about', async () => {
  const bytes = await registration({ agency: '99999', editForm: (xml) => xml.replace('<MaDonVi></MaDonVi>', '<MaDonVi>TS12345</MaDonVi>'), edit: (xml) => xml.replace(/(?<=<NgayLap>)[^<]*/, '31/11/2026') });
  const refused = await site.ivan.post('/v1/dossiers', bytes);
  expect([refused.status, field(refused, 'LOAI_HSO')]).toEqual([422, 'DANG_KY_LAN_DAU']);
  expect(codesIn(refused).filter((code) => code !== '').toSorted()).toEqual(['AGENCY_UNKNOWN', 'DATE_INVALID', 'FIRST_REGISTRATION_HAS_CODE']);
});

describe('at an agency that asks for registered certificates', () => {
  it('a unit without a code registers all the same; one with a code does not file', async () => {
    const agency = '07906';
    await setAgencyPolicy(site.gateway.database, { agency, effectiveFrom: new Date(Date.now() - 3_600_000), required: true }, new Date());
    const usual = await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { agency, mark: 'đã có mã' }));
    expect([usual.status, codesIn(usual)]).toEqual([422, expect.arrayContaining(['CERTIFICATE_NOT_REGISTERED'])]);
    expect((await site.ivan.post('/v1/dossiers', await registration({ agency, mark: 'chưa có mã' }))).status).toBe(201);
  });
});

it('units without a code do not wait for each other: each is delivered in the order of its own tax code', async () => {
  const other = employerLike(site.pki, { uids: ['MST:0301519977'] });
  const theirs = await signedFirstRegistration(identityOf(other), { taxCode: '0301519977', mark: 'đơn vị khác' });
  expect((await site.ivan.post('/v1/dossiers', theirs)).status).toBe(201);
  const rows = await site.gateway.database.query<{ ordered: string; code: string }>('SELECT v.order_key AS ordered, d.unit_code AS code FROM delivery v JOIN dossier d ON d.submission_id = v.submission_id WHERE d.agency = $1', ['00101']);
  expect([...new Set(rows.map(({ ordered, code }) => `${code} ${ordered}`))].toSorted()).toEqual([' 00101/0101300842', ' 00101/0301519977']);
  expect(field(await resultOf(digestOf(theirs)), 'MST')).toBe('0301519977');
});
