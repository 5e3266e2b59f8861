// The operator's calls over proposed outages: list them, accept one, which opens the outage with its signed statement, or dismiss it with a reason.
import type { Request, RequestHandler } from 'express';

import { backendOf } from '../../delivery/routes.ts';
import { Problem } from '../../errors/outcomes.ts';
import { acceptProposal, dismissProposal } from '../../outages/proposals.ts';
import type { Acceptance } from '../../outages/proposals.ts';
import { listOf, optionalMemberOf, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import { formatInstant } from '../../standard/time.ts';
import { findProposal, listProposals, proposalStates } from '../../store/outage-proposals.ts';
import type { Proposal } from '../../store/outage-proposals.ts';
import { describeOutage } from '../outages.ts';
import { operatorGet, operatorPost, optionalWordsOf, parameterOf, reading } from './operator.ts';
import { wordsUpTo600 } from './outages.ts';
import type { OutageAccess } from './outages.ts';

type ProposalCall = 'listOutageProposals' | 'acceptOutageProposal' | 'dismissOutageProposal';

/** By the name of the call in the interface description. */
export function proposalHandlers(access: OutageAccess): Readonly<Record<ProposalCall, RequestHandler>> {
  const { database, issue, issuer, now } = access;
  const desk = { database, issue, issuer };
  return {
    listOutageProposals: operatorGet(access, ['state', 'before'], async (_request, { state, before }) => {
      const wanted = proposalStates.find((one) => one === state);
      if ((state !== undefined && wanted === undefined) || (before !== undefined && !ID.test(before))) throw new Problem('FIELD_INVALID', { reason: wanted === undefined && state !== undefined ? '?state' : '?before' });
      const page = await listProposals(database.query, wanted, before, PAGE);
      return { body: { proposals: page.map(describeProposal), next: page.length === PAGE ? (page.at(-1)?.id ?? null) : null } };
    }),
    acceptOutageProposal: operatorPost(access, async (actor, request, json) => {
      const outages = await acceptProposal(desk, proposalId(request), readAcceptance(json), { actor, at: now() });
      return { status: 201, body: { outages: await Promise.all(outages.map((reference) => describeOutage(database.query, reference))), next: null } };
    }),
    dismissOutageProposal: operatorPost(access, async (actor, request, json) => {
      const id = proposalId(request);
      await dismissProposal(desk, id, reading(json, ['reason'], () => wordsUpTo600(json, 'reason')), { actor, at: now() });
      const proposal = await findProposal(database.query, id);
      if (proposal === undefined) throw new Problem('PROPOSAL_UNKNOWN', { id });
      return { body: describeProposal(proposal) };
    }),
  };
}

const PAGE = 100;
const ID = /^\d{1,18}$/;
const AWAY = { vi: 'Không kết nối được hệ thống tiếp nhận của cơ quan BHXH', en: 'The agency’s system that receives dossiers could not be reached' };

function proposalId(request: Request): string {
  const id = parameterOf(request, 'id');
  if (!ID.test(id)) throw new Problem('PROPOSAL_UNKNOWN', { id });
  return id;
}

function readAcceptance(json: JsonValue): Acceptance {
  return reading(json, ['causeVi', 'causeEn', 'agencies'], () => {
    const agencies = optionalMemberOf(json, 'agencies');
    return {
      causeVi: optionalWordsOf(json, 'causeVi') === undefined ? AWAY.vi : wordsUpTo600(json, 'causeVi'),
      causeEn: optionalWordsOf(json, 'causeEn') === undefined ? AWAY.en : wordsUpTo600(json, 'causeEn'),
      agencies: agencies === undefined ? undefined : [...new Set(listOf(agencies, (one) => textOf(one, /^(?:\d{1,5}|\*)$/)).map((prefix) => (prefix === '*' ? '' : prefix)))],
    };
  });
}

function describeProposal({ id, lane, failingSince, agencies, error, proposedAt, isLasting, state, reason, outages, actor, decidedAt }: Proposal): Record<string, unknown> {
  return {
    id, backend: backendOf(lane), scope: 'portal', agencies: agencies.map((prefix) => (prefix === '' ? '*' : prefix)), failingSince: formatInstant(failingSince), proposedAt: formatInstant(proposedAt),
    isLasting, error, state, reason, outages: outages ?? [], actor, decidedAt: decidedAt && formatInstant(decidedAt),
  };
}
