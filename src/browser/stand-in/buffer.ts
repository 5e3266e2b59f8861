// What stands in for node:buffer when the judge runs in a browser: the `buffer` package, and the little of Node's that it lacks.
import { Buffer as Base } from 'buffer/';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function isUtf8(octets: Uint8Array): boolean {
  try {
    decoder.decode(octets);
    return true;
  } catch {
    return false;
  }
}

// The package reads both alphabets as base64 and has no name for the second.
const from = Base.from.bind(Base) as (value: unknown, encoding?: unknown, length?: unknown) => Base;
Object.assign(Base, { from: (value: unknown, encoding?: unknown, length?: unknown) => from(value, encoding === 'base64url' ? 'base64' : encoding, length) });

export { Base as Buffer };
