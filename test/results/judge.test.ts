// Guarantee: of a batch each message is judged by what the store knows and by those before it in the batch, is told once, and speaks of nothing but a
// dossier that its own backend was given. Octets are kept once.
import { describe, expect, it } from '@jest/globals';

import { judgeBatch } from '../../src/results/judge.ts';
import type { Arrived, Known } from '../../src/results/judge.ts';
import type { KeptMessage } from '../../src/store/agency-messages.ts';
import type { About, AgencyMessage, Said } from '../../src/results/message.ts';
import type { CaseDossier } from '../../src/store/cases.ts';

const at = new Date('2026-11-23T02:00:00Z');
const digest = 'ab'.repeat(32);
const origin = { backend: 'one', lane: 'agency:one', receivedAt: new Date('2026-11-23T03:00:00Z'), trustDigest: 'cd'.repeat(32), factsId: '1' };
const dossier: CaseDossier = {
  submissionId: '7', digest, transactionCode: 'GD1', receivedAt: at, number: '00001/2026/00101', agency: '00101', unitCode: 'TS1', unitName: 'Đơn vị', taxCode: '0101300842',
  procedure: '600', dueAt: at, lane: 'agency:one', standing: null, messages: 0, answeredBefore: null,
};
const slip: Said = { kind: 'slip', desk: 'TNHS', officer: '', days: 5, receivedAt: at, dueAt: at };
const step: Said = { kind: 'step', step: 1, name: 'Bước 1', room: 'THU', receivedAt: at, returnedAt: undefined };
const result: Said = { kind: 'result', code: '200', text: '', unitCode: '' };
const notice: Said = { kind: 'notice', unitCode: 'TS1', taxCode: '0101300842', form: 'C12-TS', month: '10/2026', text: Buffer.from('C12') };

function message(said: Said, about: Partial<About> = {}, sense = `${said.kind} ${about.number ?? ''}`): AgencyMessage {
  return { about: { digest, dossierNumber: dossier.number, transactionCode: 'GD1', number: undefined, at, agency: '00101', ...about }, said, sense, signer: 'BHXH' };
}

function judge(read: readonly (AgencyMessage | string)[], known: Partial<Known> = {}, digests: readonly string[] = read.map((_one, index) => String(index))): ReturnType<typeof judgeBatch> {
  const arrived = read.map((one, index): Arrived => ({ position: index + 1, digest: digests[index] ?? '', body: Buffer.from(`octets ${digests[index] ?? ''}`), read: one }));
  return judgeBatch(arrived, origin, { ids: read.map((_one, index) => `m${index + 1}`), cases: new Map([[digest, dossier]]), earlier: [], notices: new Map(), kept: new Map(), repeated: new Set(), foreign: new Set(), ...known });
}

const verdicts = ({ judged }: ReturnType<typeof judgeBatch>) => judged.map(({ row: { verdict, reason, firstId } }) => [verdict, reason, firstId]);
const told = ({ judged }: ReturnType<typeof judgeBatch>) => judged.map(({ believed }) => believed?.isTold);

