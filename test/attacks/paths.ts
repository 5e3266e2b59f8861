// Certificates for the attacks on paths: authorities and leaves of elliptic keys around the stage's instant, each with whatever is wrong with it, and
// trust material that holds the run's own authorities besides, so that everything in a dossier but its envelope's signer stays honest.
import { KeyObject } from 'node:crypto';

import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import type { TestIdentity } from '../support/signer.ts';
import { issue, makeKeys, makeList, nameOf, uid } from '../trust/support.ts';
import type { Holder, ListShape, Shape } from '../trust/support.ts';
import type { Stage } from './stage.ts';

export { makeKeys, nameOf, revoked, uid, usage, x509 } from '../trust/support.ts';
export type { Holder, Shape } from '../trust/support.ts';

const DAY = 86_400_000;

export interface Paths {
  day(count: number): Date;
  root(name: string, shape?: Shape): Promise<Holder>;
  authority(issuer: Pick<Holder, 'name' | 'keys'>, name: string, shape?: Shape): Promise<Holder>;
  /** A unit's certificate with the tax code of the dossier. */
  leaf(issuer: Pick<Holder, 'name' | 'keys'>, shape?: Shape): Promise<Holder>;
  list(issuer: Pick<Holder, 'name' | 'keys'>, shape?: ListShape): Promise<Buffer>;
  /** A current list for each holder unless `lists` says otherwise. */
  material(holders: readonly Holder[], lists?: readonly Uint8Array[]): Promise<TrustMaterial>;
  /** The honest dossier signed by this holder, who shows the other certificates too. */
  signed(holder: Holder, shown?: readonly Holder[]): string;
}

export function openPaths(stage: Stage): Paths {
  const day = (count: number): Date => new Date(Math.floor(stage.now.getTime() / 1000) * 1000 + count * DAY);
  const valid = { notBefore: day(-30), notAfter: day(300) };
  const list: Paths['list'] = (issuer, shape = {}) => makeList(issuer, { thisUpdate: day(-1), nextUpdate: day(1), ...shape });
  return {
    day, list,
    root: async (name, shape = {}) => {
      const keys = shape.keys ?? (await makeKeys());
      return issue({ name: shape.subject ?? nameOf(name), keys }, { ca: true, subject: nameOf(name), ...valid, ...shape, keys });
    },
    authority: (issuer, name, shape = {}) => issue(issuer, { ca: true, subject: nameOf(name), ...valid, ...shape }),
    leaf: (issuer, shape = {}) => issue(issuer, { subject: [{ CN: ['Đơn vị thử'] }, uid('MST:0101300842')], ...valid, ...shape }),
    material: async (holders, lists) => {
      const { root, subordinate, rootCrlPem, subordinateCrlPem } = stage.pki;
      const pems = [root.certificatePem, subordinate.certificatePem, rootCrlPem, subordinateCrlPem];
      const all = lists ?? (await Promise.all(holders.map((holder) => list(holder))));
      return parseTrustMaterial([
        ...pems.map((pem, index) => ({ name: `own-${index}.pem`, bytes: Buffer.from(pem) })),
        ...holders.map(({ certificate }, index) => ({ name: `${index}.cer`, bytes: certificate.der })),
        ...all.map((bytes, index) => ({ name: `${index}.crl`, bytes })),
      ]);
    },
    signed: (holder, shown = []) => {
      const certificates = [holder, ...shown].map(({ certificate }) => `<X509Certificate>${certificate.der.toString('base64')}</X509Certificate>`);
      return stage.dossier({ spec: { identity: identityOf(holder), keyInfo: `<KeyInfo><X509Data>${certificates.join('')}</X509Data></KeyInfo>` } });
    },
  };
}


function identityOf({ keys, certificate }: Holder): TestIdentity {
  return { key: KeyObject.from(keys.privateKey), certificate: certificate.der };
}
