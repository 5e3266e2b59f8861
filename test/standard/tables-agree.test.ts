// Guarantee: the tables agree with each other and with the schemas: what one names another has, at every date, in both languages.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { agencyAt } from '../../src/standard/agencies.ts';
import { allowedForms } from '../../src/standard/procedures.ts';
import { provinceOfFormer } from '../../src/standard/provinces.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { isInForce } from '../../src/standard/validity.ts';
import type { Validity } from '../../src/standard/validity.ts';

const standard = loadStandard();
const procedures = [...standard.datedProcedures.values()].flat();
const forms = [...standard.forms.values()];
const day = (text: string): Date => new Date(`${text}T12:00:00+07:00`);
const meet = (a: Validity, b: Validity): boolean => (a.from ?? '') < (b.until ?? '9') && (b.from ?? '') < (a.until ?? '9');
const schemaFiles = readdirSync(packageFile('schemas'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.xsd')).map((path) => path.replaceAll('\\', '/'));

describe('procedures and forms', () => {
  test.each(procedures.map((procedure) => [`${procedure.code} from ${procedure.from ?? 'ever'}`, procedure] as const))('%s names forms that are filed and are in force in its time', (_name, procedure) => {
    for (const code of allowedForms(procedure)) {
      const form = standard.forms.get(code);
      expect([code, form?.kind]).toEqual([code, code === 'CT-DK' ? 'attachment' : 'declaration']);
      expect([code, form?.versions.length === 0 || form?.versions.some((version) => meet(version, procedure))]).toEqual([code, true]);
    }
    const { requiredForms, requiredOneOf, optionalForms } = procedure;
    const named = [...requiredForms, ...requiredOneOf.flat(), ...optionalForms];
    expect(new Set(named).size).toBe(named.length);
    expect(named).toContain('CT-DK');
  });

  test('every form that an employer files is taken by some procedure today', () => {
    const taken = new Set([...standard.procedures.values()].flatMap((procedure) => [...allowedForms(procedure)]));
    expect(forms.filter(({ kind }) => kind === 'declaration' || kind === 'attachment').map(({ code }) => code).filter((code) => !taken.has(code))).toEqual([]);
  });

  test('slips and what an office may issue are forms of the agency', () => {
    const issued = procedures.flatMap(({ slip, steps = [] }) => [...(slip === undefined ? [] : [slip]), ...steps.flatMap(({ mayIssue, subTask }) => [...mayIssue, ...(subTask === undefined ? [] : [subTask.form])])]);
    expect(issued.length).toBeGreaterThan(0);
    for (const code of issued) expect([code, standard.forms.get(code)?.kind]).toEqual([code, 'internal']);
  });

  test('the steps of a process follow one another and add up to its days', () => {
    const inSteps = procedures.filter(({ steps }) => steps !== undefined);
    expect(inSteps.map(({ code }) => code)).toContain('320');
    for (const { steps = [], workingDays } of inSteps) {
      expect(steps.map(({ step }) => step)).toEqual(steps.map((_step, index) => index + 1));
      expect(steps.reduce((sum, step) => sum + step.workingDays, 0)).toBe(workingDays);
    }
  });

  test('a national code is of the right shape, and rows of one procedure have the same', () => {
    for (const rows of standard.datedProcedures.values()) {
      const national = new Set(rows.map(({ nationalCode }) => nationalCode));
      expect(national.size).toBe(1);
      for (const code of national) expect(code ?? '1.002051.01').toMatch(/^[12]\.00\d{4}\.\d{2}$/);
    }
  });

  test('the 70 services of the national portal are all there, and each procedure’s national code is one that it names', () => {
    const services = standard.nationalServices;
    expect(services.size).toBe(70);
    const coded = procedures.flatMap(({ code, nationalCode }) => (nationalCode === undefined ? [] : [[nationalCode, code] as const]));
    expect(coded.filter(([national, code]) => services.get(national)?.procedures.includes(code) !== true)).toEqual([]);
    // The other way round: a procedure has one national code, and may be another service for individuals.
    for (const { code, filedBy, procedures: named } of services.values()) {
      const rows = named.map((procedure) => standard.procedures.get(procedure));
      expect([code, rows.every((row) => row?.nationalCode === code || (filedBy.join() === 'individual' && row?.filedBy.includes('individual') === true))]).toEqual([code, true]);
    }
  });

  test('services of the portal are of the groups that the decision has, no more and no fewer in each', () => {
    const groups = [...standard.nationalServices.values()].map(({ group }) => group);
    expect([...new Set(groups)].map((group) => [group, groups.filter((other) => other === group).length])).toEqual([['thu', 20], ['so-the', 10], ['che-do', 36], ['bhyt', 1], ['chi-tra', 1], ['lien-thong', 2]]);
  });

  test('the versions of a form follow one another, and those with one root are never in force together', () => {
    for (const { code, versions } of forms) {
      expect([code, versions.map(({ version }) => version)]).toEqual([code, versions.map((_version, index) => index + 1)]);
      const together = versions.filter((a) => versions.some((b) => b.version > a.version && a.root === b.root && meet(a, b)));
      expect([code, together]).toEqual([code, []]);
    }
  });

  test('what stands inside dossiers is told by its root', () => {
    const roots = forms.filter(({ kind }) => ['declaration', 'internal', 'attachment'].includes(kind)).flatMap(({ versions }) => [...new Set(versions.map(({ root }) => root))]);
    expect(new Set(roots).size).toBe(roots.length);
    expect(roots).not.toContain('Hoso');
  });
});

describe('schemas', () => {
  test.each(schemaFiles)('%s is a version of a form', (path) => {
    const [code = '', version, file] = path.split('/');
    expect(file).toBe(`${code}.xsd`);
    const known = standard.forms.get(code)?.versions.find((entry) => String(entry.version) === version);
    expect(known).toBeDefined();
    expect(readFileSync(packageFile('schemas', path), 'utf8')).toContain(`<xs:element name="${known?.root ?? ''}"`);
  });

  test('are there for every version of every form but attachments', () => {
    const versions = forms.flatMap(({ code, kind, versions: own }) => (kind === 'attachment' ? own.map(() => `${code} is attached`) : own.map(({ version }) => `${code}/${version}/${code}.xsd`)));
    expect(versions.filter((path) => !schemaFiles.includes(path))).toEqual([]);
  });

  test('name only code lists that there are', () => {
    const named = schemaFiles.flatMap((path) => [...readFileSync(packageFile('schemas', path), 'utf8').matchAll(/\blist="([^"]+)"/g)].map((match) => match[1] ?? ''));
    expect([...new Set(named)].filter((list) => !standard.codeLists.has(list))).toEqual([]);
  });
});

describe('both languages', () => {
  const named: [string, string, string][] = [
    ...procedures.map(({ code, name, nameEn }): [string, string, string] => [code, name, nameEn]),
    ...procedures.flatMap(({ code, steps = [] }) => steps.map(({ step, unit, unitEn }): [string, string, string] => [`${code}/${step}`, unit, unitEn])),
    ...[...standard.nationalServices.values()].map(({ code, nameVi, nameEn }): [string, string, string] => [code, nameVi, nameEn]),
    ...forms.map(({ code, nameVi, nameEn }): [string, string, string] => [code, nameVi, nameEn]),
    ...[...standard.instruments.values()].flatMap(({ id, nameVi, nameEn, scopeVi, scopeEn, effectVi, effectEn }): [string, string, string][] => [[id, nameVi, nameEn], [id, scopeVi, scopeEn], [id, effectVi, effectEn]]),
    ...standard.ruleSets.map(({ id, nameVi, nameEn }): [string, string, string] => [id, nameVi, nameEn]),
    ...[...standard.describedCodeLists.values()].map(({ id, nameVi, nameEn }): [string, string, string] => [id, nameVi, nameEn]),
    ...[...standard.agencies.known].map(([code, name]): [string, string, string] => [code, name, standard.agencies.knownEn.get(code) ?? '']),
    ...[...standard.datedProvinces.rows.values()].flat().map(({ code, name, nameEn }): [string, string, string] => [code, name, nameEn]),
  ];

  test('everything has a name in each', () => {
    expect(named.filter(([, vi, en]) => vi.trim() === '' || en.trim() === '')).toEqual([]);
  });

  test('no English name holds Vietnamese words', () => {
    expect(named.filter(([, , en]) => /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữự]/i.test(en.replace('Hùng', ''))).map(([code]) => code)).toEqual([]);
  });

  test('a code that has a name in one language has it in the other', () => {
    const half = [...standard.describedCodeLists.values()].flatMap(({ id, codes }) => [...codes].filter(([, { nameVi, nameEn }]) => (nameVi === '') !== (nameEn === '')).map(([code]) => `${id}/${code}`));
    expect(half).toEqual([]);
  });
});

describe('provinces and agencies', () => {
  const { current, former } = standard.datedProvinces;

  test('63 became 34, each of them one, and none was lost', () => {
    expect([former.size, current.size]).toEqual([63, 34]);
    for (const { code } of former.values()) {
      const now = provinceOfFormer(standard.datedProvinces, code, day('2025-07-01'));
      expect([code, now?.mergedFrom.includes(code)]).toEqual([code, true]);
      expect(provinceOfFormer(standard.datedProvinces, code, day('2025-06-30'))?.code).toBe(code);
    }
    expect([...current.values()].flatMap(({ mergedFrom }) => mergedFrom).toSorted()).toEqual([...former.keys()].toSorted());
  });

  test('a province in force keeps a code that one of its parts had', () => {
    for (const { code, mergedFrom } of current.values()) expect(mergedFrom).toContain(code);
  });

  test('every agency on record is in a province at every time, or is the central or a test agency', () => {
    for (const code of [...standard.agencies.known.keys(), ...standard.agencies.test]) {
      for (const at of ['2016-01-01', '2025-03-01', '2026-11-23']) {
        const agency = agencyAt(standard.agencies, standard.datedProvinces, code, day(at));
        expect([code, agency?.kind === 'central' || agency?.kind === 'test' || agency?.province !== undefined]).toEqual([code, true]);
      }
    }
  });
});

describe('rule sets and instruments', () => {
  test('a set in force stands on instruments that apply in its time', () => {
    for (const set of standard.ruleSets.filter(({ inForce }) => inForce)) {
      for (const id of set.instruments) expect([set.id, id, meet(set, standard.instruments.get(id) ?? set)]).toEqual([set.id, id, true]);
    }
  });

  test('on every day since the pilot there is one set and an instrument', () => {
    for (const text of ['2015-05-01', '2017-02-28', '2017-03-01', '2025-06-30', '2025-07-01', '2026-04-30', '2026-05-01', '2030-01-01']) {
      expect(standard.ruleSets.filter((set) => set.inForce && meet(set, { from: text, until: `${text}~` }))).toHaveLength(1);
      expect([...standard.instruments.values()].some((instrument) => isInForce(instrument, day(text)))).toBe(true);
    }
  });

  test('every instrument is of a set, or of the calendar', () => {
    const used = new Set(standard.ruleSets.flatMap(({ instruments }) => instruments));
    expect([...standard.instruments.keys()].filter((id) => !used.has(id))).toEqual([]);
  });
});

describe('the calendar', () => {
  test('every holiday has its reason, and a derived year says that it is', () => {
    for (const [year, { holidays, reasons, status, basis }] of standard.calendar) {
      expect([year, [...reasons.keys()]]).toEqual([year, [...holidays]]);
      expect([year, status === 'derived']).toEqual([year, basis.includes('chưa có thông báo')]);
    }
  });
});
