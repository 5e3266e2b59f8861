// Taking a dossier in, however it came: checked against the gateway's receipt, stored once by its digest, its case opened in the same transaction.
// Throws `Rejection` for what will not be had, `Unavailable` for not now.
import { readDelivery } from './body.ts';
import { putDossier } from './dossier-store.ts';
import { readOrUndefined, takeIn } from './opening.ts';
import { receive } from './reception.ts';
import type { Desk } from './requests.ts';

export interface Taken {
  /** 1 for a dossier that was not there before. */
  readonly timesPut: number;
  readonly answered: boolean;
}

/** `body` as the gateway hands it over: JSON with receipt and dossier. */
export async function takeDossier({ office, gateways, feed, ring, now }: Desk, digest: string, body: Buffer): Promise<Taken> {
  const at = now();
  const { supplements, ...delivery } = readDelivery(body);
  const received = receive(digest, delivery, gateways, at);
  const dossier = await readOrUndefined(received.dossier);
  const taken = await office.store.transaction(async (query) => {
    const reception = await putDossier(query, received, at);
    if (reception.timesPut === 1) await takeIn(office, query, received, dossier, at, supplements);
    return reception;
  });
  feed.wake();
  ring();
  return taken;
}
