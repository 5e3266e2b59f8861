// The trust material that a stored judgement was made by: read from the parts that its manifest names, or whole from a row of before there were
// parts, and held against the digest it is stored under. A part or manifest that was changed, or is not there, is a `Lie`.
import { createHash } from 'node:crypto';

import { BoundedMap } from '../bounded-map.ts';
import { findTrustMaterial, findTrustParts } from '../store/audit.ts';
import type { Query } from '../store/database.ts';
import { isManifest, partsNamed, restoreFromManifest } from '../trust/manifest.ts';
import type { PartName } from '../trust/manifest.ts';
import { partsOf, restoreTrustMaterial } from '../trust/material.ts';
import type { TrustMaterial, TrustPart } from '../trust/material.ts';
import { checkThat, checkVerifies } from './lie.ts';

/** Submissions come in the order of their reception, and their results some materials later. */
const MATERIALS_HELD = 8;

export type MaterialReader = (digest: string, where: string) => Promise<TrustMaterial>;

export function createMaterialReader(query: Query): MaterialReader {
  const held = new BoundedMap<string, Promise<TrustMaterial>>(MATERIALS_HELD);
  let last: readonly TrustPart[] = [];
  const read = async (digest: string, where: string): Promise<TrustMaterial> => {
    const body = await findTrustMaterial(query, digest);
    checkThat(body !== undefined, where, 'its trust material is not there');
    const name = `trust material ${digest}`;
    const parts = isManifest(body) ? await findParts(query, checkVerifies(name, 'cannot be read', () => partsNamed(body)), last, name) : undefined;
    const material = checkVerifies(name, 'cannot be read', () => (parts === undefined ? restoreTrustMaterial(body) : restoreFromManifest(body, parts)));
    checkThat(material.digest === digest, name, 'is not what its digest says');
    last = partsOf(material);
    return material;
  };
  return (digest, where) => held.getOrCompute(digest, () => read(digest, where));
}

/** One material has most of its parts from the one before: only the others are read. */
async function findParts(query: Query, names: readonly PartName[], last: readonly TrustPart[], where: string): Promise<readonly TrustPart[]> {
  const known = new Map(last.map((part) => [part.digest, part]));
  const found = await findTrustParts(query, names.flatMap(({ digest }) => (known.has(digest) ? [] : [digest])));
  for (const { digest, body } of found) checkThat(createHash('sha256').update(body).digest('hex') === digest, `trust part ${digest}`, 'is not what its digest says');
  const parts = new Map<string, TrustPart>([...known, ...found.map((part) => [part.digest, part] as const)]);
  return names.map(({ kind, digest }) => {
    const part = parts.get(digest);
    checkThat(part !== undefined, where, `its part ${digest} is not there`);
    checkThat(part.kind === kind, `trust part ${digest}`, 'is of another kind than it was');
    return part;
  });
}
