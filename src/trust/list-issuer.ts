// Whose a revocation list is, from its first octets: lists may be large, and whoever looks for those of one issuer reads no more of the others.
// Nothing else of the list is looked at, let alone believed.
import { placeAt, tags } from './der.ts';

/** The issuer's name as it is encoded; undefined where these octets do not hold one. */
export function issuerOfList(head: Buffer): Buffer | undefined {
  try {
    const beyond = Number.MAX_SAFE_INTEGER; // what the name stands in ends after these octets
    const { from } = placeAt(head, placeAt(head, 0, beyond).from, beyond);
    const first = placeAt(head, from, beyond);
    const start = first.tag === tags.integer ? placeAt(head, first.end, beyond).end : first.end;
    const name = placeAt(head, start, head.length);
    return name.tag === tags.sequence ? head.subarray(start, name.end) : undefined;
  } catch {
    return undefined;
  }
}
