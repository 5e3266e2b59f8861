// The erasure of a person's data at its end: of a dossier that is finished, by an operator, for a reason and on a legal basis (Law 91/2025/QH15, Art. 14(1)).
// Documents and salts go in one transaction with the event that says so; commitments stay, and with them every proof of the log.
import { Problem } from '../errors/outcomes.ts';
import type { ReasonCode } from '../errors/reasons.ts';
import type { Database, Query } from '../store/database.ts';
import { blank, countDocuments, digestsOfLeft, findErasures, holdErasable, insertErasures } from '../store/erasure.ts';
import type { Erasable, ErasureRow, NewErasure } from '../store/erasure.ts';
import { insertEvents } from '../store/events.ts';

/** After the end of a transaction; what a record of it is kept for at least (Decree 166/2016/ND-CP, Art. 6(1)). Longer terms are the operator's to know. */
const RETENTION_YEARS = 10;

export interface Erased {
  readonly erasure: ErasureRow;
  /** How many documents of each kind were blanked now; none where nothing was left. */
  readonly documents: Readonly<Record<string, number>>;
  /** Other submissions, by their digests, that may hold the same data. */
  readonly conflicts: readonly string[];
}

/** Again for what came later; where nothing is left nothing is recorded. @throws Problem for what is not there, not finished, or to be kept. */
export async function eraseDossier(database: Database, digest: string, asked: NewErasure): Promise<Erased> {
  return database.transaction(async (query) => {
    const held = await holdErasable(query, digest);
    if (held.length === 0) throw new Problem('ERASURE_UNKNOWN', { digest });
    const ids = held.map(({ id }) => id);
    const documents = await countDocuments(query, ids);
    if (Object.keys(documents).length > 0) await erase(query, digest, held, documents, asked);
    const [erasure] = await findErasures(query, digest);
    if (erasure === undefined) throw new Error(`dossier ${digest} was erased and has no erasure`);
    return { erasure, documents, conflicts: [...new Set(held.flatMap(({ conflicts }) => conflicts))] };
  });
}

async function erase(query: Query, digest: string, held: readonly Erasable[], documents: Erased['documents'], asked: NewErasure): Promise<void> {
  for (const one of held) checkFinished(one);
  if (!asked.beforeRetention) for (const one of held) checkRetention(one, asked.erasedAt);
  const erasures = await insertErasures(query, held.map(({ id }) => id), asked);
  await blank(query, held.map(({ id }) => id));
  const left = await digestsOfLeft(query, held.map(({ id }) => id));
  const { erasedAt: at, actor, reason, legalBasis, beforeRetention } = asked;
  const counts = Object.entries(documents).map(([kind, count]) => `${kind}: ${count}`).join(', ');
  await insertEvents(query, erasures.map(({ id: erasure, submissionId, receipt }) => ({ at, kind: 'dossier_erased', submissionId, detail: { erasure, digest, actor, reason, legalBasis, beforeRetention, receipt, left: left.get(submissionId) ?? '', documents: counts } })));
}

function checkFinished({ outcome, deliveryState, answeredAt, owed, isWaitingForLog }: Erasable): void {
  const early = (reason: ReasonCode): never => { throw new Problem('ERASURE_EARLY', { reason }); };
  if (outcome === 'accepted' && deliveryState !== 'delivered') early('ERASE_UNDELIVERED');
  if (outcome === 'accepted' && answeredAt === null) early('ERASE_UNANSWERED');
  if (owed.length > 0) early('ERASE_OWED');
  if (isWaitingForLog) early('LOG_BEHIND');
}

function checkRetention({ receivedAt, answeredAt }: Erasable, at: Date): void {
  const endedAt = answeredAt ?? receivedAt;
  const until = new Date(endedAt);
  until.setUTCFullYear(until.getUTCFullYear() + RETENTION_YEARS);
  if (at < until) throw new Problem('ERASURE_RETENTION', { endedAt: endedAt.toISOString(), years: RETENTION_YEARS });
}

/** For what is blank. @throws Problem DOSSIER_ERASED; Error where no erasure made it so. */
export async function refuseErased(query: Query, digest: string): Promise<never> {
  const [erasure] = await findErasures(query, digest);
  throw erasure === undefined ? new Error(`a document of dossier ${digest} is blank, and no erasure says so`) : erased(erasure);
}

export function erased({ erasedAt, position }: Pick<ErasureRow, 'erasedAt' | 'position'>): Problem {
  return new Problem('DOSSIER_ERASED', { at: erasedAt.toISOString(), position });
}
