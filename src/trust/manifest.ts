// Trust material as a list of the digests of its parts, one line for each in the order of the material's own digest: what is stored for every
// material, while each part is stored once. There is one manifest for each material; one that is written otherwise is no manifest.
import { assembleTrustMaterial, partsOf } from './material.ts';
import type { TrustMaterial, TrustPart } from './material.ts';

export type PartName = Pick<TrustPart, 'kind' | 'digest'>;

const TITLE = 'trust material 1\n';
const line = /^(certificate|crl) ([0-9a-f]{64})$/;

export function manifestOf(material: TrustMaterial): Buffer {
  return Buffer.from(`${TITLE}${partsOf(material).map(({ kind, digest }) => `${kind} ${digest}\n`).join('')}`);
}

/** Before there were manifests, the material itself was stored, as `restoreTrustMaterial` takes it. */
export function isManifest(body: Buffer): boolean {
  return body.toString('latin1', 0, TITLE.length) === TITLE;
}

export function partsNamed(manifest: Buffer): readonly PartName[] {
  return manifest.toString('latin1', TITLE.length).split('\n').slice(0, -1).map((text) => {
    const [, kind, digest = ''] = line.exec(text) ?? [];
    if (kind !== 'certificate' && kind !== 'crl') throw new Error('a line that names no part');
    return { kind, digest };
  });
}

/** From the parts that the manifest names, each of which is what its digest says. */
export function restoreFromManifest(manifest: Buffer, parts: readonly TrustPart[]): TrustMaterial {
  const material = assembleTrustMaterial(parts);
  if (!manifestOf(material).equals(manifest)) throw new Error('a manifest that is not the one of its parts');
  return material;
}
