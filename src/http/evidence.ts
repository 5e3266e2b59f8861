// The evidence of a dossier, as one container, for whoever may have its receipt: the digest of the bytes is the permission.
import type { Request, Response } from 'express';

import { CONTAINER_TYPE } from '../evidence/container/write.ts';
import type { Gateway } from './app.ts';
import { isHeld } from './published/send.ts';
import { findOrDeny } from './status.ts';

export function dossierEvidence(gateway: Gateway) {
  return async (request: Request, response: Response): Promise<void> => {
    const found = await findOrDeny(gateway, request, response);
    if (found === undefined) return;
    const evidence = await gateway.evidence.find(found.digest);
    if (evidence === undefined) throw new Error(`submission ${found.digest} has no evidence`);
    // Weak: a signature by an EC key is another one each time.
    const etag = `W/"${evidence.tag}"`;
    response.set({ ETag: etag, 'Cache-Control': 'private, no-cache' });
    if (isHeld(request.headers['if-none-match'], etag)) {
      response.status(304).end();
      return;
    }
    const octets = await evidence.octets();
    response.status(200).set({ 'Content-Type': CONTAINER_TYPE, 'Content-Disposition': `attachment; filename="${found.digest.slice(0, 16)}.asice"` }).end(octets);
  };
}
