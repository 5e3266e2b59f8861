// The contestants that run in Node, by name. Each is imported only in the process that serves it, so that none pays for another's code.
import type { Open } from './contestant.ts';

export const openers: ReadonlyMap<string, () => Promise<Open>> = new Map<string, () => Promise<Open>>([
  ['engine', async () => (await import('./engine.ts')).open],
  ['floor', async () => (await import('./floor.ts')).open],
  ['xml-crypto', async () => (await import('./peers/xml-crypto.ts')).open],
  ['xmldsigjs', async () => (await import('./peers/xmldsigjs.ts')).open],
  ['libxml2-wasm', async () => (await import('./peers/libxml2-wasm.ts')).open],
]);
