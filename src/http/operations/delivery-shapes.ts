// The JSON bodies of the operator's calls over deliveries.
import { closed, digest, instant, list, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const agencies = pattern('^(\\d{1,5}|\\*)$');
const when = orNull(instant);

export const deliveryShapes: Readonly<Record<string, JsonSchema>> = {
  Routes: closed(
    { routes: list(closed({ agencies, backend: text, changedAt: instant })), backends: list(text), history: list(closed({ agencies, backend: orNull(text), reason: text, actor: text, changedAt: instant })) },
    { moved: whole },
  ),
  /** Without a backend the route is taken out. */
  RouteChange: closed({ agencies, reason: text }, { backend: text }),
  Lanes: closed({ lanes: list(closed({ name: text, mostAtOnce: whole, failuresInARow: whole, openUntil: when, timesOpened: whole, waiting: whole, leased: whole, dead: whole, oldestReceivedAt: when })) }),
  DeadLetter: closed({ id: text, lane: text, digest, dossierNumber: text, agency: text, unitCode: text, procedure: text, receivedAt: instant, dueAt: instant, attempts: whole, rejections: whole, lastError: orNull(text) }),
  DeadLetters: closed({ deadLetters: list(ref('DeadLetter')), next: orNull(text) }),
  ReplayOfLane: closed({ lane: text }),
  Replayed: closed({ replayed: list(text) }),
};
