// Guarantee: whoever asks for an event and whoever is told of it gets the same words, with every instant at +07:00, however the trail wrote it; and every kind of
// event has a Vietnamese name.
import { expect, it } from '@jest/globals';

import { eventNames } from '../../src/client/event-names.ts';
import { feedKinds } from '../../src/store/feeds.ts';
import { describeEvent, payloadOf } from '../../src/webhooks/payload.ts';

const event = { id: '41', position: 7, kind: 'deadline-moved', at: new Date('2026-11-23T17:30:00Z'), digest: null, dossierNumber: null, transactionCode: null };

it('every instant of an event is at +07:00', () => {
  const detail = { clock: 'result', from: '2026-11-24T18:00:00.000Z', dueAt: '2026-11-27T01:00:00.000+07:00', metAt: null, endedAt: '2026-11-24T18:00:00.000Z', items: 2 };
  expect(describeEvent({ ...event, detail })).toEqual({
    position: 7, id: '41', kind: 'deadline-moved', at: '2026-11-24T00:30:00.000+07:00', dossier: null,
    detail: { clock: 'result', from: '2026-11-25T01:00:00.000+07:00', dueAt: '2026-11-27T01:00:00.000+07:00', metAt: null, endedAt: '2026-11-25T01:00:00.000+07:00', items: 2 },
  });
});

it('the words of others are left as they are, whatever they look like', () => {
  const detail = { reason: '2026-11-24T18:00:00.000Z', name: 'x', dueAt: 'không rõ', until: '2026-99-99T99:99:99.999Z' };
  expect(describeEvent({ ...event, detail })).toMatchObject({ detail });
});

it('who is told gets what who asks gets', () => {
  const one = { ...event, detail: { dueAt: '2026-11-24T18:00:00.000Z' } };
  expect(JSON.parse(payloadOf(one).toString())).toEqual(describeEvent(one));
});

it('every kind of event has a Vietnamese name', () => {
  expect([...eventNames.keys()].toSorted()).toEqual([...feedKinds].toSorted());
});
