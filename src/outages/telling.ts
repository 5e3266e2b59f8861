// Tells of an outage those whom it concerns, in their feeds: I-VANs and units with open dossiers when it is opened; the same ones, and everybody whose deadlines
// it moved, when it is over or corrected. In bounded rounds, by any process; each feed is told once of each statement, with a link to the signed document.
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { obligationKinds } from '../store/obligations.ts';
import { claimUntold, findConcerned, insertTellings, insertTold, isAnyUntold } from '../store/outage-telling.ts';
import type { Concerned, Untold } from '../store/outage-telling.ts';
import type { Settling } from './settle.ts';

export interface TellingSettings {
  readonly database: Database;
  readonly terms: ObligationTerms;
  readonly now: () => Date;
}

/** The feeds of one round stay locked until its transaction ends. */
const MOST = 500;

export function createTelling({ database, terms, now }: TellingSettings): Settling {
  return {
    nextDue: async () => ((await isAnyUntold(database.query)) ? now() : undefined),
    work: () => database.transaction((query) => tell(query, terms, now())),
  };
}

async function tell(query: Query, terms: ObligationTerms, now: Date): Promise<number> {
  const untold = await claimUntold(query);
  if (untold === undefined) return 0;
  const kinds = obligationKinds.filter((kind) => terms.obligations.kinds.get(kind)?.outage !== 'none');
  const concerned = await findConcerned(query, untold, kinds, MOST);
  await insertTellings(query, untold, concerned, now);
  if (concerned.length < MOST) await insertTold(query, untold, now);
  await insertEvents(query, concerned.map((one) => eventOf(untold, one, now)));
  return Math.max(1, concerned.length);
}

const eventKinds = { began: 'outage_began_told', ended: 'outage_ended_told', corrected: 'outage_corrected_told' } as const;

function eventOf({ statementId, reference, scope, agencyPrefix, kind, causeVi, causeEn, startedAt, endedAt }: Untold, { ivan, agency, unitCode, taxCode }: Concerned, at: Date): NewEvent {
  const document = `/v1/outages/${reference}/statements/${statementId}`;
  const detail = { outage: reference, statement: statementId, scope, agencies: agencyPrefix === '' ? '*' : agencyPrefix, causeVi, causeEn, startedAt: startedAt.toISOString(), endedAt: endedAt && endedAt.toISOString(), document };
  return { at, kind: eventKinds[kind], submissionId: null, detail: ivan === null ? detail : { ...detail, ivan }, ...(ivan === null ? { unit: { agency: agency ?? '', unitCode: unitCode ?? '', taxCode: taxCode ?? '' } } : {}) };
}
