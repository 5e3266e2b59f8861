// Guarantee: an audit repeats every form 04, 05 and 06 and finds whatever was changed of it, of its decision, or of the register of uses behind the
// gateway's back; and the tables refuse such changes anyway.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { audit } from '../support/audited.ts';
import { hour, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { tampered } from '../support/tampered.ts';

const tables = ['ivan_registration', 'ivan_registration_step', 'ivan_registration_decision', 'ivan_use', 'ivan_use_end', 'ivan_use_policy', 'ivan_registration_late', 'unit_certificate', 'unit_certificate_end', 'ivan_certificate', 'ivan_contract', 'submission', 'outage_proposal', 'audit_event'];
let stage: RegistrationStage;
let database: Database;

/** A liar who may write everything: row and event say the same. */
function tiedTo(id: number, tie: string | null): string {
  const [row, event] = tie === null ? ['NULL', `'null'`] : [`'${tie}'`, `to_jsonb('${tie}'::text)`];
  return `UPDATE ivan_registration_decision SET unit_tie = ${row} WHERE registration_id = ${id};
    UPDATE audit_event SET detail = jsonb_set(detail, '{unitTie}', ${event}) WHERE kind = 'registration_decided' AND detail ->> 'registration' = '${id}'`;
}

beforeAll(async () => {
  stage = await openRegistrationStage();
  const unitCode = 'TS10001';
  await stage.operator.post('use-rules', { agency: '00101', from: '2026-01-01', required: true });
  stage.putForward(5 * 60_000); // what was entered a moment before may have been seen or not
  const first = await stage.send({ unitCode });
  await stage.operator.post(`registrations/${await stage.idOf(first)}/forward`);
  await stage.decide(first);
  await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(first)}`);
  expect((await stage.file(unitCode)).status).toBe(201);
  await stage.accept({ unitCode, form: '06-IVAN' });
  expect((await stage.file(unitCode)).status).toBe(422);
  expect((await stage.send({ unitCode: 'TS10002', signIvan: false })).status).toBe(422);
  await stage.decide(await stage.send({ unitCode: 'TS10003' }), { decision: 'refuse', reason: 'Không đúng đơn vị' });
  const [late, later] = [await stage.send({ unitCode: 'TS10004' }), await stage.send({ unitCode: 'TS10005' })];
  stage.putForward(3 * hour);
  await stage.decide(late, { decision: 'refuse', reason: 'Không đúng đơn vị' });
  stage.putForward(1000);
  await stage.decide(later, { decision: 'refuse', reason: 'Không đúng đơn vị' });
  stage.putForward(24 * hour); // the same form of the same day would be the same one
  const again = await stage.send({ unitCode });
  expect(await stage.decide(again, { decision: 'accept' })).toMatchObject({ json: { unitTie: { source: 'use', id: '1' } } });
  await stage.stop(); // or what it records by itself would fall between a table’s copy and its return
  database = await openDatabase({ url: stage.site.databaseUrl, connections: 2 });
});

afterAll(() => database.close());

describe('an audit', () => {
  it('of an honest store counts the forms', async () => {
    expect(await audit(stage.site.databaseUrl)).toMatchObject({ registrations: 7, submissions: 2, accepted: 1, refused: 1 });
  });

  const lies: readonly (readonly [what: string, change: string, where: RegExp])[] = [
    ['a bit of a form', 'UPDATE ivan_registration SET body = set_bit(body, 4000, 1 - get_bit(body, 4000)) WHERE id = 1', /registration 1: its bytes/],
    ['a bit of a receipt', 'UPDATE ivan_registration SET receipt = set_bit(receipt, 4000, 1 - get_bit(receipt, 4000)) WHERE id = 1', /receipt of registration 1/],
    ['whose form it is', `UPDATE ivan_registration SET ivan_code = '00110' WHERE id = 1`, /registration 1: names another sender/],
    ['when it came', `UPDATE ivan_registration SET received_at = received_at + interval '1 second' WHERE id = 1`, /registration 1/],
    ['when its decision is due', `UPDATE ivan_registration SET decision_due_at = decision_due_at + interval '1 day' WHERE id = 1`, /registration 1: has other due times/],
    ['what it says', `UPDATE ivan_registration SET declared = jsonb_set(declared, '{taxCode}', '"0109999999"') WHERE id = 1`, /registration 1|decision on registration 1/],
    ['what the registers said', `UPDATE ivan_registration SET facts = jsonb_set(facts, '{ivanCertificate}', '"99"') WHERE id = 1`, /registration 1: does not say of its unit/],
    ['findings', `UPDATE ivan_registration SET findings = '[]' WHERE id = 3`, /registration 3: has other findings/],
    ['a report of a signature', `UPDATE ivan_registration SET signatures = jsonb_set(signatures, '{1,indication}', '"INDETERMINATE"') WHERE id = 1`, /registration 1: has other reports/],
    ['a refusal into a reception', `UPDATE ivan_registration SET outcome = 'received' WHERE id = 3`, /registration 3: was received, and is not/],
    ['a decision', `UPDATE ivan_registration_decision SET decision = 'accepted' WHERE registration_id = 4`, /decision on registration 4/],
    ['a reason', `UPDATE ivan_registration_decision SET reason = 'khác' WHERE registration_id = 4`, /notice of registration 4/],
    ['who decided', `UPDATE ivan_registration_decision SET actor = 'khác' WHERE registration_id = 4`, /decision on registration 4: is not what was decided/],
    ['when it holds from', `UPDATE ivan_registration_decision SET effective_at = effective_at + interval '1 day' WHERE registration_id = 1`, /decision on registration 1: holds from another instant/],
    ['when the unit is to be told', `UPDATE ivan_registration_decision SET relay_due_at = relay_due_at + interval '1 day' WHERE registration_id = 1`, /decision on registration 1: has another due time/],
    ['a bit of a notice', 'UPDATE ivan_registration_decision SET notice = set_bit(notice, 4000, 1 - get_bit(notice, 4000)) WHERE registration_id = 1', /notice of registration 1/],
    ['a decision gone', 'DELETE FROM ivan_registration_decision WHERE registration_id = 4', /event \d+: tells of a registration/],
    ['what a decision did', `UPDATE ivan_registration_decision SET effects = jsonb_set(effects, '{registered}', '[]') WHERE registration_id = 1`, /notice of registration 1/],
    ['a certificate that it registered', `UPDATE unit_certificate SET valid_until = valid_until + interval '1 day'`, /certificate entry 1|registered a certificate otherwise/],
    ['a certificate’s end gone', 'DELETE FROM unit_certificate_end', /submission|registration 7: does not say of its unit|ended a certificate otherwise|event/],
    ['a step', `UPDATE ivan_registration_step SET at = at - interval '1 hour' WHERE step = 'forwarded'`, /step forwarded of registration 1/],
    ['a step gone', `DELETE FROM ivan_registration_step WHERE step = 'relayed'`, /event \d+: tells of a registration/],
    ['a use’s beginning', `UPDATE ivan_use SET began_at = began_at - interval '1 day'`, /decision on registration 1: did not do|use 1/],
    ['whose use it is', `UPDATE ivan_use SET unit_code = 'TS9'`, /submission|decision on registration/],
    ['a stop put off', `UPDATE ivan_use_end SET ended_at = ended_at + interval '1 day'`, /submission 2|did not do/],
    ['a stop gone', 'DELETE FROM ivan_use_end', /submission 2|did not do/],
    ['a rule gone', 'DELETE FROM ivan_use_policy', /submission 1: does not say of its unit’s use/],
    ['a rule antedated', `UPDATE ivan_use_policy SET effective_from = effective_from - interval '1 day'`, /use rule 1/],
    ['what a dossier says of the use', `UPDATE submission SET ivan_use = NULL WHERE id = 1`, /submission 1: does not say of its unit’s use/],
    ['a use that was not there', `UPDATE submission SET ivan_use = jsonb_set(ivan_use, '{use}', '"99"') WHERE id = 1`, /submission 1: does not say of its unit’s use/],
    ['on what grounds the unit was tied', `UPDATE ivan_registration_decision SET unit_tie = '{"source":"operator","grounds":"khác"}' WHERE registration_id = 1`, /decision on registration 1: is not what was decided/],
    ['by what the unit was tied', tiedTo(1, '{"source":"result","id":"9"}'), /decision on registration 1: does not say by what/],
    ['a tie into one by itself', tiedTo(1, '{"source":"use","id":"1"}'), /decision on registration 1: (?:does not say by what|has a tie)/],
    ['a tie that was there into the operator’s grounds', tiedTo(7, '{"source":"operator","grounds":"x"}'), /decision on registration 7: does not say by what/],
    ['the tie of a later decision gone', tiedTo(7, null), /decision on registration 7: has a tie of the unit code that such a decision does not have, or has none/],
    ['a tie given to a refusal', tiedTo(4, '{"source":"operator","grounds":"x"}'), /decision on registration 4: has a tie/],
    ['a lateness gone', `DELETE FROM ivan_registration_late`, /event \d+: tells of a clock/],
    ['a lateness gone with its event', `DELETE FROM ivan_registration_late WHERE registration_id = 6; DELETE FROM audit_event WHERE kind = 'registration_late' AND detail ->> 'registration' = '6'`, /registration 6: (forward|decision) came late/],
    ['a lateness made up', `INSERT INTO ivan_registration_late VALUES (1, 'decision', now() - interval '2 days', now())`, /late decision of registration 1/],
    ['a lateness’s due time', `UPDATE ivan_registration_late SET due_at = due_at - interval '1 minute'`, /late \w+ of registration \d: is not what was noticed/],
    ['an event of reception gone', `DELETE FROM audit_event WHERE kind = 'registration_refused'`, /registration 3: has 0 events/],
    ['the I-VAN’s tax code', `UPDATE ivan_contract SET tax_code = '0100000000'`, /registration 1: does not say of its unit/],
  ];

  it.each(lies)('finds %s changed', async (_what, change, where) => {
    const before = 'ALTER TABLE ivan_registration DROP CONSTRAINT IF EXISTS ivan_registration_check; ALTER TABLE ivan_registration_decision DROP CONSTRAINT IF EXISTS ivan_registration_decision_check1';
    await tampered(database, { tables, before, change }, () => expect(audit(stage.site.databaseUrl)).rejects.toThrow(where));
    await audit(stage.site.databaseUrl);
  });

  it('is hardly needed: the tables refuse changes', async () => {
    for (const table of ['ivan_registration', 'ivan_registration_step', 'ivan_registration_decision', 'ivan_use', 'ivan_use_end', 'ivan_use_policy']) {
      await expect(database.query(`DELETE FROM ${table}`)).rejects.toThrow(/never changed/);
      await expect(database.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never changed/);
    }
  });
});
