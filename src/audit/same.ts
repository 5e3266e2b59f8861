// Are two values the same as JSON, whatever the order of names? The store gives names back in its own order.

export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b || JSON.stringify(a) === JSON.stringify(b);
  if (hasOwnForm(a) || hasOwnForm(b)) return sortedJson(a) === sortedJson(b);
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, place) => sameJson(inList(item), inList(b[place])));
  return sameMembers(a as Members, b as Members);
}

type Members = Readonly<Record<string, unknown>>;

/** A member without a value is not written. */
function sameMembers(a: Members, b: Members): boolean {
  let [left, right] = [0, 0];
  for (const name in a) {
    if (a[name] === undefined) continue;
    left += 1;
    if (!Object.hasOwn(b, name) || !sameJson(a[name], b[name])) return false;
  }
  for (const name in b) if (b[name] !== undefined) right += 1;
  return left === right;
}

function inList(item: unknown): unknown {
  return item === undefined ? null : item;
}

/** Dates and the like say themselves what they are in JSON. */
function hasOwnForm(value: object): boolean {
  return 'toJSON' in value;
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
