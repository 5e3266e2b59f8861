// A receipt's own time stamp, where the gateway gives receipts one: the answer that carries the receipt names it, and whoever knows the SHA-256 of the receipt
// may fetch it. Without its stamp such a receipt does not leave.
import type { RequestHandler, Response } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { findReceiptStamp } from '../store/stamps.ts';
import type { Gateway } from './app.ts';

export type Stamps = Pick<Gateway, 'stamping'>;

/** Sets the header that names it. @throws Unavailable when there should be one and is none. */
export async function stampedReceipt({ stamping }: Stamps, response: Response, receipt: Buffer): Promise<void> {
  const stamp = await stamping.ofReceipt(receipt);
  if (stamp !== undefined) response.set('Ivan-Receipt-Stamp', `/v1/receipt-stamps/${stamp.digest}`);
}

export function receiptStamp({ database }: Pick<Gateway, 'database'>): RequestHandler {
  return async (request, response) => {
    const digest = String(request.params['digest']).toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new Problem('DIGEST_FORMAT');
    const stamp = await findReceiptStamp(database.query, digest);
    if (stamp === undefined) throw new Problem('STAMP_UNKNOWN');
    response.status(200).set('Content-Type', 'application/vnd.etsi.timestamp-token').set('Cache-Control', 'no-store').end(stamp.token);
  };
}