describe('a batch', () => {
  it('is judged message by message, each by those before it', () => {
    const other = message({ ...result, code: '500' }, { number: 4 });
    const batch = judge([message(slip, { number: 1 }), message(slip, { number: 1 }), message(step, { number: 2 }), message(result, { number: 3 }), other, other]);
    expect(verdicts(batch)).toEqual([['taken', null, null], ['repeated', 'SAME', 'm1'], ['taken', null, null], ['taken', null, null], ['contradicting', 'SECOND_RESULT', 'm4'], ['contradicting', 'SECOND_RESULT', 'm4']]);
    expect(told(batch)).toEqual([true, false, true, true, false, false]);
    expect(batch.changes).toEqual([expect.objectContaining({ submissionId: '7', state: 'decided', stateNumber: 3, changedAt: origin.receivedAt, messagesBefore: 0, messages: 6 })]);
  });

  it('is judged by what was said before it', () => {
    const standing = { state: 'decided', stateNumber: 3, slipDueAt: null, promisedAt: null, apologies: 0, step: null, supplementUntil: null, changedAt: at };
    const earlier = [{ id: 'e1', submissionId: '7', kind: 'result', number: 3, sense: 'result 3' }, { id: 'e2', submissionId: '8', kind: 'step', number: 2, sense: 'step 2' }];
    const batch = judge([message(result, { number: 3 }), message(step, { number: 2 }), message(slip, { number: 1 })], { cases: new Map([[digest, { ...dossier, standing, messages: 4 }]]), earlier });
    expect(verdicts(batch)).toEqual([['repeated', 'SAME', 'e1'], ['late', 'AFTER_RESULT', null], ['late', 'AFTER_RESULT', null]]);
    expect(told(batch)).toEqual([false, true, true]);
    expect(batch.changes).toEqual([expect.objectContaining({ state: 'decided', slipDueAt: at, changedAt: at, messagesBefore: 4, messages: 7 })]);
  });

  it('that was answered before messages were kept hears the same octets as a repeat', () => {
    const standing = { state: 'decided', stateNumber: 0, slipDueAt: null, promisedAt: null, apologies: 0, step: null, supplementUntil: null, changedAt: at };
    const known = { cases: new Map([[digest, { ...dossier, standing, answeredBefore: 'old' }]]) };
    expect(verdicts(judge([message(result)], known, ['old']))).toEqual([['repeated', 'SAME', null]]);
    expect(verdicts(judge([message(result)], known, ['new']))).toEqual([['contradicting', 'SECOND_RESULT', null]]);
  });
});

it('what came late is told where it says more than what overtook it: not an apology, not a request to supplement', () => {
  const supplement: Said = { kind: 'supplement', reference: 'BS', until: at, items: [] };
  const apology = (time: number): Said => ({ kind: 'apology', time, before: at, now: new Date('2026-11-30T02:00:00Z'), reason: 'x' });
  const batch = judge([message(step, { number: 5 }), message(supplement, { number: 4 }), message(slip, { number: 1 }), message(apology(2), { number: 7 }), message(apology(1), { number: 6 })]);
  expect(verdicts(batch).map(([verdict]) => verdict)).toEqual(['taken', 'late', 'late', 'taken', 'late']);
  expect(told(batch)).toEqual([true, false, true, true, false]);
});

describe('a message is rejected', () => {
  it.each<[string, AgencyMessage | string, Partial<Known>]>([
    ['SIGNATURE_MISSING', 'SIGNATURE_MISSING', {}],
    ['DOSSIER_UNKNOWN', message(slip, { digest: 'ef'.repeat(32) }), {}],
    ['NUMBER_MISMATCH', message(slip, { dossierNumber: '00002/2026/00101' }), {}],
    ['NUMBER_MISMATCH', message(slip, { transactionCode: 'GD2' }), {}],
    ['BACKEND_MISMATCH', message(slip), { cases: new Map([[digest, { ...dossier, lane: 'agency:two' }]]) }],
    ['AGENCY_MISMATCH', message(slip, { agency: '00102' }), {}],
    ['BACKEND_MISMATCH', message(notice), { foreign: new Set(['00101']) }],
  ])('%s, and nothing of it counts', (reason, read, known) => {
    const { judged: [one], changes } = judge([read], known);
    expect(one).toMatchObject({ believed: undefined, row: { verdict: 'rejected', reason, submissionId: null, sense: null } });
    expect(changes).toEqual([]);
  });
});

