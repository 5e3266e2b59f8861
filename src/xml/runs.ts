// The inner loops over octets. They go by four because a turn of a loop costs more than what is done with an octet in it, and they never
// read beyond the end, which would make every later reading slower.
import { asciiName, asciiNameStart, textClass } from './octet-classes.ts';
import type { Skipper } from './skip.ts';

/** Octets of a run that are looked at here before the kernel is asked. */
const NEAR = 32;

/** From so many octets on, native code compares faster. */
const NATIVE = 160;

/** The offset of the first octet from `from` on that has a class in `textClass`; `end` when there is none before it. */
export function nextSpecial(bytes: Buffer, from: number, end: number, skipper: Skipper): number {
  let at = from;
  for (const near = Math.min(from + NEAR, end) - 3; at < near; at += 4) {
    if (textClass[bytes[at] as number] !== 0) return at;
    if (textClass[bytes[at + 1] as number] !== 0) return at + 1;
    if (textClass[bytes[at + 2] as number] !== 0) return at + 2;
    if (textClass[bytes[at + 3] as number] !== 0) return at + 3;
  }
  if (at - from >= NEAR) at = skipper.skip(at);
  while (at < end && textClass[bytes[at] as number] === 0) at += 1;
  return at < end ? at : end;
}

/** The offset after a name of ASCII letters without colon; `start` itself when none begins there. */
export function afterName(bytes: Buffer, start: number): number {
  if (start >= bytes.length || asciiNameStart[bytes[start] as number] !== 1) return start;
  let at = start + 1;
  for (const last = bytes.length - 3; at < last; at += 4) {
    if (asciiName[bytes[at] as number] !== 1) return at;
    if (asciiName[bytes[at + 1] as number] !== 1) return at + 1;
    if (asciiName[bytes[at + 2] as number] !== 1) return at + 2;
    if (asciiName[bytes[at + 3] as number] !== 1) return at + 3;
  }
  while (at < bytes.length && asciiName[bytes[at] as number] === 1) at += 1;
  return at;
}

/** Are the `length` octets at `a` and at `b` the same? They must all be there. */
export function sameOctets(bytes: Buffer, a: number, b: number, length: number): boolean {
  let i = a;
  let j = b;
  let left = length;
  for (; left >= 4; left -= 4, i += 4, j += 4) {
    if (bytes[i] !== bytes[j] || bytes[i + 1] !== bytes[j + 1] || bytes[i + 2] !== bytes[j + 2] || bytes[i + 3] !== bytes[j + 3]) return false;
  }
  if (left >= 2) {
    if (bytes[i] !== bytes[j] || bytes[i + 1] !== bytes[j + 1]) return false;
    i += 2;
    j += 2;
    left -= 2;
  }
  return left === 0 || bytes[i] === bytes[j];
}

/** Do these octets stand at `start`? */
export function areOctets(bytes: Buffer, start: number, octets: Buffer): boolean {
  const { length } = octets;
  if (start + length > bytes.length) return false;
  if (length >= NATIVE) return bytes.compare(octets, 0, length, start, start + length) === 0;
  let i = 0;
  for (const last = length - 3; i < last; i += 4) {
    if (bytes[start + i] !== octets[i] || bytes[start + i + 1] !== octets[i + 1] || bytes[start + i + 2] !== octets[i + 2] || bytes[start + i + 3] !== octets[i + 3]) return false;
  }
  for (; i < length; i += 1) if (bytes[start + i] !== octets[i]) return false;
  return true;
}
