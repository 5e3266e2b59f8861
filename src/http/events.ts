// What happened since a position: the caller's own feed, or, by the digest of what was sent, one dossier's events. With `wait` the answer comes as soon
// as there is something, and at the latest then. Who is woken is asked for the right to see it again.
import type { Request, RequestHandler, Response } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { readDossierEvents, readFeed } from '../store/feed-pages.ts';
import type { FeedPage } from '../store/feed-pages.ts';
import { reportDelivered } from '../store/notice-reports.ts';
import { describeEvent } from '../webhooks/payload.ts';
import type { Gateway } from './app.ts';
import { feedOf } from './feed-caller.ts';
import type { WaitingCaller } from './feed-waiting.ts';
import type { Parameter } from './operations/operation.ts';
import { readQuery } from './published/query.ts';
import { sendJson } from './respond.ts';
import { findOrDeny } from './status.ts';

interface Wanted {
  readonly after: number;
  readonly most: number;
  readonly waitMs: number;
  readonly unit: string | undefined;
}

const USUAL_PAGE = 100;

export function ownEvents(parameters: readonly Parameter[]) {
  return (gateway: Gateway): RequestHandler => async (request, response) => {
    const wanted = readWanted(request, parameters);
    const own = (): Promise<string> => feedOf(request, wanted.unit, gateway.database.query, gateway.checkCertificate, gateway.now());
    const caller = { name: await own(), hasCertificate: true };
    const read = async (): Promise<FeedPage> => readFeed(gateway.database.query, await own(), wanted.after, wanted.most);
    await answer(gateway, response, wanted, caller, read, async ({ feed, events }) => {
      // A HEAD hands nothing over.
      const notices = request.method === 'GET' ? events.filter(({ kind, digest }) => kind === 'notice' && digest === null) : [];
      await reportDelivered(gateway.database.query, notices.map(({ position }) => ({ feed, position: String(position), how: 'feed' })), gateway.now());
    });
  };
}

export function dossierEvents(parameters: readonly Parameter[]) {
  return (gateway: Gateway): RequestHandler => async (request, response) => {
    const wanted = readWanted(request, parameters);
    const found = await findOrDeny(gateway, request, response);
    if (found === undefined) return;
    const { digest } = found;
    await answer(gateway, response, wanted, { name: digest, hasCertificate: false }, async () => {
      const page = await readDossierEvents(gateway.database.query, digest, wanted.after, wanted.most);
      if (page === undefined) throw new Error('a submission that nobody was told of');
      return page;
    });
  };
}

function readWanted(request: Request, parameters: readonly Parameter[]): Wanted {
  const found = readQuery(request, parameters);
  const number = (name: string, usual: number): number => Number(found.get(name) ?? usual);
  return { after: number('after', 0), most: number('limit', USUAL_PAGE), waitMs: number('wait', 0) * 1000, unit: found.get('unit') };
}

async function answer({ waiting }: Gateway, response: Response, { after, waitMs }: Wanted, caller: WaitingCaller, read: () => Promise<FeedPage>, handing: (page: FeedPage) => Promise<void> = () => Promise.resolve()): Promise<void> {
  let page = checked(await read(), after);
  if (page.events.length === 0 && waitMs > 0) {
    const place = waiting.enter(caller, waitMs);
    response.once('close', place.leave);
    try {
      while (page.events.length === 0 && (await place.beyond(page.feed, page.fed))) page = checked(await read(), after);
    } finally {
      place.leave();
    }
  }
  if (response.closed) return; // nobody is there any more
  await handing(page);
  sendJson(response.set('Ivan-Feed-Last', String(page.last)), 200, { events: page.events.map(describeEvent), last: page.last });
}

function checked(page: FeedPage, after: number): FeedPage {
  if (after > page.last) throw new Problem('FEED_POSITION', { after, last: page.last });
  return page;
}
