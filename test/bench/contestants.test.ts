// Guarantee: what the bench compares does the same work. Every contestant that can run here accepts the documents of the bench and rejects
// each altered copy; one that does not is called unfit and not timed; a ratio above one means that this engine is the faster. Never time.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { itWith } from '../support/tools.ts';
import { ContestantProcess } from './verify/contestant-process.ts';
import { compileJava, compileXmlsec, entries, withCertificate } from './verify/contestants.ts';
import type { Entry } from './verify/contestants.ts';
import { makeDocuments } from './verify/documents.ts';
import type { Documents, Variant } from './verify/documents.ts';
import { openers } from './verify/openers.ts';
import { prove, quickPace, timeDocument } from './verify/rounds.ts';
import type { Asked } from './verify/rounds.ts';
import { ratiosTable, targetsTable } from './verify/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
let documents: Documents;

beforeAll(async () => {
  documents = await makeDocuments(folder, new Date(), ['10k', 'markup-100k']);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function judgesRightly(asked: Asked, variant: Variant): Promise<void> {
  for (const { variants } of documents.all) await prove({ process: asked, copies: variants[variant] });
}

/** A contestant of Node in this process. */
async function inProcess(name: string): Promise<Asked> {
  const open = await openers.get(name)?.();
  if (open === undefined) throw new Error(`no contestant is called ${name}`);
  const { verifier } = await open(readFileSync(documents.certificate, 'utf8'));
  let once: () => boolean | Promise<boolean> = () => false;
  return {
    load: (path) => {
      once = verifier({ bytes: readFileSync(path), path });
      return Promise.resolve();
    },
    verify: async () => {
      const valid = await Promise.resolve().then(once).catch(() => false);
      return { valid, nanoseconds: 1, cpu: 1, reason: '' };
    },
  };
}

describe('a contestant accepts the documents and rejects altered copies', () => {
  const variantOf = (name: string): Variant => (name === 'xmldsigjs' ? 'child-of-root' : 'field');
  it.each([...openers.keys()])('%s', async (name) => {
    await judgesRightly(await inProcess(name), variantOf(name));
  });

  const inItsProcess = async (program: Entry['program']): Promise<void> => {
    if ('missing' in program) throw new Error(`missing: ${program.missing}`);
    const contestant = new ContestantProcess(withCertificate(program, documents.certificate));
    await judgesRightly(contestant, 'field').finally(() => contestant.stop());
  };
  itWith('xmlsec1-config', 'libxmlsec1', () => inItsProcess(compileXmlsec(folder)));
  itWith('javac', 'the JDK', () => inItsProcess(compileJava(folder)));

  it('this engine and the floor are among them, and every other is in the list of the table', () => {
    const inNode = entries(folder).filter(({ id }) => openers.has(id)).map(({ id }) => id);
    expect(inNode.sort()).toEqual([...openers.keys()].sort());
  });
});

describe('a contestant that judges wrongly', () => {
  const answering = (valid: boolean): Asked => ({ load: () => Promise.resolve(), verify: () => Promise.resolve({ valid, nanoseconds: 1, cpu: 1, reason: 'whatever' }) });
  const copies = { good: 'good', altered: ['altered'] };

  it.each([[true, 'accepts an altered copy'], [false, 'does not accept the document: whatever']] as const)('is unfit when it always says %s', async (valid, unfit) => {
    const timings = await timeDocument([{ id: 'xml-crypto', process: answering(valid), copies }], quickPace);
    expect(timings.get('xml-crypto')).toEqual({ unfit });
  });
});

describe('the report', () => {
  const at = (time: number): { time: number; cpu: number } => ({ time, cpu: time });
  const timings = new Map([['10k' as const, new Map([['engine' as const, at(100)], ['floor' as const, at(50)], ['libxmlsec1' as const, at(310)]])]]);
  const all: readonly Entry[] = (['engine', 'floor', 'libxmlsec1'] as const).map((id) => ({ id, title: id, variant: 'field', program: { program: '', arguments: [] } }));

  it('divides the peer’s time by the engine’s, and the floor’s likewise', () => {
    const table = ratiosTable(all, documents.all.slice(0, 1), timings);
    expect(table).toContain('| faster than libxmlsec1 | 3.10 × / 3.10 × |');
    expect(table).toContain('| share of the floor’s speed | 50 % / 50 % |');
  });

  it('says reached only of what was measured and is enough', () => {
    const lines = (added: number): string[] => targetsTable(all, documents.all, timings, new Map([['engine' as const, added]])).split('\n').slice(2);
    expect(lines(1)[0]).toBe('| 10 KB: ≥ 3.00 × as fast as libxmlsec1 | 3.10 × | reached | 3.10 × | reached |');
    expect(lines(1).slice(1).filter((line) => !line.includes('not measured'))).toEqual([]);
    timings.get('10k')?.set('libxmlsec1', at(290));
    expect(lines(1)[0]).toBe('| 10 KB: ≥ 3.00 × as fast as libxmlsec1 | 2.90 × | **not reached** | 2.90 × | **not reached** |');
  });
});
