// Guarantee: a dossier is judged by the procedures, forms, I-VANs and rule set in force when it was received, whatever is in force by now.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createDevelopmentPki } from '../../src/development/pki.ts';
import { severityOfFinding } from '../../src/errors/outcomes.ts';
import { acceptedFacts, receiptFacts } from '../../src/intake/facts.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import { readMessageFacts } from '../../src/receipts/read.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { formatInstant } from '../../src/standard/time.ts';
import type { Rulebook } from '../../src/standard/validate.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { d02Xml, signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { copyStandard } from '../support/standard-copy.ts';
import type { StandardCopy } from '../support/standard-copy.ts';

const contract = { state: 'active', from: new Date(0), until: new Date('2100-01-01') } as const;
const ivan = { kind: 'ivan', code: '00040', contract } as const;
const morning = (day: string): Date => new Date(`${day}T09:00:00+07:00`);

interface Day { readonly at: Date; readonly identity: SigningIdentity; readonly trust: TrustMaterial }

async function dayOf(day: string): Promise<Day> {
  const at = morning(day);
  const pki = await createDevelopmentPki({ now: at });
  return { at, identity: identityOf(pki.employer), trust: materialOf(pki) };
}

let before: Day;
let after: Day;
let copy: StandardCopy;
const opened: Rulebook['schemas'][] = [];

beforeAll(async () => {
  before = await dayOf('2026-04-29');
  after = await dayOf('2026-05-04');
});

afterAll(() => {
  for (const schemas of opened) schemas.dispose();
});

/** A changed copy of the standard, which is gone again once it was read. */
function changed(change: (copy: StandardCopy) => void = () => undefined): Pick<Rulebook, 'standard' | 'schemas'> {
  copy = copyStandard();
  try {
    change(copy);
    const rules = copy.open();
    opened.push(rules.schemas);
    return rules;
  } finally {
    copy.remove();
  }
}

async function judged(rules: Pick<Rulebook, 'standard' | 'schemas' | 'ruleSet'>, { at, identity, trust }: Day, variation: Variation = {}, sender: typeof ivan | { readonly kind: 'direct' } = ivan): Promise<Verdict> {
  return judge({ bytes: await signedDossier(identity, variation), sender, receivedAt: at }, { ...rules, trust });
}

const codes = ({ findings }: Verdict): string[] => findings.map(({ code }) => code);
const asD02LT: Variation = {
  formXml: d02Xml().replaceAll('D02-TS', 'D02-LT'),
  editEnvelope: (xml) => xml.replace('<MaToKhai>D02-TS</MaToKhai>', '<MaToKhai>D02-LT</MaToKhai>'),
};

describe('the form of a procedure', () => {
  test('D02-TS is taken before and after 01/5/2026', async () => {
    const rules = changed();
    for (const day of [before, after]) expect(codes(await judged(rules, day))).toEqual([]);
  });

  test('D02-LT is taken after, and before it is neither in force nor what is required', async () => {
    const rules = changed();
    expect(codes(await judged(rules, before, asD02LT))).toEqual(expect.arrayContaining(['FORM_MISSING', 'FORM_NOT_ALLOWED', 'FORM_NOT_IN_FORCE']));
    const late = codes(await judged(rules, after, asD02LT));
    expect(late.filter((code) => code.startsWith('FORM_M') || code.startsWith('FORM_NOT'))).toEqual([]);
  });

  test('a form that ended is refused although its procedure still names it', async () => {
    const rules = changed((own) => {
      own.edit('forms', 'forms', (row) => (row['code'] === 'D02-TS' ? { ...row, versions: [{ version: 1, root: 'D02-TS', from: '2015-12-01', until: '2026-05-01', basis: 'x' }] } : row));
    });
    expect(codes(await judged(rules, before))).toEqual([]);
    const verdict = await judged(rules, after);
    expect([verdict.outcome, codes(verdict)]).toEqual(['refused', ['FORM_NOT_IN_FORCE']]);
    expect(verdict.findings[0]?.params).toEqual({ form: 'D02-TS', day: '04/05/2026' });
  });
});

