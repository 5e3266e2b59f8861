// Guarantee: what the clients of the field write is accepted, down to its byte order marks, line ends, file names and both meanings of DoDaiFile;
// and one thing wrong in it is found by exactly the rule it is of, and by nothing else.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { severityOf } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { createStage } from '../support/examples.ts';
import type { Stage } from '../support/examples.ts';
import { swap } from '../vectors/kit.ts';
import { clients, dossierOf } from './field-clients.ts';
import type { Client, Mutation } from './field-clients.ts';

let stage: Stage;
beforeAll(async () => { stage = await createStage(); });
afterAll(() => { stage.rulebook.schemas.dispose(); });

/** Warnings that these documents have as their clients write them. */
const warnings: Readonly<Record<keyof typeof clients, readonly FindingCode[]>> = {
  desktop2023: [],
  // New people without a TK1-TS in the same dossier.
  cyberLotus2020: ['NEW_PERSON_WITHOUT_DECLARATION'],
  remote2024: [],
};

const names = Object.keys(clients) as (keyof typeof clients)[];

async function judged(client: Client, mutation?: Mutation): Promise<{ outcome: string; codes: readonly FindingCode[] }> {
  const { outcome, findings } = stage.judge(await dossierOf(stage, client, mutation));
  return { outcome, codes: findings.map(({ code }) => code).toSorted() };
}

describe('as a client writes it', () => {
  it.each(names)('%s is accepted', async (name) => {
    expect(await judged(clients[name])).toEqual({ outcome: 'accepted', codes: warnings[name] });
  });

  it('DoDaiFile counts octets or characters', async () => {
    for (const length of ['base64', 'decoded'] as const) {
      expect(await judged({ ...clients.desktop2023, length })).toEqual({ outcome: 'accepted', codes: [] });
    }
  });

  it('the envelope is on one line or many, with LF or CR LF, blanks or tabs', async () => {
    for (const between of ['', '\n', '\r\n', '\r\n\t\t', '\n    ']) {
      expect(await judged({ ...clients.desktop2023, layout: (xml) => xml.replace(/></g, `>${between}<`) })).toEqual({ outcome: 'accepted', codes: [] });
    }
  });

  it('a form has a byte order mark or none', async () => {
    const files = clients.desktop2023.files.map((file) => (typeof file.content === 'string' ? { ...file, content: file.content.replace(/^\ufeff/, '') } : file));
    expect(await judged({ ...clients.desktop2023, files })).toEqual({ outcome: 'accepted', codes: [] });
  });
});

