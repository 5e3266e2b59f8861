// The checks of src/xml.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const xmlChecks: readonly Mutant[] = [
  ...checksOf('src/xml/base64.ts', [
    ['a stray character is refused', 'if (last === 0xff) return undefined;', '', 'attacks/signature-value-noise'],
    ['the length is whole', 'if (compact.length % 4 !== 0) return undefined;', '', 'attacks/signature-value-noise'],
    ['the last bits are zero', 'if ((padding === 1 && (last & 0x03) !== 0) || (padding === 2 && (last & 0x0f) !== 0)) return undefined;', '', 'attacks/signature-value-noise'],
  ]),
];
