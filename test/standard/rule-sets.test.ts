// Guarantee: every instant has one rule set, a set changes only what it names, and its clocks are those of the instruments.
import { describe, expect, test } from '@jest/globals';

import { findingTexts, severityOf } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { finding, severityOfFinding } from '../../src/errors/outcomes.ts';
import { underRuleSet } from '../../src/standard/rule-sets.ts';
import { loadStandard } from '../../src/standard/tables.ts';

const standard = loadStandard();
const idAt = (text: string): string => standard.ruleSetAt(new Date(text)).id;

describe('the set of an instant', () => {
  test.each([
    ['2010-01-01T00:00:00+07:00', 'qd08-2015'],
    ['2015-05-01T00:00:00+07:00', 'qd08-2015'],
    ['2017-02-28T23:59:59.999+07:00', 'qd08-2015'],
    ['2017-03-01T00:00:00+07:00', 'nd166-2016'],
    ['2025-06-30T16:59:59.999Z', 'nd166-2016'],
    ['2025-06-30T17:00:00Z', 'nd164-2025'],
    ['2026-04-30T23:59:59.999+07:00', 'nd164-2025'],
    ['2026-05-01T00:00:00+07:00', 'qd366-2026'],
    ['2100-01-01T00:00:00+07:00', 'qd366-2026'],
  ])('%s is judged by %s', (text, id) => {
    expect(idAt(text)).toBe(id);
  });

  test('one that is being prepared is never in force, and comes last', () => {
    const prepared = standard.ruleSets.filter(({ inForce }) => !inForce).map(({ id }) => id);
    expect(prepared).toEqual(['next']);
    expect(standard.ruleSets.at(-1)?.id).toBe('next');
  });
});

describe('clocks', () => {
  test('15 minutes, 2 hours three times, 3 working days, apology one day ahead, in every set', () => {
    for (const { clocks } of standard.ruleSets) {
      expect(clocks).toMatchObject({ acknowledgementMinutes: 15, forwardMinutes: 120, receptionSlipMinutes: 120, relayMinutes: 120, ivanRegistrationWorkingDays: 3, apologyWorkingDaysBefore: 1, maintenanceNoticeDays: 10, ivanChannelEnd: undefined });
    }
  });

  test('after an outage 5 working days in the pilot, then 3 for collection and 7 for the rest', () => {
    expect(standard.ruleSets.map(({ clocks }) => Object.values(clocks.outageExtension))).toEqual([[5, 5], [3, 7], [3, 7], [3, 7], [3, 7]]);
  });

  test('a dossier is returned within 3 working days since QĐ 366', () => {
    expect(standard.ruleSets.map(({ clocks }) => clocks.returnWorkingDays)).toEqual([undefined, undefined, undefined, 3, 3]);
  });
});

describe('severity', () => {
  test('is the code’s own unless the set says otherwise', () => {
    const next = standard.ruleSets.find(({ id }) => id === 'next');
    const codes = Object.keys(findingTexts) as FindingCode[];
    const changed = codes.filter((code) => next?.severityOf(code) !== severityOf(code));
    expect(changed).toEqual([...(next?.changed.keys() ?? [])]);
    expect(changed).toContain('FORM_WITHOUT_SCHEMA');
  });

  test('a set that changes nothing gives the findings back as they are', () => {
    const findings = [finding('FILE_COUNT'), finding('FORM_WITHOUT_SCHEMA')];
    expect(underRuleSet({ changed: new Map() }, findings)).toBe(findings);
    expect(underRuleSet({ changed: new Map([['FILE_LENGTH', 'off']]) }, findings)).toBe(findings);
  });

  test('what it changes stands in the finding, what it switches off is gone, the rest is untouched', () => {
    const findings = [finding('FILE_COUNT'), finding('FILE_LENGTH'), finding('FORM_WITHOUT_SCHEMA'), finding('FORM_MISSING')];
    const seen = underRuleSet({ changed: new Map([['FILE_COUNT', 'warn'], ['FILE_LENGTH', 'off'], ['FORM_WITHOUT_SCHEMA', 'refuse']] as const) }, findings);
    expect(seen.map((entry) => [entry.code, severityOfFinding(entry)])).toEqual([['FILE_COUNT', 'warn'], ['FORM_WITHOUT_SCHEMA', 'refuse'], ['FORM_MISSING', 'refuse']]);
    expect(seen[2]).toBe(findings[3]);
    expect(Object.keys(findings[0] ?? {})).not.toContain('severity');
  });
});