const [list, declaration] = [0, 1];
/** One thing wrong, and what it is. */
const mutations: readonly (readonly [client: keyof typeof clients, wrong: string, code: FindingCode, mutation: Mutation])[] = [
  ['desktop2023', 'the months the wrong way round', 'MONTHS_REVERSED', { file: list, edit: swap('<DenThang />', '<DenThang>01/2023</DenThang>') }],
  ['desktop2023', 'a decrease among the increases', 'CHANGE_NOT_INCREASE', { file: list, edit: swap('<PA>TM</PA>', '<PA>GH</PA>') }],
  ['desktop2023', 'no salary', 'SALARY_MISSING', { file: list, edit: swap('<TienLuong>5008000</TienLuong>', '<TienLuong />') }],
  ['desktop2023', 'a salary with grouping', 'VALUE_INVALID', { file: list, edit: swap('5008000', '5.008.000') }],
  ['desktop2023', 'pay below the zone’s minimum of that month', 'SALARY_BELOW_MINIMUM', { file: list, edit: swap('5008000', '4600000') }],
  ['desktop2023', 'a rate above a hundred', 'RATE_OUT_OF_RANGE', { file: list, edit: swap('32.0', '320') }],
  ['desktop2023', 'an insurance number one digit short', 'INSURANCE_NUMBER_INVALID', { file: list, edit: swap('<MasoBHXH>0100000001<', '<MasoBHXH>010000001<') }],
  ['desktop2023', 'a personal number of the other sex', 'IDENTITY_NUMBER_SEX', { file: list, edit: swap('<CMND>001090000001<', '<CMND>001190000001<') }],
  ['desktop2023', 'a contract that ends before it begins', 'DATES_REVERSED', { file: list, edit: swap('<Hdld_xdth_tungay /><Hdld_xdth_denngay />', '<Hdld_xdth_tungay>01/05/2023</Hdld_xdth_tungay><Hdld_xdth_denngay>30/04/2023</Hdld_xdth_denngay>') }],
  ['desktop2023', 'a death without its mark', 'DEATH_NOT_FLAGGED', { file: list, edit: swap('<NgayChet />', '<NgayChet>01/05/2023</NgayChet>') }],
  ['desktop2023', 'more cards than people', 'COUNT_EXCEEDS_ROWS', { file: list, edit: swap('<SoTheBHYT>1<', '<SoTheBHYT>3<') }],
  ['desktop2023', 'an element of another case', 'ELEMENT_UNKNOWN', { file: list, edit: swap('<Ghichu>HĐLĐ', '<GhiChu /><Ghichu>HĐLĐ') }],
  ['desktop2023', 'a second head of the household', 'HOUSEHOLD_HEADS', { file: declaration, edit: swap('<MoiQuanHe>08<', '<MoiQuanHe>00<') }],
  ['desktop2023', 'no head of the household', 'HOUSEHOLD_HEAD_MISSING', { file: declaration, edit: swap('<MoiQuanHe>00<', '<MoiQuanHe>03<') }],
  ['desktop2023', 'no nationality of a new person', 'PERSON_DATA_MISSING', { file: declaration, edit: swap('<QuocTich>VN</QuocTich>', '<QuocTich />') }],
  ['desktop2023', 'a birth less exact than CCNS says', 'BIRTH_EXACTNESS', { file: declaration, edit: swap('<CCNS>2</CCNS>', '<CCNS>0</CCNS>') }],
  ['desktop2023', 'a hospital code cut short', 'HOSPITAL_CODE', { file: declaration, edit: swap('<MaBenhVien>010<', '<MaBenhVien>10<') }],
  ['desktop2023', 'a file fewer than there are', 'FILE_COUNT', { edit: swap('<SoLuongFile>3<', '<SoLuongFile>2<') }],
  ['desktop2023', 'a length that is neither', 'FILE_LENGTH', { edit: swap(/(?<=<LoaiFile>\.pdf<\/LoaiFile><DoDaiFile>)\d+/, '7') }],
  ['desktop2023', 'a form left unsigned', 'DECLARATION_UNSIGNED', { edit: (xml) => xml.replace(/(?<=<MaToKhai>TK1-TS<.*?<DoDaiFile>)\d+(<\/DoDaiFile><NoiDungFile>)[^<]*/, (_all, between: string) => unsigned(1, between)) }],
  ['cyberLotus2020', 'the months the wrong way round', 'MONTHS_REVERSED', { file: list, edit: swap('<DenThang/>', '<DenThang>06/2020</DenThang>') }],
  ['cyberLotus2020', 'a negative salary', 'SALARY_NEGATIVE', { file: list, edit: swap('5000000.00', '-5000000.00') }],
  ['cyberLotus2020', 'pay below the base salary of that month', 'SALARY_BELOW_REFERENCE', { file: list, edit: swap('5000000.00', '500000.00') }],
  ['cyberLotus2020', 'another procedure', 'PROCEDURE_UNKNOWN', { edit: swap('<MaThuTuc>600<', '<MaThuTuc>6000<') }],
  ['cyberLotus2020', 'a person of the desktop’s field only', 'DEATH_DATE_MISSING', { file: list, edit: swap('<CoGiamChet>0<', '<CoGiamChet>1<') }],
  ['remote2024', 'a form that the procedure does not take', 'FORM_NOT_ALLOWED', { edit: swap('<MaThuTuc>630b<', '<MaThuTuc>600<') }],
  ['remote2024', 'a day that does not exist', 'DATE_INVALID', { edit: swap('<NgayLap>20/11/2026<', '<NgayLap>31/11/2026<') }],
  ['remote2024', 'no name of the unit', 'ELEMENT_MISSING', { edit: swap(/<TenDoiTuong>[^<]*<\/TenDoiTuong>/, '') }],
];

function unsigned(file: 0 | 1, between: string): string {
  const content = Buffer.from(clients.desktop2023.files[file].content);
  return `${content.toString('base64').length}${between}${content.toString('base64')}`;
}

describe('with one thing wrong', () => {
  /** What the change entails besides, by nature: the other form of a pair, the form that is then missing, the kind of change of a death. */
  const entailed: Readonly<Partial<Record<string, readonly FindingCode[]>>> = {
    'a form that the procedure does not take': ['FORM_MISSING'],
    'a person of the desktop’s field only': ['DEATH_NOT_DECREASE'],
  };

  it.each(mutations)('%s: %s is found as %s', async (name, wrong, code, mutation) => {
    const codes = [...warnings[name], ...(entailed[wrong] ?? []), code].toSorted();
    expect(await judged(clients[name], mutation)).toEqual({ outcome: codes.some((entry) => severityOf(entry) === 'refuse') ? 'refused' : 'accepted', codes });
  });

  it('every document is changed in several ways', () => {
    expect(names.filter((name) => mutations.filter(([client]) => client === name).length < 3)).toEqual([]);
  });
});
