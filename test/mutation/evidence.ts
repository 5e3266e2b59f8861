// The checks of src/evidence/container: octets from outside that every reader of ZIP reads alike.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const test = 'evidence/container';

export const evidenceChecks: readonly Mutant[] = [
  ...checksOf('src/evidence/container/read.ts', [
    ['entries follow one another', "if (entry.at !== at) malformed('ZIP_STRUCTURE');", '', test],
    ['nothing stands between the last entry and the directory', "if (at !== end) malformed('ZIP_STRUCTURE');", '', test],
    ['a comment hides nothing', ' || bytes.readUInt16LE(tail + 20) !== 0)', ')', test],
    ['entries are few', "if (count > most) refuse('CONTAINER_LIMIT', { params: { limit: 'LIMIT_ENTRIES', maximum: most } });", '', test],
    ['names lead nowhere else', "if (!NAME.test(name)) return unfit(name, 'ZIP_NAME');", '', test],
    ['entries have no extra fields and no comments', "if (extra !== 0 || comment !== 0 || disk !== 0) return unfit(name, 'ZIP_STRUCTURE');", '', test],
    ['nothing is encrypted', '(flags & ~HARMLESS_FLAGS) !== 0 || ', '', test],
    ['both headers agree', 'const isSame = bytes.subarray(at + 6, at + 26).equals(said) && ', 'const isSame = ', test],
    ['a name appears once, in whatever letters', "if (files.has(name.toLowerCase())) unfit(name, 'ZIP_NAME_REPEATED');", '', test],
    ['no file is a folder', 'if (parts.slice(1).some(', 'if (parts.slice(parts.length).some(', test],
    ['the octets are bounded', '> octets) refuse', '> Infinity) refuse', test],
    ['the ratio is bounded', 'if (squeezed !== undefined) refuse', 'if (false) refuse', test],
    ['the type comes first, as it is', "if (first?.name !== TYPE_FILE || first.method !== STORED || ", 'if (', test],
  ]),
  ...checksOf('src/evidence/container/content.ts', [
    ['a content has its size', 'content?.length === size && ', 'content !== undefined && ', test],
    ['a content has its check sum', ' && crc32(content) === checkSum', '', test],
  ]),
];
