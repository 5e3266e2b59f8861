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

export { Base as Buffer };
