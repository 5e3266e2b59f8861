// What the engine is to reach on a quiet machine, in one table. A factor is how many times faster than a peer; a share is of the floor's speed.
import type { EntryId } from './contestants.ts';
import type { DocumentId } from './documents.ts';

export interface Target {
  readonly document: DocumentId;
  readonly against: EntryId;
  readonly atLeast: number;
}

export const targets: readonly Target[] = [
  { document: '10k', against: 'libxmlsec1', atLeast: 3 },
  { document: '1m', against: 'libxmlsec1', atLeast: 4 },
  { document: '10m', against: 'libxmlsec1', atLeast: 3.5 },
  { document: 'markup-1m', against: 'libxmlsec1', atLeast: 12 },
  { document: 'markup-1m', against: 'jdk', atLeast: 4 },
  { document: '1m', against: 'floor', atLeast: 0.7 },
  { document: '10m', against: 'floor', atLeast: 0.7 },
];

/** Of the large document, added to the resident set by verifying it. */
export const memoryTarget = { document: '10m', less: 1.5 } as const;
