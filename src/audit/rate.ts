// What verifying alone costs of the same documents: how fast an audit could be that asked no database and rebuilt nothing. Processor time, because other
// programs share the machine.
import { judge } from '../intake/judge.ts';
import { senderOf } from '../intake/sender-facts.ts';
import { verifySignature } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import type { Schemas } from '../standard/schema.ts';
import { trustContent } from '../standard/signer.ts';
import type { Standard } from '../standard/tables.ts';
import { submissionsAfter } from '../store/audit.ts';
import type { Query } from '../store/database.ts';
import { parse } from '../xml/parse.ts';
import { answersAgain, readEvidence } from './evidence.ts';
import { createMaterialReader } from './trust.ts';

export interface EngineRate {
  readonly documents: number;
  /** Submissions a second and core: the dossier judged from its bytes, and its receipt's signature and signer verified. */
  readonly perSecond: number;
}

/** The first warms the compiler up; of the others the middle one counts. Each has documents of its own where there are as many, as an audit meets none twice. */
const PASSES = 6;

/** Of the first dossiers on record, so many at most; undefined where there are none. */
export async function engineRate(query: Query, standards: readonly Standard[], schemas: Schemas, most: number): Promise<EngineRate | undefined> {
  const materialOf = createMaterialReader(query);
  const works: (() => void)[] = [];
  for (let page = await submissionsAfter(query, '0', String(Number.MAX_SAFE_INTEGER)); page.length > 0 && works.length < PASSES * most; page = await submissionsAfter(query, page.at(-1)?.submission.id ?? '', String(Number.MAX_SAFE_INTEGER))) {
    const answersOf = await readEvidence(query, page.map(({ submission }) => submission));
    for (const { submission, receipt } of page) {
      const standard = standards.find(({ digest }) => digest === submission.ruleSetDigest);
      if (standard === undefined || receipt === null) continue;
      const trust = await materialOf(submission.trustDigest, submission.id);
      const rulebook = { standard, schemas, trust, answersFor: answersAgain(submission, answersOf(submission)) };
      const [sender, { body: bytes, receivedAt }] = [senderOf(submission.senderFacts), submission];
      works.push(() => {
        judge({ bytes, sender, receivedAt }, rulebook);
        trustContent(verifySignature(parse(receipt.body), messagePlace), trust, receivedAt);
      });
    }
  }
  if (works.length === 0) return undefined;
  const count = Math.min(most, works.length);
  const passes = Array.from({ length: PASSES }, (_value, pass) => {
    const first = (pass + 1) * count <= works.length ? pass * count : 0;
    const start = process.cpuUsage();
    for (const work of works.slice(first, first + count)) work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  });
  return { documents: count, perSecond: count / median(passes.slice(1)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
