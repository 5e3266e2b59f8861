// Which backend processes an agency's dossiers: by CoQuanQuanLy alone, whatever the sender's province (NĐ 164/2025/NĐ-CP Điều 4(1a)).
// The longest prefix wins; the table is total because it must have `*`, which is checked when it is read.

export interface Backend {
  readonly name: string;
  /** https origin, e.g. `https://127.0.0.1:9443`. */
  readonly url: string;
  /** PEM of the authorities its TLS certificate may come from. */
  readonly certificateAuthorities: readonly string[];
  /** SHA-256 fingerprints (hex) of the certificates that may sign its answers. */
  readonly answerSigners: ReadonlySet<string>;
}

export type RouteTable = ReadonlyMap<string, Backend>;

/** @throws Error when the table has no route for every agency. */
export function checkTotal(routes: RouteTable): RouteTable {
  if (!routes.has('*')) throw new Error('the route table has no route "*" for agencies that no other route names');
  return routes;
}

export function backendFor(routes: RouteTable, agency: string): Backend {
  for (let length = agency.length; length > 0; length -= 1) {
    const backend = routes.get(agency.slice(0, length));
    if (backend !== undefined) return backend;
  }
  const rest = routes.get('*');
  if (rest === undefined) throw new Error('the route table is not total');
  return rest;
}
