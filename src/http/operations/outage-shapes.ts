// The JSON bodies of the calls over obligations, outages and maintenance.
import { obligationStates } from '../../store/obligation-lists.ts';
import { obligationKinds } from '../../store/obligations.ts';
import { proposalStates } from '../../store/outage-proposals.ts';
import { outageScopes } from '../../store/outages.ts';
import { closed, day, digest, flag, instant, list, oneOf, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const when = orNull(instant);
const kind = oneOf(obligationKinds);
const owedBy = oneOf(['gateway', 'agency', 'sender']);
const amount: JsonSchema = { type: 'number', minimum: 0 };
/** Spent: what was and what is announced; past: of it, what lies before now. */
const downtime = { budgetHours: amount, spentHours: amount, pastHours: amount, remainingHours: amount, isExceeded: flag };
const unitFiling = { agency: text, unitCode: text, procedure: text };

export const stateFilter = oneOf(obligationStates);
export const kindFilter = kind;

export const outageShapes: Readonly<Record<string, JsonSchema>> = {
  Obligation: closed({
    id: text, kind, nameVi: text, nameEn: text, owedBy, clause: text, agency: text, unitCode: text, digest: orNull(digest), dossierNumber: orNull(text), paperNumber: orNull(text),
    arisenAt: instant, firstDueAt: instant, dueAt: instant, promisedAt: when, basis: text, metAt: when, warnedAt: when, breachedAt: when,
    lapses: list(closed({ dueAt: instant, term: whole, lapsedAt: instant })),
    moved: closed({ byAgency: whole, byGateway: whole, byOutage: whole, byCompletion: whole }),
  }),
  Obligations: closed({ obligations: list(ref('Obligation')), next: orNull(text) }),
  ObligationReport: closed({
    from: day, until: day,
    clocks: list(closed({ agency: text, kind, owedBy, arisen: whole, met: whole, inTime: whole, moved: whole, apologised: whole, missed: whole, lapses: whole, open: whole, worstSeconds: whole, shareInTime: orNull({ type: 'number', minimum: 0, maximum: 1 }) })),
  }),
  Outage: closed({
    reference: text, scope: oneOf(outageScopes), agencies: pattern('^(\\d{1,5}|\\*)$'), ivan: orNull(text), causeVi: text, causeEn: text, startedAt: instant, endedAt: when, issuedAt: instant,
    statements: list(closed({ kind: oneOf(['began', 'ended', 'corrected']), reason: orNull(text), issuedAt: instant, document: text })),
  }),
  Outages: closed({ outages: list(ref('Outage')), next: orNull(text) }),
  /** All agencies unless some are named; now unless an instant is. */
  NewOutage: closed({ scope: oneOf(outageScopes), causeVi: text, causeEn: text }, { agencies: pattern('^\\d{1,5}$'), ivan: text, startedAt: instant }),
  OutageProposal: closed({
    id: text, backend: text, scope: oneOf(outageScopes), agencies: list(pattern('^(\\d{1,5}|\\*)$')), failingSince: instant, proposedAt: instant, isLasting: flag, error: text, state: oneOf(proposalStates),
    reason: orNull(text), outages: list(text), actor: orNull(text), decidedAt: when,
  }),
  OutageProposals: closed({ proposals: list(ref('OutageProposal')), next: orNull(text) }),
  /** All agencies of the proposal unless some of them are named; the gateway’s own words unless others are given. */
  ProposalAcceptance: closed({}, { causeVi: text, causeEn: text, agencies: list(pattern('^(\\d{1,5}|\\*)$')) }),
  ProposalDismissal: closed({ reason: text }),
  OutageEnd: closed({ endedAt: instant }),
  OutageCorrection: closed({ reason: text }, { causeVi: text, causeEn: text, startedAt: instant, endedAt: instant }),
  NewPaperFiling: closed({ ...unitFiling, paperNumber: text, filedAt: instant }, { period: text }),
  PaperFiling: closed({ id: text, ...unitFiling, period: text, paperNumber: text, filedAt: instant, reportedAt: instant, isSent: flag }),
  UnitDeadline: closed({ ...unitFiling, deadline: day }, { period: text }),
  OutageCertificates: closed({ certificates: list(closed({ id: text, outage: text, deadline: instant, extendedUntil: instant, basis: text, issuedAt: instant, document: text })) }),
  /** Whose it is, an operator says; an I-VAN enters its own. */
  NewMaintenance: closed({ from: instant, until: instant, reason: text, mitigation: text }, { ivan: text }),
  MaintenanceEntered: closed({ id: text, ivan: text, from: instant, until: instant, downtime: closed(downtime) }),
  Maintenance: closed({
    year: whole, windows: list(closed({ id: text, ivan: text, from: instant, until: instant, reason: text, mitigation: text, announcedAt: instant })), downtime: list(closed({ ivan: text, ...downtime })),
  }),
};
