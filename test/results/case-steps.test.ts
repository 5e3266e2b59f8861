// Guarantee: a case goes forward only. Whatever an agency says, in whatever order and however often, the same things are known in the end; what is
// repeated adds nothing, what is late moves nothing back, and of two that contradict each other the first one stands.
import { describe, expect, it } from '@jest/globals';

import { caseAtReception, caseStates, caseSteps, judgeStep } from '../../src/results/case-steps.ts';
import type { CaseFacts, Earlier, Judgement } from '../../src/results/case-steps.ts';
import type { About, Said } from '../../src/results/message.ts';

const at = new Date('2026-11-23T02:00:00Z');
const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

interface Message { readonly about: About; readonly said: Said; readonly sense: string }

function message(number: number | undefined, said: Said, sense = `${said.kind} ${number ?? ''} ${JSON.stringify(said)}`): Message {
  return { about: { digest: 'ab'.repeat(32), dossierNumber: '00001/2026/00101', transactionCode: 'GD1', number, at, agency: '00101' }, said, sense };
}

const slip = (number: number, dueAt = later(5)): Message => message(number, { kind: 'slip', desk: 'TNHS', officer: '', days: 5, receivedAt: at, dueAt }, `slip ${dueAt.toISOString()}`);
const step = (number: number, step = number, returnedAt?: Date): Message => message(number, { kind: 'step', step, name: `Bước ${step}`, room: 'THU', receivedAt: at, returnedAt });
const supplement = (number: number): Message => message(number, { kind: 'supplement', reference: `BS-${number}`, until: later(10), items: [{ file: '', what: 'Hợp đồng', why: 'Thiếu' }] });
const apology = (number: number, time: number, now = later(8)): Message => message(number, { kind: 'apology', time, before: later(5), now, reason: 'Xác minh' });
const result = (number: number | undefined, code = '200'): Message => message(number, { kind: 'result', code, text: '', unitCode: '' }, `result ${code}`);

/** Each message judged after those before it. */
function run(messages: readonly Message[]): { readonly facts: CaseFacts; readonly judged: readonly Judgement[]; readonly told: readonly string[] } {
  let facts = caseAtReception;
  const earlier: Earlier[] = [];
  const judged = messages.map((one, index) => {
    const judgement = judgeStep(facts, earlier, one, at);
    if (judgement.verdict === 'taken' || judgement.verdict === 'late') earlier.push({ id: String(index), kind: one.said.kind, number: one.about.number ?? null, sense: one.sense });
    facts = judgement.after;
    return judgement;
  });
  return { facts, judged, told: judged.map(({ verdict, reason }) => (reason === null ? verdict : `${verdict} ${reason}`)) };
}

describe('in order', () => {
  it('slip, steps, supplement, steps again, result', () => {
    const { facts, told } = run([slip(1), step(2, 1), supplement(3), step(4, 1), apology(5, 1), step(6, 2, later(3)), result(7)]);
    expect(told).toEqual(Array(7).fill('taken'));
    expect(facts).toEqual({ state: 'decided', stateNumber: 7, slipDueAt: later(5), promisedAt: later(8), apologies: 1, step: { number: 2, name: 'Bước 2', room: 'THU', ended: true }, supplementUntil: null });
  });

  it('a request to supplement holds until a step says that the case goes on', () => {
    expect(run([slip(1), supplement(2)]).facts).toMatchObject({ state: 'supplement', supplementUntil: later(10) });
    expect(run([slip(1), supplement(2), step(3)]).facts).toMatchObject({ state: 'processing', supplementUntil: null });
  });

  it('an answer of the older shape, without a number, decides', () => {
    expect(run([slip(1), result(undefined)])).toMatchObject({ facts: { state: 'decided' }, told: ['taken', 'taken'] });
  });
});

