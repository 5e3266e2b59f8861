// Who is on the wire: an I-VAN by its client certificate's fingerprint, registered with a contract, or an employer with none. TLS has proved
// possession of the key; whether the contract is in force is for the judge, because that answer must be signed.
import type { TLSSocket } from 'node:tls';

import type { Request } from 'express';

import { Problem } from '../errors/outcomes.ts';
import type { Sender } from '../standard/dossier.ts';
import { findContract } from '../store/contracts.ts';
import type { Query } from '../store/database.ts';

export async function identifySender(request: Request, query: Query): Promise<Sender> {
  const fingerprint = peerFingerprint(request.socket as TLSSocket);
  if (fingerprint === undefined) return { kind: 'direct' };
  const contract = await findContract(query, fingerprint);
  if (contract === undefined) throw new Problem('IDENTITY_UNKNOWN', { fingerprint });
  const { ivanCode, state, validFrom, validUntil } = contract;
  return { kind: 'ivan', code: ivanCode, contract: { state, from: validFrom, until: validUntil } };
}

/** SHA-256 of the client certificate, lower-case hex; undefined when none was presented. */
function peerFingerprint(socket: TLSSocket): string | undefined {
  const { fingerprint256 } = socket.getPeerCertificate();
  // An empty object stands for "no certificate"; the type does not say so.
  return (fingerprint256 as string | undefined)?.replaceAll(':', '').toLowerCase();
}
