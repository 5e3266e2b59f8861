import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../src/paths.ts';
import { agencyAt, isKnownAgency } from '../../src/standard/agencies.ts';
import { ruleSetDigest } from '../../src/standard/digest.ts';
import { JUDGING_CODE } from '../../src/standard/judging-code.ts';
import { allowedForms, missingForms } from '../../src/standard/procedures.ts';
import { loadStandard, readStandardFiles } from '../../src/standard/tables.ts';
import { inForceAt } from '../../src/standard/validity.ts';

const standard = loadStandard();

describe('procedures', () => {
  const day = (text: string): Date => new Date(`${text}T12:00:00+07:00`);

  test('600 takes the labour list of its time: D02-TS, from 01/5/2026 D02-LT as well', () => {
    expect(standard.procedureAt('600', day('2026-04-30'))).toMatchObject({
      requiredForms: ['D02-TS'], requiredOneOf: [], optionalForms: ['CT-DK', 'D01-TS', 'TK1-TS'], workingDays: 5, workingDaysAssumed: false, nationalCode: '1.002051.01',
    });
    expect(standard.procedureAt('600', day('2026-05-01'))).toMatchObject({ requiredForms: [], requiredOneOf: [['D02-TS', 'D02-LT']] });
  });

  test('what a dossier lacks is said form by form, a choice in one', () => {
    const [before, after] = ['2026-04-30', '2026-05-01'].map((text) => standard.procedureAt('600', day(text)));
    if (before === undefined || after === undefined) throw new Error('600 is missing');
    expect([missingForms(before, ['D02-LT']), missingForms(before, ['D02-TS'])]).toEqual([['D02-TS'], []]);
    expect([missingForms(after, ['TK1-TS']), missingForms(after, ['D02-LT']), missingForms(after, ['D02-TS'])]).toEqual([['D02-TS / D02-LT'], [], []]);
    expect([allowedForms(before).has('D02-LT'), allowedForms(after).has('D02-LT')]).toEqual([false, true]);
  });

  test('the map without a date holds the newest row of every code', () => {
    for (const [code, rows] of standard.datedProcedures) expect(standard.procedures.get(code)).toBe(rows.at(-1));
    expect(standard.procedures.size).toBe(standard.datedProcedures.size);
  });

  test.each([
    '600', '600a', '600b', '600c', '600d', '600o', '601', '601a', '602', '602a', '603', '603-1', '603-2', '603-3', '603-4', '604', '605', '606a', '606b',
    '607', '608', '609', '610', '611', '612', '613', '630', '630a', '630b', '630c', '320',
  ])('%s can be filed today', (code) => {
    expect(standard.procedureAt(code, day('2026-11-23'))?.code).toBe(code);
  });

  test('benefits are not of the pilot, and Resolution 68 is not of before it', () => {
    expect(standard.procedureAt('630a', day('2017-02-28'))).toBeUndefined();
    expect(standard.procedureAt('630a', day('2017-03-01'))?.workingDays).toBe(10);
    expect(standard.procedureAt('630a', day('2025-07-01'))?.workingDays).toBe(7);
    expect(standard.procedureAt('600d', day('2021-06-30'))).toBeUndefined();
  });

  test('320: four steps, the days of which add up to 60, with a question of 2 days in the third, and a slip of its own', () => {
    const procedure = standard.procedures.get('320');
    expect(procedure?.steps?.map((step) => step.workingDays)).toEqual([1, 19, 39, 1]);
    expect(procedure).toMatchObject({ workingDays: 60, slip: 'PGNHS-320', numberFormat: '320/NNNNN/SO', requiredForms: ['M01-320', 'D02-TS'] });
    expect(procedure?.steps?.[2]?.subTask).toEqual({ form: 'C02-TS', to: 'Phòng (Tổ) Quản lý thu', workingDays: 2 });
    expect(standard.procedureAt('320', day('2017-01-02'))).toBeUndefined();
  });

  test('names of members of Object are no procedures', () => {
    expect(standard.procedures.has('constructor')).toBe(false);
    expect(standard.procedureAt('__proto__', day('2026-11-23'))).toBeUndefined();
  });
});

