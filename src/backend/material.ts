// Files of certificates, as the settings name them. Read once at start; a problem names the file. Whether to trust a certificate is not
// decided here.
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseTrustMaterial } from '../trust/material.ts';
import type { TrustMaterial } from '../trust/material.ts';

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The PEM blocks of a text, each readable; at least one. */
export function certificatesIn(text: string): readonly [string, ...string[]] {
  const [first, ...rest] = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (first === undefined) throw new Error('holds no certificate in PEM');
  for (const pem of [first, ...rest]) new X509Certificate(pem);
  return [first, ...rest];
}

/** SHA-256 of a certificate's encoding, lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Of the first certificate of each file; the paths are separated by commas. */
export function fingerprintsOf(paths: string): ReadonlySet<string> {
  return new Set(paths.split(',').map((path) => fingerprintOf(new X509Certificate(certificatesIn(readText(path.trim()))[0]))));
}

export function readTrust(folder: string): TrustMaterial {
  return parseTrustMaterial(readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => ({ name, bytes: readFileSync(join(folder, name)) })));
}
