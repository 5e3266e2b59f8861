// A contract for whoever looks at it: as it stands or as it stood at an instant, its checklist, certificates and history, and what may be done next.
import { Problem } from '../errors/outcomes.ts';
import { steps } from '../standard/contract-states.ts';
import { itemsInTheWay } from '../standard/ivan-checklist.ts';
import type { Checklist } from '../standard/ivan-checklist.ts';
import { formatInstant } from '../standard/time.ts';
import { contractAt, contractHistory, findAnswers } from '../store/contracts.ts';
import type { ContractChange } from '../store/contracts.ts';
import type { Query } from '../store/database.ts';
import { certificatesOf } from '../store/ivan-certificates.ts';
import type { IvanCertificate } from '../store/ivan-certificates.ts';
import { stateOf } from './contracts.ts';

type View = Readonly<Record<string, unknown>>;

export async function describeContract(query: Query, checklist: Checklist, number: string, at?: Date): Promise<View> {
  const history = await contractHistory(query, number);
  const last = history.at(-1);
  const contract = last && (at === undefined ? last : await contractAt(query, last.contractId, at));
  if (contract === undefined) throw new Problem('CONTRACT_UNKNOWN', { number });
  const answers = await findAnswers(query, contract.contractId);
  const certificates = await certificatesOf(query, contract.contractId);
  const given = new Map(answers.map((answer) => [answer.item, answer]));
  return {
    ...summaryOf(contract),
    possible: at === undefined ? possibleFrom(contract) : [],
    checklist: [...checklist.values()].map((item) => {
      const answer = given.get(item.code);
      return { ...item, met: answer?.met ?? null, evidence: answer?.evidence ?? null, answeredBy: answer?.actor ?? null, answeredAt: instant(answer?.answeredAt ?? null) };
    }),
    inTheWay: itemsInTheWay(checklist, new Map(answers.map(({ item, met }) => [item, met]))),
    certificates: certificates.map(certificateView),
    history: history.map(changeView),
  };
}

export function summaryOf({ number, ivanCode, name, taxCode, state, validFrom, validUntil, terms, changedAt }: ContractChange): View {
  return { number, ivan: ivanCode, name, taxCode, state, from: instant(validFrom), until: instant(validUntil), terms, changedAt: instant(changedAt) };
}

function possibleFrom(contract: ContractChange): readonly string[] {
  const state = stateOf(contract);
  return [...new Set(steps.filter(({ by, from }) => by === 'operator' && from === state).map(({ action }) => action))];
}

function changeView({ sequence, action, state, validFrom, validUntil, terms, reason, actor, changedAt }: ContractChange): View {
  return { sequence, action, state, from: instant(validFrom), until: instant(validUntil), terms, reason, by: actor, at: instant(changedAt) };
}

function certificateView({ fingerprint, purpose, validFrom, validUntil, actor, registeredAt, endedAt }: IvanCertificate): View {
  return { fingerprint, purpose, from: instant(validFrom), until: instant(validUntil), registeredBy: actor, registeredAt: instant(registeredAt), endedAt: instant(endedAt) };
}

export function instant(at: Date | null): string | null {
  return at && formatInstant(at);
}
