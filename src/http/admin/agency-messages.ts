// The operator's calls over what the agencies say: every message with what was made of it, its octets, and how far each feed is read.
import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { refuseErased } from '../../evidence/erase.ts';
import { formatInstant } from '../../standard/time.ts';
import { findMessageOctets, listAgencyMessages } from '../../store/agency-messages.ts';
import type { ListedMessage } from '../../store/agency-messages.ts';
import { listFeeds } from '../../store/backend-feeds.ts';
import type { Database } from '../../store/database.ts';
import { sendXml } from '../respond.ts';
import { isErased } from '../status.ts';
import { checkOperator, operatorGet, parameterOf } from './operator.ts';
import type { OperatorAccess } from './operator.ts';

export interface MessageDesk extends OperatorAccess {
  readonly database: Database;
}

type MessageCall = 'listAgencyMessages' | 'showAgencyMessage' | 'agencyMessageDocument' | 'listBackendFeeds';

const PAGE = 200;
export const verdicts = ['taken', 'repeated', 'late', 'contradicting', 'rejected'] as const;

/** By the name of the call in the interface description. */
export function messageHandlers(desk: MessageDesk): Readonly<Record<MessageCall, RequestHandler>> {
  const { database: { query } } = desk;
  return {
    listAgencyMessages: operatorGet(desk, ['verdict', 'backend', 'dossier', 'after'], async (_request, { verdict, backend, dossier, after }) => {
      if (verdict !== undefined && !verdicts.some((known) => known === verdict)) throw new Problem('FIELD_INVALID', { reason: '?verdict' });
      const messages = await listAgencyMessages(query, { verdict, backend, dossier: dossier?.toLowerCase(), after: after === undefined ? undefined : idOf(after), most: PAGE });
      return { body: { messages: messages.map(describe), next: messages.length === PAGE ? (messages.at(-1)?.id ?? null) : null } };
    }),
    showAgencyMessage: operatorGet(desk, [], async (request) => {
      const id = idOf(parameterOf(request, 'id'));
      const [message] = await listAgencyMessages(query, { id, most: 1 });
      return { body: describe(message ?? unknown(id)) };
    }),
    agencyMessageDocument: async (request, response) => {
      checkOperator(desk, request);
      const id = idOf(parameterOf(request, 'id'));
      const octets = (await findMessageOctets(query, id)) ?? unknown(id);
      const [message] = isErased(octets) ? await listAgencyMessages(query, { id, most: 1 }) : [];
      if (typeof message?.dossierDigest === 'string') await refuseErased(query, message.dossierDigest);
      sendXml(response, 200, octets);
    },
    listBackendFeeds: operatorGet(desk, [], async () => ({ body: { feeds: (await listFeeds(query)).map(({ readAt, ...feed }) => ({ ...feed, readAt: readAt && formatInstant(readAt) })) } })),
  };
}

function describe({ receivedAt, saidAt, reports, ...message }: ListedMessage): Record<string, unknown> {
  const told = reports.map(({ what, how, at, toldAt }) => ({ what, how, at: formatInstant(new Date(at)), toldAt: toldAt && formatInstant(new Date(toldAt)) }));
  return { ...message, reports: told, receivedAt: formatInstant(receivedAt), saidAt: saidAt && formatInstant(saidAt) };
}

function unknown(id: string): never {
  throw new Problem('AGENCY_MESSAGE_UNKNOWN', { reason: id });
}

function idOf(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new Problem('FIELD_INVALID', { reason: 'id' });
  return text;
}
