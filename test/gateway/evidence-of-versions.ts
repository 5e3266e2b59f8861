// One row for each thing that a version records for good, as the tables of that version take it.

export interface Evidence {
  readonly version: string;
  readonly what: string;
  readonly insert: string;
}

const digest = `repeat('a', 64)`;
const hash = `decode(repeat('00', 32), 'hex')`;
const submission = `digest, sender, sender_facts, received_at, outcome, findings, transaction_code, rule_set_digest, trust_digest, body`;
const submitted = `${digest}, 'x', '{}', now(), 'refused', '[]', 'x', 'x', ${digest}, ''`;
const used = `agency, unit_code`;

const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Foundation1795305600000: {
    'a submission': `INSERT INTO submission (${submission}) VALUES (${submitted})`,
    'a receipt': `INSERT INTO receipt VALUES (1, '')`,
    'a dossier': `INSERT INTO dossier VALUES (1, 'x', 2026, 1, 'x', 'x', 'x', 'x', 'x', 'x', now())`,
    'a result': `INSERT INTO result VALUES (1, now(), 'x', '', ${digest}, '')`,
    'an event': `INSERT INTO audit_event (at, kind, detail) VALUES (now(), 'x', '{}')`,
    'trust material': `INSERT INTO trust_material VALUES (${digest}, '')`,
    'a signing certificate': `INSERT INTO signing_certificate VALUES (${digest}, '')`,
    'a contract': `INSERT INTO contract (ivan_code, fingerprint, state, valid_from, valid_until) VALUES ('x', ${digest}, 'active', now(), now() + interval '1 day')`,
  },
  Registers1795392000000: {
    'what was verified of a submission': `INSERT INTO submission (${submission}, signatures) VALUES (${submitted}, '[]')`,
    'an OCSP answer': `INSERT INTO revocation_evidence VALUES (${digest}, 'ocsp', '')`,
    "a unit's certificate": `INSERT INTO unit_certificate (${used}, fingerprint, serial_number, subject, valid_from, valid_until, registered_at) VALUES ('x', 'x', ${digest}, 'x', 'x', now(), now() + interval '1 day', now())`,
    "the end of a unit's certificate": `INSERT INTO unit_certificate_end VALUES (1, now())`,
    "an agency's policy": `INSERT INTO agency_policy (agency, effective_from, registered_certificate_required, decided_at) VALUES ('x', now(), true, now())`,
  },
  TrustParts1795478400000: { 'a part of trust material': `INSERT INTO trust_part VALUES (${digest}, 'crl', '')` },
  ContractsAndRegistrations1795564800000: {
    'a change of a contract': `INSERT INTO ivan_contract_change (contract_id, sequence, action, state, actor, changed_at) VALUES (1, 1, 'record', 'applied', 'x', now())`,
    "an I-VAN's certificate": `INSERT INTO ivan_certificate (contract_id, fingerprint, purpose, actor, registered_at) VALUES (1, ${digest}, 'sign', 'x', now())`,
    "the end of an I-VAN's certificate": `INSERT INTO ivan_certificate_end VALUES (1, 'x', now())`,
    'an answer of the checklist': `INSERT INTO ivan_checklist_answer (contract_id, item, met, evidence, actor, answered_at) VALUES (1, 'x', true, 'x', 'x', now())`,
    'a registration': `INSERT INTO ivan_registration (digest, ivan_code, sender_facts, received_at, outcome, findings, signatures, transaction_code, rule_set_digest, trust_digest, receipt, body) VALUES (${digest}, 'x', '{}', now(), 'refused', '[]', '[]', 'x', 'x', ${digest}, '', '')`,
    'a step of a registration': `INSERT INTO ivan_registration_step VALUES (1, 'forwarded', 'x', now())`,
    'the decision on a registration': `INSERT INTO ivan_registration_decision (registration_id, decision, reason, actor, decided_at, relay_due_at, effects, trust_digest, notice) VALUES (1, 'refused', 'x', 'x', now(), now(), '{}', ${digest}, '')`,
    'the use of an I-VAN': `INSERT INTO ivan_use (${used}, ivan_code, tax_code, registration_id, began_at) VALUES ('x', 'x', 'x', 'x', 1, now())`,
    'the end of a use': `INSERT INTO ivan_use_end VALUES (1, 1, now(), now())`,
    'a policy of uses': `INSERT INTO ivan_use_policy (agency, effective_from, registered_use_required, decided_at) VALUES ('x', now(), true, now())`,
    'what a submission was told of its use': `INSERT INTO submission (${submission}, signatures, ivan_use) VALUES (${submitted}, '[]', '{}')`,
  },
  Declarations1795737600000: {
    'a declaration': `INSERT INTO dossier_declaration (submission_id, position, ${used}, tax_code, procedure, period, form, content_digest) VALUES (1, 0, 'x', 'x', 'x', 'x', 'x', 'x', ${digest})`,
    'what a submission was compared with': `INSERT INTO submission (${submission}, signatures, filed_before) VALUES (${submitted}, '[]', '[]')`,
  },
  UnitTiesAndLateness1795824000000: {
    'a clock that ran out': `INSERT INTO ivan_registration_late VALUES (1, 'relay', now(), now() + interval '1 day')`,
    'what ties a unit to its tax code': `INSERT INTO ivan_registration_decision (registration_id, decision, reason, actor, decided_at, relay_due_at, effects, trust_digest, notice, unit_tie) VALUES (1, 'refused', 'x', 'x', now(), now(), '{}', ${digest}, '', '{}')`,
  },
  Delivery1796000000000: { 'a change of the routes': `INSERT INTO route_change (prefix, backend, reason, actor, changed_at) VALUES ('', 'x', 'x', 'x', now())` },
  AgencyMessages1796100000000: {
    'a message': `INSERT INTO agency_message (backend, digest, body, received_at, trust_digest, verdict, reason) VALUES ('x', ${digest}, '', now(), ${digest}, 'rejected', 'x')`,
    'a notice': `INSERT INTO notice (submission_id, number, kind, issued_at, trust_digest, body) VALUES (1, 1, 'x', now(), ${digest}, '')`,
    'what an agency is told of a notice': `INSERT INTO notice_report (notice_id, what, at, backend, due_at) VALUES (1, 'opened', now(), 'x', now())`,
  },
  Feeds1796200000000: { 'an event of a feed': `INSERT INTO feed_event VALUES ('ivan:00040', 1, 1, NULL, 'accepted', now(), '{}')` },
  Subscriptions1796300000000: {
    'a subscription': `INSERT INTO subscription (kind, feed, target, created_at) VALUES ('webhook', 'x', 'x', now())`,
    'a change of a subscription': `INSERT INTO subscription_change (subscription_id, state, reason, changed_at) VALUES (1, 'ended', 'x', now())`,
    'a confirmation': `INSERT INTO mail_confirmation VALUES (${digest}, 1, now())`,
  },
  Obligations1796500000000: {
    'an outage': `INSERT INTO outage (reference, scope, agency_prefix, opened_at) VALUES ('x', 'gateway', '', now())`,
    'a statement': `INSERT INTO outage_statement (outage_id, kind, cause_vi, cause_en, started_at, actor, issued_at, body) VALUES (1, 'began', 'x', 'x', now(), 'x', now(), '')`,
    'a settled outage': `INSERT INTO outage_settled VALUES (1, now(), 0)`,
    'a filing on paper': `INSERT INTO paper_filing (outage_id, ${used}, procedure, period, paper_number, filed_at, reported_at, actor) VALUES (1, 'x', 'x', 'x', 'x', 'x', now(), now(), 'x')`,
    'a filing that was sent again': `INSERT INTO paper_filing_met VALUES (1, 1, now())`,
    'a moved deadline': `INSERT INTO obligation_move (obligation_id, from_due_at, due_at, reason, basis, moved_at) VALUES (1, now(), now() + interval '1 day', 'agency-apology', 'x', now())`,
    'a certificate of an outage': `INSERT INTO outage_certificate (outage_id, ${used}, procedure, period, deadline, extended_until, basis, issued_at, body) VALUES (1, 'x', 'x', 'x', 'x', now(), now() + interval '1 day', 'x', now(), '')`,
    'announced maintenance': `INSERT INTO maintenance (ivan_code, starts_at, ends_at, reason, mitigation, announced_at, actor) VALUES ('x', now(), now() + interval '1 day', 'x', 'x', now() - interval '1 day', 'x')`,
    'an obligation': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at) VALUES (1, 'slip', 'x', now(), now(), 'x', now())`,
    'a breach': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, breached_at) VALUES (1, 'result', 'x', now(), now(), 'migration', now(), now())`,
  },
  DeliveryCore1796600000000: {
    'an event that is still to be told': `INSERT INTO delivery (kind, lane, order_key, urgent_at, due_at, ordered_at, feed, position, subscription) VALUES ('webhook', 'x', 'x', now(), now(), now(), 'x', 1, 1)`,
  },
  Supplements1796700000000: { 'which dossier another supplements': `INSERT INTO submission (${submission}, signatures, supplements) VALUES (${submitted}, '[]', '{}')` },
  AwaitingTheUnit1796810000000: {
    'a term that ran anew': `INSERT INTO obligation_move (obligation_id, from_due_at, due_at, reason, basis, moved_at) VALUES (1, now(), now() + interval '1 day', 'completed', 'x', now())`,
    'a result that came while the agency waited': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, met_at, awaits_unit) VALUES (1, 'result', 'x', now(), now(), 'x', now(), now(), true)`,
  },
  WithheldSubscriptions1796900000000: { 'a subscription that nobody had the right to': `INSERT INTO subscription_change (subscription_id, state, reason, changed_at) VALUES (1, 'withheld', 'x', now())` },
  TermsAndLapses1796910000000: {
    'what a unit was asked for': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at) VALUES (1, 'supplement', 'x', now(), now(), 'x', now())`,
    'a supplement that never came': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, breached_at) VALUES (1, 'supplement', 'x', now(), now(), 'migration', now(), now())`,
    'a conclusion that was owed': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at) VALUES (1, 'conclude', 'x', now(), now(), 'x', now())`,
    'by which promise a result was late': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, promised_at, met_at) VALUES (1, 'result', 'x', now(), now(), 'x', now(), now(), now())`,
    'a term that ran anew to no later date': `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, term) VALUES (1, 'result', 'x', now(), now(), 'x', now(), 2)`,
    'an apology in a later term': `INSERT INTO obligation_move (obligation_id, from_due_at, due_at, reason, basis, moved_at, notice, term) VALUES (1, now(), now() + interval '1 day', 'apology', 'x', now(), '', 2)`,
  },
  BackendFacts1796920000000: { 'what a backend was given': `INSERT INTO backend_facts (backend, digest, facts, actor, reason, decided_at) VALUES ('x', ${digest}, '{}', 'x', 'x', now())` },
  OutageProposals1796930000000: {
    'a proposed outage': `INSERT INTO outage_proposal (lane, failing_since, agencies, error, proposed_at) VALUES ('x', now(), '{}', 'x', now())`,
    'the decision on a proposed outage': `INSERT INTO outage_proposal_decision (proposal_id, decision, outages, actor, decided_at) VALUES (1, 'accepted', '{x}', 'x', now())`,
    'whom a statement was told': `INSERT INTO outage_telling (statement_id, feed, ivan, told_at) VALUES (1, 'x', 'x', now())`,
    'a statement that was told': `INSERT INTO outage_told VALUES (1, now(), 1)`,
  },
  PutAside1796940000000: {
    'a delivery that was ordered again': `INSERT INTO delivery (submission_id, kind, lane, order_key, urgent_at, due_at, ordered_at, replays) VALUES (1, 'dossier', 'x', 'x', now(), now(), now(), 1)`,
  },
  ToldApart1796960000000: {
    'what an agency said again': `INSERT INTO agency_message_repeat (message_id, backend, times, positions, first_at, last_at) VALUES (1, 'x', 1, 0, now(), now())`,
    'how a notice was delivered': `INSERT INTO notice_report (notice_id, what, how, at, backend, due_at) VALUES (1, 'delivered', 'mail', now(), 'x', now())`,
    'a later date that lapsed': `INSERT INTO obligation_breach (obligation_id, due_at, term, breached_at) VALUES (1, now(), 2, now())`,
  },
  Log1797000000000: {
    'an entry of the log': `INSERT INTO log_entry VALUES (0, 'event', 1, NULL, ${hash})`,
    'a checkpoint of the log': `INSERT INTO log_checkpoint VALUES (1, ${hash}, 'x', now())`,
    'a cosignature of the log': `INSERT INTO log_checkpoint VALUES (1, ${hash}, 'x', now()); INSERT INTO log_cosignature VALUES (1, 'x', 'x', now())`,
  },
  Stamps1797200000000: {
    'a time stamp of the log': `INSERT INTO log_stamp (size, token, digest, tsa, at, recorded_at, ends_at, trust_digest) VALUES (1, '', ${digest}, 'x', now(), now(), now() + interval '1 day', ${digest})`,
    'a time stamp of a receipt': `INSERT INTO receipt_stamp (digest, token, tsa, at, recorded_at, ends_at, trust_digest) VALUES (${digest}, '', 'x', now(), now(), now() + interval '1 day', ${digest})`,
  },
  Erasure1797400000000: {
    'an erasure': `INSERT INTO erasure (submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest) VALUES (1, now(), 'x', 'x', 'x', false, ${digest})`,
  },
};

export const evidence: readonly Evidence[] = Object.entries(rows).flatMap(([version, ofVersion]) => Object.entries(ofVersion).map(([what, insert]) => ({ version, what, insert })));
