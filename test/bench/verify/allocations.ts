// What one verification by this engine allocates, on the heap and outside it: a number that explains others. Its process has a young
// generation so large that nothing is collected meanwhile.
import { ContestantProcess } from './contestant-process.ts';
import { inNode, withCertificate } from './contestants.ts';
import type { BenchDocument, DocumentId } from './documents.ts';

export interface Allocations {
  readonly heap: number;
  readonly external: number;
}

const WORTH = 4 << 20;

export async function allocationsOf(documents: readonly BenchDocument[], certificate: string): Promise<ReadonlyMap<DocumentId, Allocations>> {
  const process = new ContestantProcess(withCertificate(inNode('engine', '--min-semi-space-size=256', '--max-semi-space-size=256'), certificate));
  const measured = new Map<DocumentId, Allocations>();
  try {
    for (const { id, octets, variants } of documents) {
      await process.load(variants.field.good);
      const count = Math.max(1, Math.floor(WORTH / octets / 8));
      await process.verify(count);
      const [heap = NaN, external = NaN] = (await process.ask('allocations', count)).split('\t').map(Number);
      measured.set(id, { heap, external });
    }
  } finally {
    await process.stop();
  }
  return measured;
}