describe('out of order', () => {
  it('a step before the slip: the slip is late and its appointment holds', () => {
    const { facts, told } = run([step(2), slip(1)]);
    expect(told).toEqual(['taken', 'late OVERTAKEN']);
    expect(facts).toMatchObject({ state: 'processing', slipDueAt: later(5), promisedAt: later(5) });
  });

  it('the result before the last step and the slip: both are late, and the case stays decided', () => {
    expect(run([result(3), step(2), slip(1)])).toMatchObject({ facts: { state: 'decided', slipDueAt: later(5), step: null }, told: ['taken', 'late AFTER_RESULT', 'late AFTER_RESULT'] });
  });

  it('a result decides and an apology counts, whatever has overtaken them; what follows a result without a number is late', () => {
    expect(run([slip(1), step(4), result(3)])).toMatchObject({ facts: { state: 'decided' }, told: ['taken', 'taken', 'taken'] });
    expect(run([slip(1), step(4), apology(3, 1)])).toMatchObject({ facts: { state: 'processing', promisedAt: later(8), apologies: 1 }, told: ['taken', 'taken', 'taken'] });
    expect(run([result(undefined), slip(1), step(2)])).toMatchObject({ facts: { state: 'decided', slipDueAt: later(5) }, told: ['taken', 'late AFTER_RESULT', 'late AFTER_RESULT'] });
  });

  it('a request to supplement that a step has overtaken asks for nothing', () => {
    expect(run([slip(1), step(4), supplement(3)])).toMatchObject({ facts: { state: 'processing', supplementUntil: null }, told: ['taken', 'taken', 'late OVERTAKEN'] });
  });

  it('an apology that another has overtaken promises nothing; a slip after one does not move the date back', () => {
    expect(run([slip(1), apology(3, 2, later(9)), apology(2, 1, later(7))])).toMatchObject({ facts: { promisedAt: later(9), apologies: 2 }, told: ['taken', 'taken', 'late OVERTAKEN'] });
    expect(run([apology(3, 1), slip(1)]).facts).toMatchObject({ slipDueAt: later(5), promisedAt: later(8) });
  });

  it('whatever the order, the case is decided, by the same answer, with the same appointment', () => {
    const all = [slip(1), step(2), step(3), apology(4, 1), result(5)];
    for (let turn = 0; turn < 200; turn += 1) {
      const shuffled = all.map((one, index) => ({ one, key: Math.sin(turn * 31 + index * 7) })).toSorted((a, b) => a.key - b.key).map(({ one }) => one);
      const { facts, told } = run([...shuffled, ...shuffled]);
      expect(facts).toMatchObject({ state: 'decided', slipDueAt: later(5) });
      expect(told.slice(5)).toEqual(Array(5).fill('repeated SAME'));
      expect(told.filter((text) => text.startsWith('contradicting'))).toEqual([]);
    }
  });
});

describe('twice', () => {
  it('the same again, signed anew or not, adds nothing and names the first', () => {
    const { facts, judged } = run([slip(1), slip(1), result(2), result(2)]);
    expect(judged.map(({ verdict, firstId }) => [verdict, firstId])).toEqual([['taken', null], ['repeated', '0'], ['taken', null], ['repeated', '2']]);
    expect(facts).toEqual(run([slip(1), result(2)]).facts);
  });

  it.each<[string, readonly Message[], string]>([
    ['another result', [slip(1), result(2), result(3, '500')], 'contradicting SECOND_RESULT'],
    ['another result under the same number', [slip(1), result(2), result(2, '500')], 'contradicting SAME_NUMBER'],
    ['a slip with another due date', [slip(1), slip(2, later(9))], 'contradicting SECOND_SLIP'],
    ['another step under the same number', [slip(1), step(2, 1), step(2, 2)], 'contradicting SAME_NUMBER'],
    ['another date under the same apology', [slip(1), apology(2, 1), apology(3, 1, later(20))], 'contradicting SECOND_APOLOGY'],
    ['an apology for the very date that was promised', [slip(1, later(8)), apology(2, 1)], 'contradicting EARLIER_DATE'],
    ['an apology for an earlier date than the last apology’s', [slip(1), apology(2, 1, later(9)), apology(3, 2, later(8))], 'contradicting EARLIER_DATE'],
    ['an apology for a date that is over', [apology(1, 1, later(-1))], 'contradicting PAST_DATE'],
    ['a step after the result', [slip(1), result(2), step(3)], 'contradicting AFTER_RESULT'],
    ['a request to supplement after the result', [slip(1), result(2), supplement(3)], 'contradicting AFTER_RESULT'],
    ['a slip after steps that is no earlier one', [step(1), slip(2)], 'contradicting NO_STEP'],
  ])('%s is kept as a contradiction and changes nothing', (_what, messages, expected) => {
    const { facts, told } = run(messages);
    expect(told.at(-1)).toBe(expected);
    expect(facts).toEqual(run(messages.slice(0, -1)).facts);
  });
});

describe('the table', () => {
  it('leads nowhere from a decision, and never back to the reception', () => {
    expect(caseSteps.filter(({ from }) => from === 'decided')).toEqual([]);
    expect(caseSteps.filter(({ from, to }) => to === 'received' && from !== 'received')).toEqual([]);
    expect(new Set(caseSteps.map(({ kind, from }) => `${kind} ${from}`)).size).toBe(caseSteps.length);
  });

  it('reaches every state', () => {
    expect(caseStates.filter((state) => state !== 'received' && !caseSteps.some(({ to }) => to === state))).toEqual([]);
  });
});
