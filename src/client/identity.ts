// The sender's key: from PEM files or a PKCS #12 file as the certification authorities of Vietnam hand them out. Whatever is wrong – password,
// a key of another certificate, no key at all – is one error that says so. Tokens and remote signing are not covered.
import forge from 'node-forge';

import { readIdentity } from '../signature/identity.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { ClientError, reasonOf } from './errors.ts';

export interface PemIdentity {
  /** Leaf first. */
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly passphrase?: string;
}

export function readPem({ certificatePem, keyPem, passphrase }: PemIdentity): SigningIdentity {
  return reading('PEM', () => readIdentity(certificatePem, keyPem, passphrase));
}

/** The one private key of the file, with its own certificate first. RSA only, which is what such files hold. */
export function readPkcs12(bytes: Buffer, password: string): SigningIdentity {
  return reading('PKCS #12', () => {
    const { certificatePem, keyPem } = pemOf(bytes, password);
    return readIdentity(certificatePem, keyPem);
  });
}

function pemOf(bytes: Buffer, password: string): PemIdentity {
  const file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forge.util.createBuffer(bytes.toString('latin1'))), false, password);
  const { pkcs8ShroudedKeyBag: shrouded = '', keyBag: plain = '', certBag = '' } = forge.pki.oids;
  const bags = (type: string): forge.pkcs12.Bag[] => file.getBags({ bagType: type })[type] ?? [];
  const [key, another] = [...bags(shrouded), ...bags(plain)].flatMap((bag) => bag.key ?? []);
  if (key === undefined) throw new Error('the file holds no private key');
  if (another !== undefined) throw new Error('the file holds more than one private key');
  const certificates = bags(certBag).flatMap(({ cert }) => cert ?? []);
  const [own] = certificates.filter((certificate) => isOwn(certificate, key));
  if (own === undefined) throw new Error('the file holds no certificate of its private key');
  const chain = [own, ...certificates.filter((certificate) => certificate !== own)];
  return { keyPem: forge.pki.privateKeyToPem(key), certificatePem: chain.map((certificate) => forge.pki.certificateToPem(certificate)).join('') };
}

function isOwn({ publicKey }: forge.pki.Certificate, key: forge.pki.rsa.PrivateKey): boolean {
  return 'n' in publicKey && publicKey.n.equals(key.n);
}

function reading<Value>(kind: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new ClientError('KEY_FILE', kind, reasonOf(error), { cause: error });
  }
}
