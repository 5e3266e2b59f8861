// The operator's calls over deliveries: where an agency's dossiers go, how each receiver is doing, and the dead letters, to look at and to send again.
import type { RequestHandler } from 'express';

import { restoreFacts } from '../../delivery/backend-facts.ts';
import type { Backends } from '../../delivery/routes.ts';
import { changeRoute } from '../../delivery/routing.ts';
import { Problem } from '../../errors/outcomes.ts';
import { memberOf, optionalMemberOf, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import { formatInstant } from '../../standard/time.ts';
import { listFacts } from '../../store/backend-facts.ts';
import type { Database } from '../../store/database.ts';
import { listDeadLetters, replay } from '../../store/dead-letters.ts';
import type { DeadLetter, Replayed } from '../../store/dead-letters.ts';
import { insertEvents } from '../../store/events.ts';
import { listLanes, tryLane } from '../../store/lanes.ts';
import { listRouteChanges, listRoutes } from '../../store/routes.ts';
import type { RouteChange } from '../../store/routes.ts';
import { operatorGet, operatorPost, parameterOf, reading, wordsOf } from './operator.ts';
import type { OperatorAccess, Reply } from './operator.ts';

export interface DeliveryDesk extends OperatorAccess {
  readonly database: Database;
  readonly backends: Backends;
  readonly now: () => Date;
}

type DeliveryCall = 'listBackendFacts' | 'restoreBackendFacts' | 'listRoutes' | 'changeRoute' | 'listLanes' | 'tryLane' | 'listDeadLetters' | 'showDeadLetter' | 'replayDeadLetter' | 'replayDeadLetters';

const PAGE = 200;

/** By the name of the call in the interface description. */
export function deliveryHandlers(desk: DeliveryDesk): Readonly<Record<DeliveryCall, RequestHandler>> {
  const { database, backends, now } = desk;
  return {
    listBackendFacts: operatorGet(desk, [], (request) => describeFacts(desk, parameterOf(request, 'backend'))),
    restoreBackendFacts: operatorPost(desk, async (actor, request, json) => {
      const backend = parameterOf(request, 'backend');
      const { id, reason } = reading(json, ['id', 'reason'], () => ({ id: textOf(memberOf(json, 'id'), /^\d{1,18}$/), reason: wordsOf(json, 'reason') }));
      await restoreFacts(database, backend, id, { actor, reason, at: now() });
      return describeFacts(desk, backend);
    }),
    listRoutes: operatorGet(desk, [], async () => ({ body: await describeRoutes(desk) })),
    changeRoute: operatorPost(desk, async (actor, _request, json) => {
      const moved = await changeRoute(database, backends, { ...readRoute(json), actor, changedAt: now() });
      return { status: 201, body: { ...(await describeRoutes(desk)), moved } };
    }),
    listLanes: operatorGet(desk, [], () => describeLanes(desk)),
    tryLane: operatorPost(desk, async (actor, request, json) => {
      reading(json, [], () => undefined);
      const lane = parameterOf(request, 'name');
      const at = now();
      await database.transaction(async (query) => {
        if (!(await tryLane(query, lane, at))) throw new Problem('LANE_UNKNOWN', { reason: lane });
        await insertEvents(query, [{ at, kind: 'lane_tried', submissionId: null, detail: { lane, actor } }]);
        await query("SELECT pg_notify('delivery', '')");
      });
      return describeLanes(desk);
    }),
    listDeadLetters: operatorGet(desk, ['lane', 'after'], async (_request, { lane, after }) => {
      const letters = await listDeadLetters(database.query, { lane, after: after === undefined ? undefined : idOf(after), most: PAGE });
      return { body: { deadLetters: letters.map(describeLetter), next: letters.length === PAGE ? (letters.at(-1)?.id ?? null) : null } };
    }),
    showDeadLetter: operatorGet(desk, [], async (request) => ({ body: describeLetter(await findLetter(database, idOf(parameterOf(request, 'id')))) })),
    replayDeadLetter: operatorPost(desk, (actor, request, json) => {
      reading(json, [], () => undefined);
      return replayed(desk, { id: idOf(parameterOf(request, 'id')) }, actor);
    }),
    replayDeadLetters: operatorPost(desk, (actor, _request, json) => replayed(desk, { lane: reading(json, ['lane'], () => textOf(memberOf(json, 'lane'))) }, actor)),
  };
}

function readRoute(json: JsonValue): Pick<RouteChange, 'prefix' | 'backend' | 'reason'> {
  return reading(json, ['agencies', 'backend', 'reason'], () => {
    const agencies = textOf(memberOf(json, 'agencies'), /^(?:\d{1,5}|\*)$/);
    const backend = optionalMemberOf(json, 'backend');
    return { prefix: agencies === '*' ? '' : agencies, backend: backend === undefined ? null : textOf(backend), reason: wordsOf(json, 'reason') };
  });
}

async function describeRoutes({ database, backends }: DeliveryDesk): Promise<Record<string, unknown>> {
  const agencies = (prefix: string): string => (prefix === '' ? '*' : prefix);
  return {
    routes: (await listRoutes(database.query)).map(({ prefix, backend, changedAt }) => ({ agencies: agencies(prefix), backend, changedAt: formatInstant(changedAt) })),
    backends: [...backends.keys()],
    history: (await listRouteChanges(database.query)).map(({ prefix, changedAt, ...change }) => ({ agencies: agencies(prefix), ...change, changedAt: formatInstant(changedAt) })),
  };
}

/** The first is what counts. */
async function describeFacts({ database }: DeliveryDesk, backend: string): Promise<Reply> {
  const all = await listFacts(database.query, backend);
  if (all.length === 0) throw new Problem('BACKEND_UNKNOWN', { reason: backend });
  return {
    body: {
      backend,
      settings: all.map(({ id, digest, facts: { url, answerSigners, transport }, actor, reason, decidedAt }) => ({ id, digest, url, transport: transport.kind, answerSigners, actor, reason, decidedAt: formatInstant(decidedAt) })),
    },
  };
}

async function describeLanes({ database, now }: DeliveryDesk): Promise<Reply> {
  const lanes = await listLanes(database.query, now());
  return { body: { lanes: lanes.map(({ openUntil, oldestReceivedAt, ...lane }) => ({ ...lane, openUntil: instantOrNull(openUntil), oldestReceivedAt: instantOrNull(oldestReceivedAt) })) } };
}

async function findLetter(database: Database, id: string): Promise<DeadLetter> {
  const [letter] = await listDeadLetters(database.query, { id, most: 1 });
  if (letter === undefined) throw new Problem('DEAD_LETTER_UNKNOWN', { reason: id });
  return letter;
}

async function replayed({ database, now }: DeliveryDesk, which: { readonly id: string } | { readonly lane: string }, actor: string): Promise<Reply> {
  const at = now();
  const letters = await database.transaction(async (query): Promise<Replayed[]> => {
    const found = await replay(query, which, at);
    await insertEvents(query, found.map(({ submissionId, lane }) => ({ at, kind: 'delivery_replayed', submissionId, detail: { lane, actor } })));
    await query("SELECT pg_notify('delivery', '')");
    return found;
  });
  if (letters.length === 0 && 'id' in which) throw new Problem('DEAD_LETTER_UNKNOWN', { reason: which.id });
  return { body: { replayed: letters.map(({ id }) => id) } };
}

function describeLetter({ orderedAt, receivedAt, dueAt, ...letter }: DeadLetter): Record<string, unknown> {
  return { ...letter, orderedAt: formatInstant(orderedAt), receivedAt: instantOrNull(receivedAt), dueAt: instantOrNull(dueAt) };
}

function instantOrNull(at: Date | null): string | null {
  return at && formatInstant(at);
}

function idOf(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new Problem('FIELD_INVALID', { reason: 'id' });
  return text;
}
