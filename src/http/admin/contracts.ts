// The operator's calls over I-VANs' contracts: list, show (as of an instant, too), apply, the checklist, the steps, and the certificates.
import { X509Certificate } from 'node:crypto';

import { Problem } from '../../errors/outcomes.ts';
import { answerChecklist, applyForContract, certifyContract, decertifyContract, takeStep } from '../../registers/contracts.ts';
import type { ContractStep, StepDetails } from '../../registers/contracts.ts';
import { describeContract, summaryOf } from '../../registers/contract-view.ts';
import type { Checklist } from '../../standard/ivan-checklist.ts';
import { readTerms } from '../../standard/ivan-terms.ts';
import { listOf, memberOf, optionalMemberOf, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import type { Standard } from '../../standard/tables.ts';
import { parseInstant } from '../../standard/time.ts';
import { listContracts } from '../../store/contracts.ts';
import type { ChecklistAnswer } from '../../store/contracts.ts';
import type { Database } from '../../store/database.ts';
import type { NewIvanCertificate } from '../../store/ivan-certificates.ts';
import { dayOf, operatorGet, operatorPost, optionalWordsOf, parameterOf, reading, wordsOf } from './operator.ts';
import type { OperatorAccess, Reply } from './operator.ts';
import type { RequestHandler } from 'express';

export interface ContractDesk extends OperatorAccess {
  readonly database: Database;
  readonly checklist: Checklist;
  /** With the clocks that bound what may be agreed. */
  readonly standard: Pick<Standard, 'ruleSetAt' | 'labour'>;
  readonly now: () => Date;
}

type ContractCall = 'listChecklist' | 'listContracts' | 'showContract' | 'applyForContract' | 'answerChecklist' | 'certifyContract' | 'decertifyContract';

/** By the name of the call in the interface description. */
export interface ContractHandlers extends Readonly<Record<ContractCall, RequestHandler>> {
  readonly step: (action: ContractStep) => RequestHandler;
}

export function contractHandlers(desk: ContractDesk): ContractHandlers {
  const { database, checklist, standard, now } = desk;
  const shown = async (number: string, at?: Date): Promise<Reply> => ({ body: await describeContract(database.query, checklist, number, at) });
  return {
    listChecklist: operatorGet(desk, [], () => Promise.resolve({ body: { items: [...checklist.values()] } })),
    listContracts: operatorGet(desk, ['ivan', 'state'], async (_request, { ivan, state }) => ({ body: { contracts: (await listContracts(database.query, { ivanCode: ivan, state })).map(summaryOf) } })),
    showContract: operatorGet(desk, ['at'], (request, { at }) => shown(parameterOf(request, 'number'), at === undefined ? undefined : instantOf(at))),
    applyForContract: operatorPost(desk, async (actor, _request, json) => {
      const contract = readApplication(json);
      await applyForContract(database, contract, actor, now());
      return { ...(await shown(contract.number)), status: 201 };
    }),
    answerChecklist: operatorPost(desk, async (actor, request, json) => {
      const number = parameterOf(request, 'number');
      await answerChecklist(database, number, readAnswers(json, checklist), actor, now());
      return shown(number);
    }),
    certifyContract: operatorPost(desk, async (actor, request, json) => {
      const number = parameterOf(request, 'number');
      await certifyContract(database, number, readCertificate(json), actor, now());
      return { ...(await shown(number)), status: 201 };
    }),
    decertifyContract: operatorPost(desk, async (actor, request, json) => {
      reading(json, [], () => undefined);
      const number = parameterOf(request, 'number');
      await decertifyContract(database, number, parameterOf(request, 'fingerprint').toLowerCase(), actor, now());
      return shown(number);
    }),
    step: (action: ContractStep): RequestHandler =>
      operatorPost(desk, async (actor, request, json) => {
        const number = parameterOf(request, 'number');
        await takeStep(database, number, action, readDetails(json, standard), { checklist, actor, at: now() });
        return shown(number);
      }),
  };
}

function readApplication(json: JsonValue): { readonly number: string; readonly ivanCode: string; readonly name: string; readonly taxCode: string } {
  return reading(json, ['number', 'ivan', 'name', 'taxCode'], () => ({
    number: textOf(memberOf(json, 'number'), /^[\p{L}\d][\p{L}\d./_-]{0,49}$/u),
    ivanCode: textOf(memberOf(json, 'ivan'), /^\d{5}$/),
    name: wordsOf(json, 'name'),
    taxCode: textOf(memberOf(json, 'taxCode'), /^\d{10}(?:-\d{3})?$/),
  }));
}

function readAnswers(json: JsonValue, checklist: Checklist): readonly ChecklistAnswer[] {
  return reading(json, ['items'], () =>
    listOf(memberOf(json, 'items'), (row) =>
      reading(row, ['item', 'met', 'evidence'], () => {
        const item = memberOf(row, 'item');
        const met = memberOf(row, 'met');
        if (typeof met.value !== 'boolean') throw new Error(`${met.at}: not true or false`);
        if (!checklist.has(textOf(item))) throw new Error(`${item.at}: no item of the checklist`);
        return { item: textOf(item), met: met.value, evidence: wordsOf(row, 'evidence') };
      }),
    ),
  );
}

function readDetails(json: JsonValue, standard: ContractDesk['standard']): StepDetails {
  return reading(json, ['reason', 'terms', 'from', 'until'], () => {
    const [terms, from, until] = ['terms', 'from', 'until'].map((name) => optionalMemberOf(json, name));
    const reason = optionalWordsOf(json, 'reason');
    if (terms === undefined || from === undefined || until === undefined) {
      if (terms !== undefined || from !== undefined || until !== undefined) throw new Error('body: terms, from, until – all or none');
      return { reason };
    }
    const agreed = { terms: readTerms(terms, standard), validFrom: dayOf(from), validUntil: dayOf(until) };
    if (agreed.validUntil <= agreed.validFrom) throw new Error(`${until.at}: not after from`);
    return { reason, agreed };
  });
}

/** A certificate's own dates unless others, within them, are given. */
function readCertificate(json: JsonValue): NewIvanCertificate {
  return reading(json, ['certificate', 'purpose', 'from', 'until'], () => {
    const certificate = new X509Certificate(textOf(memberOf(json, 'certificate'), /^-----BEGIN CERTIFICATE-----/));
    const purpose = textOf(memberOf(json, 'purpose'), /^(?:connect|sign)$/) === 'connect' ? 'connect' : 'sign';
    const [from, until] = ['from', 'until'].map((name) => optionalMemberOf(json, name));
    const validFrom = from === undefined ? new Date(certificate.validFrom) : dayOf(from);
    const validUntil = until === undefined ? new Date(certificate.validTo) : dayOf(until);
    if (validUntil <= validFrom) throw new Error('body/until: not after from');
    return { fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(), purpose, validFrom, validUntil };
  });
}

function instantOf(text: string): Date {
  const at = parseInstant(text);
  if (at === undefined) throw new Problem('FIELD_INVALID', { reason: '?at=yyyy-MM-ddTHH:mm:ss+07:00' });
  return at;
}
