// Guarantee: whatever octets of a signed dossier are changed, the judge gives a verdict, and accepts only what was signed. Seeded: every run
// tries the same changes.
import { readFileSync } from 'node:fs';

import { afterAll, describe, expect, it } from '@jest/globals';

import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { restoreTrustMaterial } from '../../src/trust/material.ts';
import { parse } from '../../src/xml/parse.ts';
import { generator } from '../xml/generated.ts';

const TRIES = 2000;
const LARGEST_PIECE = 64;

const schemas = createSchemas();
const trust = restoreTrustMaterial(readFileSync(packageFile('test', 'vectors', 'trust.pem')));
const rulebook = { standard: loadStandard(), schemas, trust };
const contract = { state: 'active', from: new Date('2026-01-01'), until: new Date('2027-01-01') } as const;

function judged(bytes: Buffer): Verdict {
  return judge({ bytes, sender: { kind: 'ivan', code: '00040', contract }, receivedAt: new Date('2026-11-20T09:00:00+07:00') }, rulebook);
}

type Mutation = (bytes: Buffer, random: (below: number) => number) => Buffer;

const spliced = (bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
const markup = ['<', '>', '/>', '</', '&', '&amp;', '"', ' ', '\n', '\r', '<!-- -->', '<![CDATA[', ']]>', '<?x?>', 'Id="sigid"', ' xmlns="urn:x"', '<CKy_iVan/>', '<NoiDung>', '=', '\u0000', '\ufeff', 'ă'];

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    const at = random(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
    return flipped;
  },
  (bytes, random) => spliced(bytes, random(bytes.length), 1 + random(LARGEST_PIECE), Buffer.alloc(0)),
  (bytes, random) => spliced(bytes, random(bytes.length), 0, Buffer.from(markup[random(markup.length)] ?? '')),
  (bytes, random) => spliced(bytes, random(bytes.length), 1, Buffer.from(markup[random(markup.length)] ?? '')),
  (bytes, random) => {
    const from = random(bytes.length);
    return spliced(bytes, random(bytes.length), 0, bytes.subarray(from, from + 1 + random(LARGEST_PIECE)));
  },
  (bytes, random) => {
    const tags = [...bytes.toString('latin1').matchAll(/<[^>]*>/g)];
    const [one, other] = [tags[random(tags.length)], tags[random(tags.length)]];
    return spliced(bytes, one?.index ?? 0, one?.[0].length ?? 0, Buffer.from(other?.[0] ?? '', 'latin1'));
  },
];

afterAll(() => { schemas.dispose(); });

describe.each([['valid', 0x9e3779b9], ['envelope-indented', 0x7f4a7c15], ['two-references', 0x1234567], ['ivan-signature-over-body', 0x51ed270b]])('changes of the vector %s', (name, seed) => {
  const original = readFileSync(packageFile('test', 'vectors', 'files', `${name}.xml`));

  it(`give a verdict, and an acceptance only of what was signed (${TRIES / 4} tries)`, () => {
    const signed = verifySignature(parse(original), envelopePlace);
    const first = judged(original);
    if (first.outcome !== 'accepted') throw new Error('the vector is not accepted');
    const random = generator(seed);
    const outcomes = { accepted: 0, refused: 0 };
    for (let index = 0; index < TRIES / 4; index += 1) {
      let bytes: Buffer = original;
      for (let left = 1 + random(3); left > 0; left -= 1) bytes = mutations[random(mutations.length)]?.(bytes, random) ?? bytes;
      const verdict = judged(bytes);
      outcomes[verdict.outcome] += 1;
      if (verdict.outcome === 'refused') {
        expect(verdict.findings.length).toBeGreaterThan(0);
        continue;
      }
      expect(verifySignature(parse(bytes), envelopePlace).canonicalDigest).toBe(signed.canonicalDigest);
      expect(verdict.dossier).toEqual(first.dossier);
    }
    expect(outcomes.refused).toBeGreaterThan(TRIES / 5);
  });

  it('of its text alone never go through', () => {
    const random = generator(seed + 1);
    const content = original.indexOf('</NoiDung>');
    for (let index = 0; index < 100; index += 1) {
      const at = original.indexOf('>', random(content - 100)) + 1;
      const letter = original[at] ?? 0;
      if (!/[A-Za-z0-9]/.test(String.fromCharCode(letter)) || at >= content) continue;
      const changed = Buffer.from(original);
      changed[at] = letter === 0x39 ? 0x38 : letter + 1;
      expect([at, judged(changed).outcome]).toEqual([at, 'refused']);
    }
  });
});
