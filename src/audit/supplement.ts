// Does what is recorded of a supplement agree with the dossier that it names, and with what its agency said before? A request must be on record
// that had come by then; that none was known when there was one is no lie a row can show: two processes may hear of it a moment apart. Throws `Lie`.
import type { Query } from '../store/database.ts';
import { findGiven, findSupplemented, hadBeenAsked, wasTold } from '../store/supplements.ts';
import type { SubmissionRow } from '../store/tables.ts';
import { checkThat } from './lie.ts';
import { sameJson } from './same.ts';

export async function checkSupplement(query: Query, { id, outcome, receivedAt, digest, contentDigest, supplements }: SubmissionRow): Promise<void> {
  if (supplements === null) return;
  const where = `submission ${id}`;
  const known = await findSupplemented(query, supplements.digest);
  if (supplements.dossier === null) {
    checkThat(known === undefined || BigInt(known.submission) > BigInt(id), where, 'supplements a dossier that it says is not there');
    return;
  }
  const { requestedAt, until, ...named } = supplements.dossier;
  const { submission, origin, number, agency, unitCode, taxCode, procedure } = known ?? {};
  checkThat(sameJson(named, { submission, origin, number, agency, unitCode, taxCode, procedure }), where, 'supplements another dossier than it says');
  checkThat(requestedAt === null ? until === null : await hadBeenAsked(query, named.submission, new Date(requestedAt), until, receivedAt), where, 'supplements what nobody had asked to be completed');
  const { given } = supplements;
  if (given !== undefined) checkThat(sameJson(given, await findGiven(query, supplements.dossier, contentDigest, id)), where, 'does not say what had been given before it');
  if (outcome === 'accepted') checkThat(!given, where, 'was accepted in answer to what had been given');
  if (outcome === 'accepted') checkThat(await wasTold(query, named.submission, digest), where, 'supplements a dossier that was not told of it');
}
