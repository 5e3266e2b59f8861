// Guarantee: what an operator sends that is no text for a database – a NUL, half of a character – is refused with its place, in the query, the path and the
// body alike; nothing of it is recorded, and it never looks like a failure of the gateway.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openRegistrationStage, unitGrounds } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

describe('no text', () => {
  it.each(['uses?unit=%00', 'uses?agency=a%00b', 'certificates?unit=%00', 'registrations?unit=%00', 'registrations?ivan=%00', 'contracts?ivan=%00', 'contracts/%00', 'registrations/%00'])('is refused in %s', async (path) => {
    expect(await stage.operator.get(path)).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
  });

  it.each<[string, string, object]>([
    ['a NUL in a reason', 'body/reason', { decision: 'refuse', reason: 'a\u0000b' }],
    ['half a character in a reason', 'body/reason', { decision: 'refuse', reason: 'a\ud800b' }],
    ['a NUL in grounds', 'body/unitGrounds', { decision: 'accept', unitGrounds: `${unitGrounds}\u0000` }],
    ['half a character in grounds', 'body/unitGrounds', { decision: 'accept', unitGrounds: `\udc00${unitGrounds}` }],
  ])('is refused in a body: %s', async (_what, place, body) => {
    const answer = await stage.send({ unitCode: stage.newUnit() });
    const { status, json } = await stage.decide(answer, body);
    expect([status, json['code'], JSON.stringify(json)]).toEqual([400, 'FIELD_INVALID', expect.stringContaining(place)]);
    expect((await stage.operator.get(`registrations/${await stage.idOf(answer)}`)).json['state']).toBe('received');
  });

  it('is no whole character outside the basic plane, nor a backslash that is meant', async () => {
    const answer = await stage.send({ unitCode: stage.newUnit() });
    expect(await stage.decide(answer, { decision: 'refuse', reason: '𠮷 \\u0000' })).toMatchObject({ status: 200, json: { reason: '𠮷 \\u0000' } });
  });
});
