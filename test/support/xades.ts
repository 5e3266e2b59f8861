// A time-stamp authority and signers of a test's own PKI, and trust in them by the real path building.
import 'reflect-metadata';
import { KeyObject } from 'node:crypto';
import { makeTimeStampToken } from '../../src/development/time-stamp-authority.ts';
import type { TimeStampAuthority, TokenRequest } from '../../src/development/time-stamp-authority.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { trustSigner } from '../../src/trust/path.ts';
import type { TrustAuthority } from '../../src/trust/timestamp.ts';
import { at, issue, makeKeys, makeRoot, materialOf, nameOf, rsa, usage, x509 } from '../trust/support.ts';
import type { Algorithm, Holder, Shape } from '../trust/support.ts';

export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const octets = Buffer.from('<SignatureValue>…</SignatureValue>');

export const purposes = (critical: boolean, ...oids: string[]): x509.Extension => new x509.ExtendedKeyUsageExtension(oids, critical);

export function keyOf({ keys }: Pick<Holder, 'keys'>): KeyObject {
  return KeyObject.from(keys.privateKey);
}

export interface Site {
  readonly root: Holder;
  readonly material: TrustMaterial;
  readonly tsa: TimeStampAuthority & { readonly holder: Holder };
}

export async function issueAuthority(root: Holder, shape: Shape = {}, algorithm?: Algorithm): Promise<Site['tsa']> {
  const keys = await makeKeys(algorithm);
  const holder = await issue(root, { subject: nameOf('TSA thử nghiệm'), usages: [usage.digitalSignature], extensions: [purposes(true, TIME_STAMPING)], keys, ...shape });
  return { holder, key: keyOf(holder), certificate: holder.certificate.der };
}

export async function makeSite(): Promise<Site> {
  const root = await makeRoot();
  return { root, material: await materialOf([root]), tsa: await issueAuthority(root) };
}

/** Path building as the gateway does it, for the purpose of time stamping. */
export function trustIn(material: TrustMaterial): TrustAuthority {
  return (authority, instant) => trustSigner(authority, material, instant, 'timestamp');
}

export function tokenOf(tsa: TimeStampAuthority, changes: Partial<TokenRequest> = {}): Buffer {
  return makeTimeStampToken(tsa, { octets, genTime: at, ...changes });
}

export async function makeSignerOf(root: Holder, algorithm?: Algorithm): Promise<SigningIdentity> {
  const holder = await issue(root, { keys: await makeKeys(algorithm) });
  return { key: keyOf(holder), certificates: [holder.certificate.der] };
}

export const rsa2048 = rsa(2048);
