// Every time stamp against the octets that it covers, with the trust material and at the instant by which it was kept: tokens over checkpoints, and tokens over
// single receipts. That later stamps cover it is shown by the log, which has it as an entry. Throws `Lie`.
import type { Query } from '../store/database.ts';
import { findCheckpoint } from '../store/log.ts';
import { findStampsOfNothing } from '../store/stamp-audit.ts';
import { listReceiptStamps, listStamps } from '../store/stamps.ts';
import type { NewStamp, StampRow } from '../store/stamps.ts';
import { digestOf, pathEndOf } from '../trust/stamp-ends.ts';
import { verifyTimeStamp } from '../trust/timestamp.ts';
import { attempt, checkThat, checkVerifies, Lie } from './lie.ts';
import type { Found } from './lie.ts';
import type { MaterialReader } from './trust.ts';

/** Octets, or, of a receipt, their SHA-256, which is what every token is asked for. */
type Covered = Parameters<typeof verifyTimeStamp>[0]['octets'];

const PAGE = 200;
/** As far as an authority's clock and ours were ever let to be apart. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

/** Gives how many there are. */
export async function checkStamps(query: Query, materialOf: MaterialReader, found: Found): Promise<number> {
  let checked = 0;
  for (let page = await listStamps(query, 0, PAGE); page.length > 0; page = await listStamps(query, page.at(-1)?.size ?? 0, PAGE)) {
    for (const stamp of page) await attempt(found, () => checkOfCheckpoint(query, stamp, materialOf));
    checked += page.length;
  }
  for (let page = await listReceiptStamps(query, '', PAGE); page.length > 0; page = await listReceiptStamps(query, page.at(-1)?.digest ?? '', PAGE)) {
    for (const stamp of page) await attempt(found, () => checkStamp(`time stamp of receipt ${stamp.digest}`, stamp, { sha256: stamp.digest }, materialOf));
    checked += page.length;
  }
  // Which receipts they are of is seen at once: to find the receipt of a digest every receipt has to be hashed.
  for (const digest of await findStampsOfNothing(query)) found(new Lie(`time stamp of receipt ${digest}`, 'is of a receipt that is not there'));
  return checked;
}

async function checkOfCheckpoint(query: Query, stamp: StampRow, materialOf: MaterialReader): Promise<void> {
  const where = `time stamp ${stamp.id}`;
  const checkpoint = await findCheckpoint(query, stamp.size);
  checkThat(checkpoint !== undefined, where, 'is of a checkpoint that is not there');
  const note = Buffer.from(checkpoint.note);
  checkThat(stamp.digest === digestOf(note), where, 'names other octets than it covers');
  await checkStamp(where, stamp, note, materialOf);
}

async function checkStamp(where: string, { token, at, tsa, endsAt, trustDigest, recordedAt }: NewStamp, octets: Covered, materialOf: MaterialReader): Promise<void> {
  const material = await materialOf(trustDigest, where);
  const verified = checkVerifies(where, 'does not verify', () => verifyTimeStamp({ token, octets }, material, recordedAt));
  checkThat(verified.genTime.getTime() === at.getTime() && verified.tsa.commonName === tsa, where, 'says something else than its row');
  checkThat(Math.abs(at.getTime() - recordedAt.getTime()) <= CLOCK_DIFFERENCE_MS, where, 'was not kept when it was made');
  // The table of algorithms may have ended it earlier, and changes from version to version; certificates do not.
  checkThat(endsAt <= pathEndOf(verified), where, 'ends later than the certificates that it hangs on');
}
