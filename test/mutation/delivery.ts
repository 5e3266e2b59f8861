// The checks of src/delivery and of the claims it makes: limits, breakers, order, and that nothing is handed over or recorded twice.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const deliveryChecks: readonly Mutant[] = [
  ...checksOf('src/delivery/breaker.ts', [
    ['a breaker opens', '(breaker.openUntil === null && failuresInARow < FAILURES_TO_OPEN)', 'breaker.openUntil === null', 'delivery/breaker'],
    ['a breaker does not open at once', '(breaker.openUntil === null && failuresInARow < FAILURES_TO_OPEN)', 'false', 'delivery/breaker'],
    ['what was under way does not open it for longer', 'if (isOpen || (', 'if ((', 'delivery/breaker'],
    ['a breaker opens for longer each time', 'backoff(FIRST_OPEN_MS, LONGEST_OPEN_MS, timesOpened, random)', 'backoff(FIRST_OPEN_MS, LONGEST_OPEN_MS, 1, random)', 'delivery/breaker'],
    ['an open breaker lets nothing through', 'openUntil > now ? 0 : 1', '1', 'delivery/breaker'],
    ['a breaker is tried with one', 'openUntil > now ? 0 : 1', 'openUntil > now ? 0 : mostAtOnce', 'delivery/breaker'],
    ['no wait is longer than the longest', 'Math.min(longest, first * 2 ** Math.min(attempt - 1, 30))', 'first * 2 ** Math.min(attempt - 1, 30)', 'delivery/breaker'],
    ['times between tries differ', '(0.5 + random / 2)', '1', 'delivery/breaker'],
  ]),
  ...checksOf('src/delivery/outcome.ts', [
    ['what a subscriber has is not kept', 'await removeDelivered(query, others.map(({ id }) => id));', '', 'delivery/groups'],
    ['what is done is nobody’s claim any more', 'const closed = await closeBreakers(query, claims.map(({ lane }) => lane), at);\n    await endClaims(query, claims);', 'const closed = await closeBreakers(query, claims.map(({ lane }) => lane), at);', 'delivery/groups'],
    ['a dossier that was forwarded before is not told of again', 'submissionId !== null && marked.has(id) ?', 'submissionId !== null ?', 'delivery/groups'],
    ['one success closes the breaker', 'const closed = await closeBreakers(query, claims.map(({ lane }) => lane), at);', 'const closed: NewEvent[] = [];', 'delivery/lanes'],
    ['a failure counts for the breaker', 'await saveBreaker(query, lane, after);', '', 'delivery/lanes'],
    ['a failed delivery waits', '    await postponeClaim(query, claimed, new Date(at.getTime() + wait), reason, rejections);\n', '', 'delivery/lanes'],
    ['what was not begun is given back', 'endClaims(query, [claimed, ...untried.map((one) => one.claimed)])', 'endClaims(query, [claimed])', 'delivery/groups'],
    ['a dossier is not given up because its agency is away', 'policy.mostAgeMs === Infinity ? []', 'false ? []', 'delivery/outage'],
    ['what waits for a subscriber too long is given up', 'policy.mostAgeMs === Infinity ? []', 'true ? []', 'delivery/groups'],
    ['that a breaker opened is an event', 'const hasOpened = after.timesOpened > before.timesOpened;', 'const hasOpened = false;', 'delivery/lanes'],
    ['failures that go on are told ever more seldom', "if (kind === 'dossier' && Number.isInteger(Math.log2(attempts))) events", "if (kind === 'dossier') events", 'delivery/lanes'],
    ['a webhook’s failure is no event', "if (kind === 'dossier' && Number.isInteger", 'if (Number.isInteger', 'delivery/groups'],
    ['what is rejected too often is a dead letter', 'const isLast = rejections >= policy.mostRejections;', 'const isLast = false;', 'delivery/lanes'],
    ['what is rejected once is tried again', 'const isLast = rejections >= policy.mostRejections;', 'const isLast = true;', 'delivery/lanes'],
    ['a rejection shows that the receiver is there', 'const closed = await closeBreakers(query, [lane], at);', 'const closed: NewEvent[] = [];', 'delivery/lanes'],
    ['a rejected delivery is nobody’s claim any more', 'await endClaims(query, [claimed]);', '', 'delivery/lanes'],
  ]),
  ...checksOf('src/delivery/group.ts', [
    ['a refusal of one is not the receiver being away', 'if (failure.isRejection) return', 'if (false) return', 'delivery/lanes'],
    ['nothing is begun when the group’s time is over', 'if (waiting.length > 0 && handling.now() >= until) records', 'if (false) records', 'delivery/groups'],
    ['a receiver that fails gets one at a time', 'handling.paces.failed(held.claimed.lane);', '', 'delivery/groups'],
  ]),
  ...checksOf('src/delivery/worker.ts', [
    ['a lane that fails is claimed one by one', 'lane.failuresInARow > 0 ? 1 : paces', 'false ? 1 : paces', 'delivery/groups'],
    ['a lane takes what its breaker lets through', 'room: roomOf(lane, lane.mostAtOnce, at)', 'room: lane.mostAtOnce', 'delivery/lanes'],
  ]),
  ...checksOf('src/store/deliveries.ts', [
    ['what is claimed is not claimed again', ' AND v.id NOT IN (SELECT unnest(deliveries) FROM held)', '', 'delivery/lanes'],
    ['limits count what is under way over all workers', 'l.room - (SELECT coalesce(sum(least(hands, cardinality(deliveries))), 0) FROM held WHERE lane = l.name)', 'l.room', 'delivery/lanes'],
    ['a lease that is over is nobody’s', 'WHERE lane = ANY ($5) AND until > $1)', 'WHERE lane = ANY ($5))', 'delivery/lanes'],
    ['an employer’s dossiers go in order', '        AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.lane = v.lane AND e.order_key = v.order_key AND e.state = \'waiting\' AND e.id < v.id)\n', '', 'delivery/lanes'],
    ['a dead letter holds up nobody', " AND e.state = 'waiting' AND e.id < v.id)", " AND e.state <> 'delivered' AND e.id < v.id)", 'delivery/lanes'],
    ['who waits for his next try is not claimed', "v.state = 'waiting' AND v.due_at <= $1", "v.state = 'waiting'", 'delivery/lanes'],
    ['the nearest legal deadline goes first', 'ORDER BY v.urgent_at, v.id LIMIT least(', 'ORDER BY v.id LIMIT least(', 'delivery/lanes'],
    ['a claim fits into memory', 'chosen WHERE octets_before = 0 OR octets_before + octets <= $4 GROUP BY', 'chosen GROUP BY', 'delivery/groups'],
    ['what is larger than memory holds is claimed alone', 'chosen c JOIN leased l ON l.lane = c.lane WHERE c.octets_before = 0 OR c.octets_before + c.octets <= $4', 'chosen c JOIN leased l ON l.lane = c.lane WHERE c.octets_before + c.octets <= $4', 'delivery/groups'],
    ['a try of a worker that is gone counts', 'SET attempts = v.attempts + 1 FROM tried', 'SET attempts = v.attempts FROM tried', 'delivery/lanes'],
    ['what was delivered before is not delivered anew', "WHERE v.id = done.id AND v.state = 'waiting' RETURNING v.id", 'WHERE v.id = done.id RETURNING v.id', 'delivery/groups'],
    ['what is claimed is not given up meanwhile', ' AND id NOT IN (SELECT delivery_id FROM delivery_claim WHERE lane = $1 AND until > $3)', '', 'delivery/groups'],
  ]),
];
