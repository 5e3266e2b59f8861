// Whose subscriptions a call is about: the feed of whoever's client certificate it came with. Nothing else in a call names a feed, so nobody can
// name another's.
import type { Request } from 'express';

import { Problem } from '../errors/outcomes.ts';
import type { Query } from '../store/database.ts';
import { ivanFeed } from '../store/feeds.ts';
import { identifyIvan } from './sender.ts';

export async function subscriberFeed(request: Request, query: Query, at: Date): Promise<string> {
  const ivan = await identifyIvan(request, query, at);
  if (ivan === undefined) throw new Problem('SENDER_REQUIRED');
  return ivanFeed(ivan.sender.code);
}