describe('agencies', () => {
  test.each(['0003', '903', '01903', '07906', '08907', '00131', '001', '079', '06401', '00100', '07999', '09601'])('%s is known', (code) => {
    expect(isKnownAgency(standard.agencies, code)).toBe(true);
  });

  test.each(['', '000', '00000', '003', '00399', '1906', '17906', '079061', '0790', '0004', 'constructor', '٠٧٩', '07906 ', '904', '01303'])('"%s" is not', (code) => {
    expect(isKnownAgency(standard.agencies, code)).toBe(false);
  });
});

describe('an agency code at a date', () => {
  const named = (code: string, day: string): string[] => {
    const agency = agencyAt(standard.agencies, standard.datedProvinces, code, new Date(`${day}T12:00:00+07:00`));
    return agency === undefined ? [] : [agency.kind, agency.nameVi, agency.nameEn, agency.province?.code ?? ''];
  };

  test('the digits are those of the former province, the name is that of the day', () => {
    expect(named('08903', '2025-02-28')).toEqual(['local', 'BHXH huyện 03, An Giang', 'District office 03, An Giang', '89']);
    expect(named('08903', '2025-07-01')).toEqual(['local', 'BHXH cơ sở 03, An Giang', 'Local office 03, An Giang', '91']);
    expect(named('01703', '2025-06-30')).toEqual(['local', 'BHXH huyện, liên huyện 03, Hòa Bình', 'District or inter-district office 03, Hoa Binh', '17']);
    expect(named('01703', '2025-07-01')).toEqual(['local', 'BHXH cơ sở 03, Phú Thọ', 'Local office 03, Phu Tho', '25']);
  });

  test('a code that stayed while its province was renamed', () => {
    expect(named('015', '2025-02-01')).toEqual(['provincial', 'BHXH tỉnh Yên Bái', 'Provincial social insurance Yen Bai', '15']);
    expect(named('01500', '2026-02-01')).toEqual(['provincial', 'BHXH tỉnh Lào Cai', 'Provincial social insurance Lao Cai', '15']);
  });

  test('on record, central, for tests, and none', () => {
    expect(named('07906', '2026-01-01')).toEqual(['local', 'BHXH cơ sở Bình Thạnh (TP. Hồ Chí Minh)', 'Binh Thanh local office, Ho Chi Minh City', '79']);
    expect(named('0003', '2026-01-01').slice(0, 2)).toEqual(['central', 'BHXH Việt Nam']);
    expect(named('903', '2026-01-01')[0]).toBe('test');
    expect(named('00399', '2026-01-01')).toEqual([]);
  });
});

describe('I-VANs, provinces and code lists', () => {
  test('the I-VANs of the portal, leading zeros kept', () => {
    expect(standard.ivans.size).toBe(15);
    expect(standard.ivans.get('00100')).toBe('CyberLotus');
    expect(standard.ivans.has('100')).toBe(false);
  });

  test('34 provinces now, 63 in agency codes', () => {
    expect(standard.provinces.size).toBe(34);
    expect(standard.agencies.provinces.size).toBe(63);
    const at = (code: string, text: string): string | undefined => inForceAt(standard.datedProvinces.rows.get(code) ?? [], new Date(text))?.name;
    expect([at('24', '2025-06-30T16:59:59Z'), at('24', '2025-06-30T17:00:00Z'), at('02', '2025-06-30T16:59:59Z'), at('02', '2025-06-30T17:00:00Z')]).toEqual(['Bắc Giang', 'Bắc Ninh', 'Hà Giang', undefined]);
  });

  test('the kinds of change of the labour list', () => {
    expect(standard.codeLists.get('labourChange')?.get('TM')).toBe('Tăng mới');
    expect(standard.codeLists.get('labourChange')?.size).toBe(26);
    expect(standard.codeLists.get('voluntaryChange')?.get('TM')).toBe('');
  });
});

