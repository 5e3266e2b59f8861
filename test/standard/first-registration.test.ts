// Guarantee: which of the two envelopes a `Hoso` is follows from what stands in its body alone; a first registration is filed under the procedure
// that the table names for the day, with that one's forms and time limit; two on one day stop the start.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { judge } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import { envelopePlace, readEnvelope } from '../../src/standard/envelope.ts';
import type { Envelope } from '../../src/standard/envelope.ts';
import { parseJson } from '../../src/standard/json.ts';
import { namedSender } from '../../src/standard/named-sender.ts';
import { allowedForms, firstRegistrationAt, readProcedures } from '../../src/standard/procedures.ts';
import type { DatedProcedures } from '../../src/standard/procedures.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { readUnsigned } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import { createStage, sampleOf } from '../support/examples.ts';

const at = new Date('2026-11-20T09:00:00+07:00');
const read = (xml: string): Envelope => readEnvelope(readUnsigned(parse(Buffer.from(xml)), envelopePlace));
const body = (inner: string): Envelope => read(`<Hoso><NoiDung>${inner}</NoiDung><CKy_Dvi/></Hoso>`);

describe('which envelope it is', () => {
  it.each([
    ['<MaCoQuan>00101</MaCoQuan>', 'first-registration'], ['<ToKhais/>', 'first-registration'],
    ['', 'dossier'], ['<MaSoThue>0101300842</MaSoThue>', 'dossier'],
    ['<ThongTinHoSo/><MaCoQuan>00101</MaCoQuan>', 'dossier'], ['<ToKhais/><ThongTinIVAN/>', 'dossier'], ['<ThongTinDonVi/><ToKhais/>', 'dossier'],
  ])('a body with %j is a %s', (inner, kind) => {
    expect(body(inner).kind).toBe(kind);
  });

  it('is the usual one when there is no body, or more than one', () => {
    expect(read('<Hoso><CKy_Dvi/></Hoso>')).toMatchObject({ kind: 'dossier', files: [], ivanReadable: false });
    expect(read('<Hoso><NoiDung><MaCoQuan>1</MaCoQuan></NoiDung><NoiDung><MaCoQuan>1</MaCoQuan></NoiDung><CKy_Dvi/></Hoso>')).toMatchObject({ kind: 'dossier', agency: undefined });
  });
});

describe('what a first registration says', () => {
  it('is read by the names of its own, in any order', () => {
    const envelope = body('<MaIVan> 00040 </MaIVan><ToKhais><FileToKhai><MaToKhai>TK3-TS</MaToKhai></FileToKhai></ToKhais><Email>a@b.vn</Email><MaSoThue>1</MaSoThue><MaCoQuan>00101</MaCoQuan><TenDoiTuong>X</TenDoiTuong>');
    const texts = [envelope.ivanCode, envelope.taxCode, envelope.agency, envelope.unitName, envelope.files[0]?.form].map((field) => field?.text);
    expect(texts).toEqual(['00040', '1', '00101', 'X', 'TK3-TS']);
    expect([envelope.ivanReadable, envelope.kind === 'first-registration' ? envelope.email?.text : '']).toEqual([true, 'a@b.vn']);
  });

  it('is nothing where a field is repeated, holds elements, or is written as in the other envelope', () => {
    const envelope = body('<MaCoQuan>1</MaCoQuan><MaCoQuan>2</MaCoQuan><MaSoThue><b>1</b></MaSoThue><MaIVAN>00040</MaIVAN><TenDoiTuong/>');
    expect([envelope.agency, envelope.taxCode, envelope.ivanCode, envelope.unitName?.text]).toEqual([undefined, undefined, undefined, '']);
    expect(body('<ToKhais/><MaIVan>1</MaIVan><MaIVan>2</MaIVan>')).toMatchObject({ ivanReadable: false, ivanCode: undefined });
    expect(body('<MaCoQuan/><ToKhais><FileToKhai/></ToKhais><ToKhais><FileToKhai/></ToKhais>').files).toEqual([]);
  });

  it('names who hands it in, in its own spelling', () => {
    expect(namedSender(Buffer.from(sampleOf('Hoso-DKLanDau')))).toMatchObject({ kind: 'ivan', code: '00040' });
    expect(namedSender(Buffer.from(sampleOf('Hoso')))).toMatchObject({ kind: 'ivan', code: '00040' });
    expect(namedSender(Buffer.from('<MaIVan>00040</MaIVAN>'))).toEqual({ kind: 'direct' });
  });
});