describe('a procedure', () => {
  test('that is not in force yet, or no longer, is told from one that does not exist', async () => {
    const rules = changed();
    const ended = changed((own) => { own.edit('procedures', 'procedures', (row) => (row['code'] === '600' && row['until'] === null ? { ...row, until: '2026-05-02' } : row)); });
    expect(codes(await judged(rules, after, { procedure: '699' }))).toEqual(['PROCEDURE_UNKNOWN']);
    const verdict = await judged(ended, after);
    expect([verdict.outcome, codes(verdict)]).toEqual(['refused', ['PROCEDURE_NOT_IN_FORCE']]);
    expect(codes(await judged(ended, before))).toEqual([]);
  });

  test('that is not filed through an I-VAN is taken from the unit itself', async () => {
    const rules = changed((own) => { own.edit('procedures', 'procedures', (row) => ({ ...row, throughIvan: false })); });
    expect(codes(await judged(rules, after))).toEqual(['PROCEDURE_NOT_THROUGH_IVAN']);
    expect(codes(await judged(rules, after, { ivan: '' }, { kind: 'direct' }))).toEqual([]);
  });

  test('has the time limit of the day of reception', async () => {
    const rules = changed((own) => { own.edit('procedures', 'procedures', (row) => (row['code'] === '600' && row['until'] === null ? { ...row, workingDays: 9 } : row)); });
    const days = [await judged(rules, before), await judged(rules, after)].map((verdict) => verdict.outcome === 'accepted' && verdict.dossier.workingDays);
    expect(days).toEqual([5, 9]);
  });
});

test('an I-VAN that is no longer on record is unknown from that day', async () => {
  const rules = changed((own) => { own.edit('ivans', 'ivans', (row) => (row['code'] === '00040' ? { ...row, until: '2026-05-01' } : row)); });
  expect([codes(await judged(rules, before)), codes(await judged(rules, after))]).toEqual([[], ['IVAN_UNKNOWN']]);
});

describe('the rule set in force', () => {
  const withSet = (change: Readonly<Record<string, unknown>>): Pick<Rulebook, 'standard' | 'schemas'> =>
    changed((own) => { own.edit('rule-sets', 'ruleSets', (row) => (row['id'] === 'qd366-2026' ? { ...row, ...change } : row)); });
  const wrongCount: Variation = { editEnvelope: (xml) => xml.replace('<SoLuongFile>2<', '<SoLuongFile>3<') };

  test('a rule that it switches off gives no finding; before its day the rule stands', async () => {
    const rules = withSet({ severities: { FILE_COUNT: 'off' } });
    const [early, late] = [await judged(rules, before, wrongCount), await judged(rules, after, wrongCount)];
    expect([early.outcome, codes(early), late.outcome, codes(late)]).toEqual(['refused', ['FILE_COUNT'], 'accepted', []]);
  });

  test('a rule that it makes milder warns, and the warning is the finding’s own', async () => {
    const verdict = await judged(withSet({ severities: { FILE_COUNT: 'warn' } }), after, wrongCount);
    expect([verdict.outcome, codes(verdict), verdict.findings.map(severityOfFinding)]).toEqual(['accepted', ['FILE_COUNT'], ['warn']]);
  });

  test('a warning that it makes stricter refuses', async () => {
    const strange: Variation = { formXml: d02Xml().replaceAll('D02-TS', 'D98-TS'), editEnvelope: (xml) => xml.replace('<MaToKhai>D02-TS</MaToKhai>', '<MaToKhai>D98-TS</MaToKhai>') };
    const verdict = await judged(withSet({ severities: { FORM_WITHOUT_SCHEMA: 'refuse', FORM_MISSING: 'off', FORM_NOT_ALLOWED: 'off' } }), after, strange);
    expect([verdict.outcome, codes(verdict), verdict.findings.map(severityOfFinding)]).toEqual(['refused', ['FORM_WITHOUT_SCHEMA'], ['refuse']]);
  });

  test('a set that is being prepared judges beside it, and only when it is asked to', async () => {
    const rules = changed((own) => { own.edit('rule-sets', 'ruleSets', (row) => (row['id'] === 'next' ? { ...row, severities: { FILE_COUNT: 'off' } } : row)); });
    const next = rules.standard.ruleSets.find(({ id }) => id === 'next');
    if (next === undefined) throw new Error('nothing is being prepared');
    expect(codes(await judged(rules, after, wrongCount))).toEqual(['FILE_COUNT']);
    expect(codes(await judged({ ...rules, ruleSet: next }, after, wrongCount))).toEqual([]);
  });

  test('the day on which I-VANs may no longer send', async () => {
    const clocks = changed().standard.ruleSetAt(after.at).clocks;
    const rules = withSet({ clocks: { ...clocks, ivanChannelEnd: '2026-05-04' } });
    const later = withSet({ clocks: { ...clocks, ivanChannelEnd: '2026-05-05' } });
    expect([codes(await judged(rules, after)), codes(await judged(later, after)), codes(await judged(rules, before))]).toEqual([['IVAN_CHANNEL_CLOSED'], [], []]);
    expect(codes(await judged(rules, after, { ivan: '' }, { kind: 'direct' }))).toEqual([]);
  });

  test('its clocks are the receipt’s: when the slip comes, how the due date is counted, and until when it may be returned', async () => {
    const { clocks } = changed().standard.ruleSetAt(after.at);
    const rules = withSet({ clocks: { ...clocks, ivanChannelEnd: null, receptionSlipMinutes: 30, returnWorkingDays: 1, dueOption: 'end_of_day' } });
    const silent = withSet({ clocks: { ...clocks, ivanChannelEnd: null, returnWorkingDays: null } });
    const dueOf = async (own: Pick<Rulebook, 'standard' | 'schemas'>): Promise<readonly (string | undefined)[]> => {
      const verdict = await judged(own, after);
      if (verdict.outcome !== 'accepted') throw new Error('refused');
      const { dueAt, slipDueAt, returnBy } = acceptedFacts(verdict.dossier, after.at, 1, own.standard.calendar);
      return [formatInstant(dueAt), formatInstant(slipDueAt), returnBy && formatInstant(returnBy.at)];
    };
    expect(await dueOf(changed())).toEqual(['2026-05-11T09:00:00.000+07:00', '2026-05-04T11:00:00.000+07:00', '2026-05-07T09:00:00.000+07:00']);
    expect(await dueOf(rules)).toEqual(['2026-05-11T23:59:59.999+07:00', '2026-05-04T09:30:00.000+07:00', '2026-05-05T23:59:59.999+07:00']);
    expect((await dueOf(silent))[2]).toBeUndefined();
  });
});

