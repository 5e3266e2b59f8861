// Who is on the wire: an I-VAN by its client certificate's fingerprint, registered with a contract, or an employer with none. TLS has proved
// possession of the key; whether the contract is in force is for the judge, because that answer must be signed.
import type { TLSSocket } from 'node:tls';

import type { Request } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { senderContract } from '../registers/sender-contract.ts';
import type { IvanSender, Sender } from '../standard/dossier.ts';
import { findContract } from '../store/contracts.ts';
import type { ContractChange } from '../store/contracts.ts';
import type { Query } from '../store/database.ts';

export async function identifySender(request: Request, query: Query, at: Date): Promise<Sender> {
  return (await identifyIvan(request, query, at))?.sender ?? { kind: 'direct' };
}

export interface IdentifiedIvan {
  readonly sender: IvanSender;
  readonly contract: ContractChange;
}

/** Undefined when no certificate was presented. */
export async function identifyIvan(request: Request, query: Query, at: Date): Promise<IdentifiedIvan | undefined> {
  const fingerprint = peerCertificate(request)?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const contract = await findContract(query, fingerprint, at);
  if (contract === undefined) throw new Problem('IDENTITY_UNKNOWN', { fingerprint });
  return { sender: { kind: 'ivan', code: contract.ivanCode, contract: senderContract(contract) }, contract };
}

export interface PeerCertificate {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** DER. */
  readonly certificate: Buffer;
}

/** The client certificate; undefined when none was presented. */
export function peerCertificate({ socket }: Request): PeerCertificate | undefined {
  const { fingerprint256, valid_from: from, valid_to: until, raw } = (socket as TLSSocket).getPeerCertificate();
  // An empty object stands for "no certificate"; the type does not say so.
  if ((fingerprint256 as string | undefined) === undefined) return undefined;
  return { fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(), validFrom: new Date(from), validUntil: new Date(until), certificate: raw };
}
