// Guarantee: what an I-VAN's contract may promise at most is what the clocks of the rule set in force on its day of signature say, whatever they
// are; where they say nothing, a figure has to be agreed.
import { describe, expect, it } from '@jest/globals';

import { readTerms } from '../../src/standard/ivan-terms.ts';
import { parseJson } from '../../src/standard/json.ts';
import type { Clocks, RuleSet } from '../../src/standard/rule-sets.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Standard } from '../../src/standard/tables.ts';

const standard = loadStandard();
const json = (terms: object): ReturnType<typeof parseJson> => parseJson(Buffer.from(JSON.stringify({ template: 'HĐM-1', signedOn: '2026-01-01', ...terms })), 'terms');

/** The standard with other clocks from 2027 on. */
function withClocks(changes: Partial<Clocks>): Standard {
  const change = (set: RuleSet): RuleSet => ({ ...set, clocks: { ...set.clocks, ...changes } });
  return { ...standard, ruleSetAt: (at) => (at < new Date('2027-01-01T00:00:00+07:00') ? standard.ruleSetAt(at) : change(standard.ruleSetAt(at))) };
}

describe('the terms of a contract', () => {
  it('are what the law allows at most, where nothing else is agreed', () => {
    expect(readTerms(json({}), standard)).toEqual({ template: 'HĐM-1', signedOn: '2026-01-01', ackMinutes: 15, forwardMinutes: 120, relayMinutes: 120, downtimePercent: 2, maxFiles: 6, maxBytes: 5 * 1024 * 1024 });
    expect(readTerms(json({ ackMinutes: 5, relayMinutes: 1, downtimePercent: 0.5, maxFiles: 2 }), standard)).toMatchObject({ ackMinutes: 5, relayMinutes: 1, downtimePercent: 0.5, maxFiles: 2 });
  });

  it.each([['ackMinutes', 16], ['forwardMinutes', 121], ['relayMinutes', 121], ['downtimePercent', 2.1], ['maxFiles', 7], ['maxBytes', 5 * 1024 * 1024 + 1]])('may not promise less than the law: %s %d', (name, value) => {
    expect(() => readTerms(json({ [name]: value }), standard)).toThrow(new RegExp(`${name}: more than`));
  });

  it('follow the rule set of the day of signature', () => {
    const later = withClocks({ acknowledgementMinutes: 5, forwardMinutes: 60 });
    expect(readTerms(json({ signedOn: '2026-12-31' }), later)).toMatchObject({ ackMinutes: 15, forwardMinutes: 120 });
    expect(readTerms(json({ signedOn: '2027-01-01' }), later)).toMatchObject({ ackMinutes: 5, forwardMinutes: 60 });
    expect(() => readTerms(json({ signedOn: '2027-01-01', ackMinutes: 6 }), later)).toThrow(/ackMinutes: more than 5/);
  });

  it('must name a figure that no instrument sets', () => {
    const open = withClocks({ forwardMinutes: undefined });
    expect(() => readTerms(json({ signedOn: '2027-06-01' }), open)).toThrow(/forwardMinutes/);
    expect(readTerms(json({ signedOn: '2027-06-01', forwardMinutes: 600 }), open).forwardMinutes).toBe(600);
  });

  it.each([{ signedOn: '2026-02-30' }, { signedOn: '01/01/2026' }, { template: '' }, { forwardHours: 2 }, { ackMinutes: -1 }, { ackMinutes: 1.5 }])('%j is none', (terms) => {
    expect(() => readTerms(json(terms), standard)).toThrow();
  });
});