describe('a receipt', () => {
  const issuer = { name: 'Cổng thử nghiệm', certificateName: 'Gateway signing', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '' };

  test('names the rule set beside the digest, and says what a changed severity did', async () => {
    const rules = changed((own) => { own.edit('rule-sets', 'ruleSets', (row) => (row['id'] === 'qd366-2026' ? { ...row, severities: { FILE_COUNT: 'warn' } } : row)); });
    const { at, trust } = after;
    const verdict = await judged(rules, after, { editEnvelope: (xml) => xml.replace('<SoLuongFile>2<', '<SoLuongFile>3<') });
    if (verdict.outcome !== 'accepted') throw new Error('refused');
    const { digest } = rules.standard;
    const facts = receiptFacts(
      { bytes: Buffer.from('x'), digest: 'a'.repeat(64), sender: ivan, receivedAt: at, verdict, ruleSetDigest: digest, ruleSet: rules.standard.ruleSetAt(at), trustDigest: trust.digest, registration: null, ivanUse: null, filedBefore: null, supplements: null, evidence: [] },
      'accepted', acceptedFacts(verdict.dossier, at, 1, rules.standard.calendar), undefined,
    );
    const read = await readMessageFacts(receiptXml(facts, issuer));
    expect([read.rules, read.findings.map(({ code, severity }) => [code, severity]), read.result.code]).toEqual([{ digest, ruleSet: 'qd366-2026' }, [['FILE_COUNT', 'warn']], '200']);
    const { ruleSet, ...older } = facts;
    const olderXml = receiptXml(older, issuer);
    expect(olderXml.toString()).toBe(receiptXml(facts, issuer).toString().replace(/\s*<MA_BO_QUYTAC>.*<\/MA_BO_QUYTAC>/, ''));
    expect((await readMessageFacts(olderXml)).rules).toEqual({ digest, ruleSet: undefined });
    expect(ruleSet).toBe('qd366-2026');
  });
});
