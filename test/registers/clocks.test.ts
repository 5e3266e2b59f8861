// Guarantee: a clock of form 04, 05 or 06 that runs out leaves one event, whoever sees it first; the clocks are those of the rule set in force; and the
// list refuses a filter that it does not know.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startClockRounds } from '../../src/registers/clock-rounds.ts';
import { clocksOf, relayDueAt } from '../../src/registers/form-facts.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { day, hour, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { until } from '../support/until.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

interface LateEvent { readonly clock: string; readonly at: Date; readonly due: Date }

const lateEvents = (id: string): Promise<LateEvent[]> =>
  stage.site.gateway.database.query<LateEvent>(`SELECT detail ->> 'clock' AS clock, at, (detail ->> 'dueAt')::timestamptz AS due FROM audit_event WHERE kind = 'registration_late' AND detail ->> 'registration' = $1 ORDER BY id`, [id]);
const clocksOfEvents = async (id: string): Promise<string[]> => (await lateEvents(id)).map(({ clock }) => clock);

describe('a clock that ran out', () => {
  it('is entered with the step that comes late, in its transaction', async () => {
    const answer = await stage.send({ unitCode: stage.newUnit() });
    const id = await stage.idOf(answer);
    expect(await clocksOfEvents(id)).toEqual([]);
    stage.putForward(2 * hour + 1000);
    expect((await stage.operator.post(`registrations/${id}/forward`)).status).toBe(200);
    expect(await clocksOfEvents(id)).toEqual(['forward']);
    stage.putForward(20 * day);
    expect((await stage.operator.post(`registrations/${id}/decision`, { decision: 'refuse', reason: 'Không đúng đơn vị' })).status).toBe(200);
    expect(await clocksOfEvents(id)).toEqual(['forward', 'decision']);
    stage.putForward(2 * hour + 61_000);
    expect((await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(answer)}`)).status).toBe(200);
    expect(await clocksOfEvents(id)).toEqual(['forward', 'decision', 'relay']);
    await stage.operator.get('registrations');
    const events = await lateEvents(id);
    expect(events.map(({ at, due }) => at > due)).toEqual([true, true, true]);
  });

  it('of a decision in time is none, and a clock is entered once when many look at a time', async () => {
    const timely = await stage.send({ unitCode: stage.newUnit() });
    await stage.decide(timely, { decision: 'refuse', reason: 'x' });
    await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(timely)}`);
    const late = await stage.idOf(await stage.send({ unitCode: stage.newUnit() }));
    stage.putForward(2 * hour + 61_000);
    await Promise.all([1, 2, 3, 4].map(() => stage.operator.get('registrations')));
    await stage.operator.get(`registrations/${late}`);
    expect(await clocksOfEvents(late)).toEqual(['forward']);
    expect(await clocksOfEvents(await stage.idOf(timely))).toEqual([]);
  });

  it('is entered by the gateway’s own round though nobody asks, and a failing round does not end the rounds', async () => {
    const id = await stage.idOf(await stage.send({ unitCode: stage.newUnit() }));
    stage.putForward(2 * hour + 61_000);
    const { database } = stage.site.gateway;
    const messages: string[] = [];
    let failures = 1;
    const now = (): Date => {
      failures -= 1;
      if (failures === 0) throw new Error('no clock');
      return stage.now();
    };
    const rounds = startClockRounds({ database, now, log: (message) => messages.push(message), everyMs: 5 });
    await until('the event', async () => (await clocksOfEvents(id)).length > 0);
    await rounds.stop();
    expect(await clocksOfEvents(id)).toEqual(['forward']);
    expect(messages).toEqual(['the clocks of registrations could not be looked at', 'clocks of registrations ran out']);
  });

  it('cannot be taken back', async () => {
    await expect(stage.site.gateway.database.query('DELETE FROM ivan_registration_late')).rejects.toThrow(/never changed/);
    await expect(stage.site.gateway.database.query('TRUNCATE ivan_registration_late')).rejects.toThrow(/never changed/);
  });
});

describe('the clocks', () => {
  const standard = loadStandard();
  const at = new Date('2026-11-20T09:00:00+07:00');
  const slower = { ...standard, ruleSetAt: (when: Date) => ({ ...standard.ruleSetAt(when), clocks: { ...standard.ruleSetAt(when).clocks, forwardMinutes: 30, relayMinutes: 45, ivanRegistrationWorkingDays: 1 } }) };
  const open = { ...standard, ruleSetAt: (when: Date) => ({ ...standard.ruleSetAt(when), clocks: { ...standard.ruleSetAt(when).clocks, forwardMinutes: undefined } }) };

  it('are those of the rule set in force at reception, and at the decision', () => {
    expect(clocksOf(at, standard).forwardDueAt).toEqual(new Date(at.getTime() + 2 * hour));
    const { forwardDueAt, decision } = clocksOf(at, slower);
    expect([forwardDueAt, decision.at, relayDueAt(at, slower)]).toEqual([new Date('2026-11-20T09:30:00+07:00'), new Date('2026-11-23T09:00:00+07:00'), new Date('2026-11-20T09:45:00+07:00')]);
    expect(() => clocksOf(at, open)).toThrow(/has no clocks/);
  });
});

describe('the list', () => {
  it.each([
    ['state=open', 'received|forwarded|accepted|refused|rejected'],
    ['state=', '?state'],
    ['late=forwarding', 'forward|decision|relay'],
    ['late=forward&late=relay', '?late'],
    ['order=id', '?order'],
  ])('refuses ?%s and names what there is', async (filter, named) => {
    const { status, json } = await stage.operator.get(`registrations?${filter}`);
    expect([status, json['code']]).toEqual([400, 'FIELD_INVALID']);
    expect(json['detail'] ?? JSON.stringify(json)).toContain(named);
  });
});