describe('a notice to a unit', () => {
  it('is told once, in a batch as over all of them, and another one corrects it', () => {
    const batch = judge([message(notice), message(notice), message(notice, {}, 'another'), message(notice, {}, 'known')], { notices: new Map([['known', 'e9']]) });
    expect(verdicts(batch)).toEqual([['taken', null, null], ['repeated', 'SAME', 'm1'], ['taken', null, null], ['repeated', 'SAME', 'e9']]);
    expect(told(batch)).toEqual([true, false, true, false]);
    expect(batch.changes).toEqual([]);
  });
});

const before = (id: string, of: string, verdict: KeptMessage['verdict'], reason: string | null, hasOctets = true): KeptMessage => ({ id, digest: of, verdict, reason, trustDigest: origin.trustDigest, factsId: '1', hasOctets });

describe('octets', () => {
  const kept = (batch: ReturnType<typeof judgeBatch>) => batch.judged.map(({ row: { body, firstId } }) => [body?.toString(), firstId]);

  it('that came before stand once, of what is repeated and of what is rejected for another reason', () => {
    expect(kept(judge([message(slip, { number: 1 }), message(slip, { number: 1 }), 'X', 'Y'], {}, ['a', 'a', 'b', 'b']))).toEqual([['octets a', null], [undefined, 'm1'], ['octets b', null], [undefined, 'm3']]);
    expect(kept(judge(['X'], { kept: new Map([['a', [before('e1', 'a', 'taken', null)]]]) }, ['a']))).toEqual([[undefined, 'e1']]);
  });

  it('of other octets that say the same, and of what names another message, stand as they came', () => {
    expect(kept(judge([message(slip, { number: 1 }), message(slip, { number: 1 })], {}, ['a', 'b']))).toEqual([['octets a', null], ['octets b', 'm1']]);
    expect(kept(judge([message(result, { number: 1 })], { kept: new Map([['a', [before('e1', 'a', 'rejected', 'X')]]]), earlier: [{ id: 'e2', submissionId: '7', kind: 'result', number: 1, sense: 'result 1' }] }, ['a']))).toEqual([['octets a', 'e2']]);
  });
});

describe('what is said again and again', () => {
  const counted = ({ repeats, judged }: ReturnType<typeof judgeBatch>) => [judged.length, repeats.map(({ messageId, position }) => [messageId, position])];

  it('is counted on what was said first, from the second repeat on, and where it is not believed or contradicts from the first', () => {
    const [one, other] = [message(result, { number: 1 }), message({ ...result, code: '500' }, { number: 2 })];
    expect(counted(judge([one, one, one, one], {}, ['a', 'a', 'b', 'a']))).toEqual([2, [['m1', 3], ['m1', 4]]]);
    expect(counted(judge(['X', 'X', 'X'], {}, ['a', 'a', 'a']))).toEqual([1, [['m1', 2], ['m1', 3]]]);
    expect(counted(judge([one, other, other, other], {}, ['a', 'b', 'b', 'b']))).toEqual([2, [['m2', 3], ['m2', 4]]]);
  });

  it('is counted over batches too, on each thing that was made of the octets, and leaves the case as it is', () => {
    const known = { earlier: [{ id: 'e1', submissionId: '7', kind: 'result', number: 1, sense: 'result 1' }], repeated: new Set(['e1']) };
    const batch = judge([message(result, { number: 1 })], known);
    expect([counted(batch), batch.changes]).toEqual([[0, [['e1', 1]]], []]);
    const kept = new Map([['a', [before('e1', 'a', 'rejected', 'X'), before('e2', 'a', 'rejected', 'Y', false)]]]);
    expect(counted(judge(['Y', 'X', 'Z', 'Z'], { kept }, ['a', 'a', 'a', 'a']))).toEqual([1, [['e2', 1], ['e1', 2], ['m3', 4]]]);
  });

  it('is judged anew when it is believed by now', () => {
    expect(verdicts(judge([message(slip, { number: 1 })], { kept: new Map([['a', [before('e1', 'a', 'rejected', 'DOSSIER_UNKNOWN')]]]) }, ['a']))).toEqual([['taken', null, null]]);
  });
});