describe('its procedure', () => {
  const rows = (...procedures: readonly object[]): DatedProcedures => {
    const row = { from: null, until: null, nameVi: 'a', nameEn: 'a', group: 'thu', requiredForms: ['TK3-TS'], optionalForms: [], workingDays: 9, workingDaysBasis: 'x', filedBy: ['organisation'], throughIvan: true, basis: 'x', source: 'x', confidence: 'A' };
    return readProcedures(parseJson(Buffer.from(JSON.stringify({ defaultWorkingDays: 5, procedures: procedures.map((more) => ({ ...row, ...more })) })), 'procedures.json'));
  };
  const terms = { nameVi: 'lần đầu', nameEn: 'first', optionalForms: ['D02-TS'], workingDays: 3, workingDaysBasis: 'luật' };

  it('is 604 today, with the lists and declarations of people besides, in 5 working days by its own law', () => {
    const standard = loadStandard();
    const procedure = standard.firstRegistrationAt(at);
    expect(procedure).toMatchObject({ code: '604', name: 'Đăng ký tham gia BHXH lần đầu của đơn vị', requiredForms: ['TK3-TS'], workingDays: 5, workingDaysBasis: 'Luật BHXH 41/2024/QH15 Điều 28(4)' });
    expect(procedure && [...allowedForms(procedure)].toSorted()).toEqual(['CT-DK', 'D01-TS', 'D02-LT', 'D02-TS', 'TK1-TS', 'TK3-TS']);
    // A unit that has its code changes its data by the same procedure, without them.
    const usual = standard.procedureAt('604', at);
    expect(usual && [...allowedForms(usual)].toSorted()).toEqual(['CT-DK', 'TK3-TS']);
  });

  it('is the one of the day, and none where no row has terms for it', () => {
    const dated = rows({ code: '604', until: '2026-01-01', firstRegistration: terms }, { code: '604', from: '2026-01-01' }, { code: '605', from: '2027-01-01', firstRegistration: { ...terms, workingDays: 1 } });
    const dayOf = (day: string): unknown => { const found = firstRegistrationAt(dated, new Date(`${day}T12:00:00+07:00`)); return found && [found.code, found.name, found.workingDays, found.workingDaysBasis, found.optionalForms]; };
    expect([dayOf('2025-12-31'), dayOf('2026-06-01'), dayOf('2027-01-01')]).toEqual([['604', 'lần đầu', 3, 'luật', ['D02-TS']], undefined, ['605', 'lần đầu', 1, 'luật', ['D02-TS']]]);
  });

  it('is one: two procedures for it on one day stop the start', () => {
    expect(() => rows({ code: '604', firstRegistration: terms }, { code: '605', firstRegistration: terms })).toThrow(/first registrations.*two rows are in force/);
  });

  it('is refused on a day that has none', async () => {
    const stage = await createStage();
    const standard = { ...stage.rulebook.standard, firstRegistrationAt: () => undefined };
    const bytes = await stage.dossierOf({ form: 'Hoso-DKLanDau' });
    const { outcome, findings } = judge({ bytes, sender: namedSender(bytes), receivedAt: at }, { ...stage.rulebook, standard });
    expect([outcome, findings.map(({ code, place }) => [code, place.xpath])]).toEqual(['refused', [['PROCEDURE_NOT_IN_FORCE', '/Hoso']]]);
    stage.rulebook.schemas.dispose();
  });

  it('stands in the table as it is read', () => {
    const table = JSON.parse(readFileSync(packageFile('src', 'standard', 'tables', 'procedures.json'), 'utf8')) as { procedures: { code: string; firstRegistration?: unknown }[] };
    expect(table.procedures.filter((row) => row.firstRegistration !== undefined).map(({ code }) => code)).toEqual(['604']);
  });
});
