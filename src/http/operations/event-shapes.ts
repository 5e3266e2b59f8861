// The JSON bodies of the calls about events.
import { feedKinds } from '../../store/feeds.ts';
import { closed, digest, instant, list, oneOf, open, orNull, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

export const eventShapes: Readonly<Record<string, JsonSchema>> = {
  EventPage: closed({ events: list(ref('Event')), last: whole }),
  Event: closed({
    position: whole,
    id: text,
    kind: oneOf(feedKinds),
    at: instant,
    dossier: orNull(closed({ sha256: digest, number: orNull(text), transactionCode: text })),
    detail: open({}),
  }),
};
