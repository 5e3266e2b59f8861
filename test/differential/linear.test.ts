// Guarantee: reading costs at most a constant number of steps an octet over generated and changed documents too, not only over those that
// test/xml/linear.test.ts builds to be dear.
import { describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { readOrRefuse } from './compare.ts';
import { makeDocument } from './documents.ts';
import { mutate } from './mutations.ts';
import { randomFrom } from './random.ts';

const MOST_STEPS = 12;
const DOCUMENTS = 10_000;

describe('the steps of reading', () => {
  it(`are at most ${MOST_STEPS} an octet in ${DOCUMENTS} generated documents`, () => {
    const random = randomFrom(20261123);
    let read = 0;
    let most = 0;
    for (let index = 0; index < DOCUMENTS; index += 1) {
      const made = makeDocument(random);
      const bytes = index % 2 === 0 ? made : mutate(random, made);
      const document = readOrRefuse(bytes);
      if (document instanceof Refusal) continue;
      read += 1;
      most = Math.max(most, document.steps / bytes.length);
    }
    expect(most).toBeLessThan(MOST_STEPS);
    expect(read).toBeGreaterThan(DOCUMENTS / 2);
  });
});
