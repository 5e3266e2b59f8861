// The checks of src/xml.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const xmlChecks: readonly Mutant[] = [
  ...checksOf('src/xml/base64.ts', [
    ['base64 among other octets is strict', 'return stray < 64 ? octets : undefined;', 'return octets;', 'xml/base64'],
    ['the text is the one that the octets are written as', "octets.toString('base64') === compact ? octets : undefined", 'octets', 'attacks/signature-value-noise'],
  ]),
];
