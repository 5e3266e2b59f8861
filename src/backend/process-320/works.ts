// The works of process 320 by name.
import type { Work } from '../case-file.ts';

export const bookWorks: readonly (readonly [string, Work])[] = [];
