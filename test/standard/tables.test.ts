import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../src/paths.ts';
import { isKnownAgency } from '../../src/standard/agencies.ts';
import { ruleSetDigest } from '../../src/standard/digest.ts';
import { loadStandard } from '../../src/standard/tables.ts';

const standard = loadStandard();

describe('procedures', () => {
  test('every procedure has a required form, a time limit and a known group', () => {
    expect(standard.procedures.size).toBe(15);
    for (const procedure of standard.procedures.values()) {
      expect(procedure.requiredForms.length).toBeGreaterThan(0);
      expect(procedure.workingDays).toBeGreaterThan(0);
      expect(['thu', 'so-the', 'che-do']).toContain(procedure.group);
    }
  });

  test('600 is as the portal answers', () => {
    expect(standard.procedures.get('600')).toMatchObject({
      requiredForms: ['D02-TS'], optionalForms: ['CT-DK', 'D01-TS', 'TK1-TS'], workingDays: 5, workingDaysAssumed: false, nationalCode: '1.002051.01',
    });
  });

  test('the steps of 320 add up to its 60 days', () => {
    const procedure = standard.procedures.get('320');
    expect(procedure?.steps?.map((step) => step.workingDays)).toEqual([1, 19, 39, 1]);
    expect(procedure?.workingDays).toBe(60);
  });

  test('names of members of Object are no procedures', () => {
    expect(standard.procedures.has('constructor')).toBe(false);
    expect(standard.procedures.get('__proto__')).toBeUndefined();
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

describe('I-VANs, provinces and code lists', () => {
  test('the I-VANs of the portal, leading zeros kept', () => {
    expect(standard.ivans.size).toBe(15);
    expect(standard.ivans.get('00100')).toBe('CyberLotus');
    expect(standard.ivans.has('100')).toBe(false);
  });

  test('34 provinces now, 63 in agency codes', () => {
    expect(standard.provinces.size).toBe(34);
    expect(standard.agencies.provinces.size).toBe(63);
  });

  test('the kinds of change of the labour list', () => {
    expect(standard.codeLists.get('labourChange')?.get('TM')).toBe('Tăng mới');
    expect(standard.codeLists.get('labourChange')?.size).toBe(26);
    expect(standard.codeLists.get('minimumWageZone')?.get('01')).toBe('Vùng I');
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

  test.each(['agencies', 'calendar', 'codes', 'ivans', 'procedures', 'provinces'])('changes with one blank in %s', (name) => {
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
    const command = "{ find src/standard/tables schemas -name '*.json' -o -name '*.xsd' | xargs sha256sum; echo \"$(echo field | sha256sum | cut -c1-64)  signature-policy\"; } | LC_ALL=C sort -k2 | sha256sum";
    const printed = execFileSync('sh', ['-c', command], { cwd: packageRoot, encoding: 'utf8' });
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
    expect(() => loadStandard(root)).toThrow(/ivans\.json.*twice/);
    change('src/standard/tables/ivans.json', '{', '');
    expect(() => loadStandard(root)).toThrow(/ivans\.json: not JSON/);
    rmSync(join(root, 'src/standard/tables/ivans.json'));
    expect(() => loadStandard(root)).toThrow(/ivans\.json is missing/);
  });

  test('a wrong type or a missing member is named with its place', () => {
    change('src/standard/tables/procedures.json', '"workingDays": 5', '"workingDays": "5"');
    expect(() => loadStandard(root)).toThrow('procedures.json/procedures/0/workingDays: not a whole number above 0');
    change('src/standard/tables/procedures.json', '"workingDays": "5", ', '');
    expect(() => loadStandard(root)).toThrow('procedures.json/procedures/0: workingDays is missing');
  });

  test('a time limit that is not on record is the default, and says so', () => {
    change('src/standard/tables/procedures.json', '"workingDays": 5', '"workingDays": null');
    expect(loadStandard(root).procedures.get('600')).toMatchObject({ workingDays: 5, workingDaysAssumed: true });
  });
});
