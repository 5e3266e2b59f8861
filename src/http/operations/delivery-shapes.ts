// The JSON bodies of the operator's calls over deliveries.
import { closed, digest, instant, list, oneOf, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const agencies = pattern('^(\\d{1,5}|\\*)$');
const when = orNull(instant);
const maybe = orNull(text);

export const deliveryShapes: Readonly<Record<string, JsonSchema>> = {
  Routes: closed(
    { routes: list(closed({ agencies, backend: text, changedAt: instant })), backends: list(text), history: list(closed({ agencies, backend: orNull(text), reason: text, actor: text, changedAt: instant })) },
    { moved: whole },
  ),
  /** Without a backend the route is taken out. */
  RouteChange: closed({ agencies, reason: text }, { backend: text }),
  BackendSettings: closed({
    backend: text,
    settings: list(closed({ id: text, digest, url: text, transport: oneOf(['https', 'pull', 'nats']), answerSigners: list(digest), actor: text, reason: text, decidedAt: instant })),
  }),
  BackendSettingsRestored: closed({ id: text, reason: text }),
  /** Owner: the feed of a lane that shares its owner's places. */
  Lanes: closed({ lanes: list(closed({ name: text, owner: maybe, mostAtOnce: whole, failuresInARow: whole, openUntil: when, timesOpened: whole, waiting: whole, leased: whole, dead: whole, oldestReceivedAt: when })) }),
  /** What concerns a dossier is null for others; what concerns a subscription is null for dossiers. */
  DeadLetter: closed({
    id: text, lane: text, kind: oneOf(['dossier', 'webhook', 'mail']), orderedAt: instant, digest: orNull(digest), dossierNumber: maybe, agency: maybe, unitCode: maybe, procedure: maybe, receivedAt: when, dueAt: when,
    feed: maybe, position: maybe, subscription: maybe, attempts: whole, rejections: whole, lastError: maybe,
  }),
  DeadLetters: closed({ deadLetters: list(ref('DeadLetter')), next: orNull(text) }),
  ReplayOfLane: closed({ lane: text }),
  Replayed: closed({ replayed: list(text) }),
};