describe('the rule-set digest', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rules-'));
    cpSync(join(packageRoot, 'schemas'), join(root, 'schemas'), { recursive: true });
    cpSync(join(packageRoot, 'src', 'standard', 'tables'), join(root, 'src', 'standard', 'tables'), { recursive: true });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const change = (path: string, from: string, to: string): void => {
    const file = join(root, path);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };

  test('a copy has the same digest', () => {
    expect(standard.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(loadStandard(root).digest).toBe(standard.digest);
  });

  test.each(['agencies', 'calendar', 'codes', 'forms', 'instruments', 'ivans', 'national-services', 'procedures', 'provinces', 'rule-sets'])('changes with one blank in %s', (name) => {
    change(`src/standard/tables/${name}.json`, '{', '{ ');
    expect(loadStandard(root).digest).not.toBe(standard.digest);
  });

  test('changes with a schema and with a new version, not with a README', () => {
    writeFileSync(join(root, 'schemas', 'README.md'), 'other words');
    expect(loadStandard(root).digest).toBe(standard.digest);
    cpSync(join(root, 'schemas', 'Hoso', '1'), join(root, 'schemas', 'Hoso', '2'), { recursive: true });
    const withVersion = loadStandard(root).digest;
    change('schemas/Hoso/1/Hoso.xsd', 'maxLength', 'minLength');
    expect(new Set([standard.digest, withVersion, loadStandard(root).digest]).size).toBe(3);
  });

  test('can be repeated with sha256sum', () => {
    const code = Buffer.from(readStandardFiles().get(JUDGING_CODE) ?? []).toString('utf8');
    const paths = code.trimEnd().split('\n').map((line) => line.slice(66));
    const command = "{ find src/standard/tables schemas -name '*.json' -o -name '*.xsd' | xargs sha256sum; echo \"$(xargs sha256sum | sha256sum | cut -c1-64)  judging-code\"; echo \"$(echo field | sha256sum | cut -c1-64)  signature-policy\"; } | LC_ALL=C sort -k2 | sha256sum";
    const printed = execFileSync('sh', ['-c', command], { cwd: packageRoot, encoding: 'utf8', input: paths.join('\n') });
    expect(printed.slice(0, 64)).toBe(standard.digest);
  });

  test('does not depend on the order in which files are listed', () => {
    const files = ['b', 'a'].map((path) => ({ path, bytes: Buffer.from(path) }));
    expect(ruleSetDigest(files)).toBe(ruleSetDigest([...files].reverse()));
  });

  test('moving bytes from one file to another changes it', () => {
    const digest = (a: string, b: string): string => ruleSetDigest([{ path: 'a', bytes: Buffer.from(a) }, { path: 'b', bytes: Buffer.from(b) }]);
    expect(digest('xy', 'z')).not.toBe(digest('x', 'yz'));
  });

  test('a damaged table stops the start with its name', () => {
    change('src/standard/tables/ivans.json', '"00040"', '"00030"');
    expect(() => loadStandard(root)).toThrow(/ivans\.json.*00030: two rows/);
    change('src/standard/tables/ivans.json', '{', '');
    expect(() => loadStandard(root)).toThrow(/ivans\.json: not JSON/);
    rmSync(join(root, 'src/standard/tables/ivans.json'));
    expect(() => loadStandard(root)).toThrow(/ivans\.json is missing/);
  });

  test('a wrong type or a missing member is named with its place', () => {
    const procedures = 'src/standard/tables/procedures.json';
    change(procedures, '"workingDays": 60', '"workingDays": "60"');
    expect(() => loadStandard(root)).toThrow(/procedures\.json\/procedures\/\d+\/workingDays: not a whole number above 0/);
    change(procedures, '"workingDays": "60", ', '');
    expect(() => loadStandard(root)).toThrow(/procedures\.json\/procedures\/\d+: workingDays is missing/);
  });

  test('a time limit that is not on record is the default, and says so', () => {
    change('src/standard/tables/procedures.json', '"workingDays": 60', '"workingDays": null');
    expect(loadStandard(root).procedures.get('320')).toMatchObject({ workingDays: 5, workingDaysAssumed: true });
  });

  test.each([
    ['procedures', '"requiredForms": ["M01-320"', '"requiredForms": ["M01-321"', /procedure 320 names M01-321/],
    ['procedures', '"requiredForms": ["M01-320"', '"requiredForms": ["C12-TS"', /procedure 320 names C12-TS, which is no form that is filed/],
    ['procedures', '"until": "2026-05-01"', '"until": "2026-05-02"', /two rows are in force on 2026-05-01/],
    ['procedures', '"from": "2017-01-03", "until": null', '"from": "2017-01-03", "until": "2017-01-03"', /from is not before until/],
    ['forms', '"kind": "declaration"', '"kind": "declared"', /no kind of form: declared/],
    ['forms', '"aliases": ["05A-HSB"]', '"aliases": ["01B-HSB"]', /two forms have one name/],
    ['provinces', '"mergedFrom": ["08", "02"]', '"mergedFrom": ["08"]', /province 02 became nothing/],
    ['calendar', '"2026-01-02": "exchanged"', '"2026-01-03": "exchanged"', /2026-01-03 is not such a day/],
    ['calendar', '"2026-01-10"', '"2026-01-12"', /2026-01-12 is not such a day/],
    ['calendar', '"2026-01-02": "exchanged"', '"2026-01-02": "swapped"', /no reason of that name/],
    ['procedures', '"nationalCode": "1.001598.01"', '"nationalCode": "1.001598.02"', /procedure 630c is 1\.001598\.02, which does not name it/],
    ['national-services', '"procedures": ["630c"]', '"procedures": ["630z"]', /1\.001598\.01 names 630z, which is no procedure/],
    ['national-services', '"procedures": ["630c"], ', '"procedures": [], ', /match goes with procedures/],
    ['national-services', '"1.001598.01"', '"1.001667.01"', /a code comes twice/],
    ['national-services', '"listed": 70', '"listed": 71', /not as many as are listed/],
    ['rule-sets', '"FORM_WITHOUT_SCHEMA"', '"FORM_WITHOUT_SCHEME"', /no rule FORM_WITHOUT_SCHEME/],
    ['rule-sets', '"FORM_WITHOUT_SCHEMA": "refuse"', '"HASH_FAILURE": "off"', /HASH_FAILURE is no rule that a set may change/],
    ['rule-sets', '"FORM_WITHOUT_SCHEMA": "refuse"', '"DECLARATION_UNSIGNED": "warn"', /DECLARATION_UNSIGNED is no rule that a set may change/],
    ['rule-sets', '"FORM_WITHOUT_SCHEMA": "refuse"', '"USE_STOPPED": "off"', /USE_STOPPED is no rule that a set may change/],
    ['rule-sets', '"FORM_WITHOUT_SCHEMA": "refuse"', '"FORM_WITHOUT_SCHEMA": "ignore"', /not one of off, warn, refuse/],
    ['rule-sets', '["qd08-2015"]', '["qd09-2015"]', /no instrument qd09-2015/],
    ['rule-sets', '"until": "2025-07-01"', '"until": "2025-06-30"', /no rule set follows nd166-2016/],
    ['rule-sets', '"until": "2025-07-01"', '"until": "2025-07-02"', /two rows are in force/],
  ])('%s with %s → %s stops the start', (table, from, to, message) => {
    change(`src/standard/tables/${table}.json`, from, to);
    expect(() => loadStandard(root)).toThrow(message);
  });
});
