// The fast lane: tags without attributes and prefix, their end tags, and text that is only itself, which is nearly all of an honest document.
// State is held in local variables, because that is what makes it fast; whatever is not exactly so is left, untouched, to `scan.ts`.
import { limits } from './faults.ts';
import type { Reading } from './reading.ts';
import { afterName, nextSpecial, sameOctets } from './runs.ts';
import { AFTER, DECLARES, EDIT, EDIT_END, EDIT_START, EDIT_VALUE, EDIT_WHAT, EMPTY, END, NAME_OCTET, NAMED, nameOctets, NAMESPACE, PARENT, ROW, SINGLE, START } from './tree.ts';

const SPACE = 0x20;
const SLASH = 0x2f;
const LT = 0x3c;
const GT = 0x3e;

/** Reads on inside the root element and stops before the first token that is not plain, or has no room in the arrays. */
export function readPlain(reading: Reading): void {
  const { bytes, skipper, rows, edits } = reading;
  const { length } = bytes;
  const named = reading.bindings.standard * NAMESPACE;
  let { at, nodes, current, depth, count, editCount } = reading;
  while (current !== -1 && nodes > 0 && at < length - 3) {
    if (bytes[at] !== LT) {
      const end = nextSpecial(bytes, at, length, skipper);
      if (end === length || bytes[end] !== LT) break;
      at = end;
    } else if (bytes[at + 1] === SLASH) {
      const base = current * ROW;
      const octets = nameOctets(rows[base + NAMED] as number);
      const after = at + 2 + octets;
      if (after >= length || bytes[after] !== GT || ((rows[base + NAMED] as number) & DECLARES) !== 0) break;
      if (!sameOctets(bytes, (rows[base + START] as number) + 1, at + 2, octets)) break;
      at = after + 1;
      rows[base + END] = at;
      rows[base + AFTER] = count;
      current = rows[base + PARENT] as number;
      depth -= 1;
    } else {
      const nameEnd = afterName(bytes, at + 1);
      const base = count * ROW;
      if (nameEnd === at + 1 || nameEnd - at - 1 > limits.nameOctets || nameEnd + 2 >= length || depth === limits.depth || base === rows.length) break;
      const slash = bytes[nameEnd] === SPACE ? nameEnd + 1 : nameEnd;
      const isEmpty = bytes[slash] === SLASH && bytes[slash + 1] === GT;
      if (isEmpty ? editCount * EDIT === edits.length : bytes[nameEnd] !== GT) break;
      rows[base + START] = at;
      rows[base + PARENT] = current;
      rows[base + NAMED] = named + (nameEnd - at - 1) * NAME_OCTET + (isEmpty ? SINGLE : 0);
      at = isEmpty ? slash + 2 : nameEnd + 1;
      if (isEmpty) {
        const edit = editCount * EDIT;
        edits[edit + EDIT_START] = nameEnd;
        edits[edit + EDIT_END] = at;
        edits[edit + EDIT_WHAT] = EMPTY + count * EDIT_VALUE;
        editCount += 1;
        rows[base + END] = at;
        rows[base + AFTER] = count + 1;
      } else {
        current = count;
        depth += 1;
      }
      count += 1;
    }
    nodes -= 1;
  }
  reading.at = at;
  reading.nodes = nodes;
  reading.current = current;
  reading.depth = depth;
  reading.count = count;
  reading.editCount = editCount;
}
