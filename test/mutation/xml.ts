// The checks of src/xml.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const xmlChecks: readonly Mutant[] = [
  ...checksOf('src/xml/base64.ts', [
    ['the text is the one that the octets are written as', "octets.toString('base64') === compact ? octets : undefined", 'octets', 'attacks/signature-value-noise'],
  ]),
];
