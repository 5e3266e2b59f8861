// Guarantee: of what an agency answers, only that is believed which a certificate of that agency signed, about the very dossier it was asked for.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { readAnswer } from '../../src/results/answer.ts';
import type { Answer, Expected } from '../../src/results/answer.ts';
import { answerXml } from '../support/agency-answer.ts';
import { fingerprintOf } from '../support/site.ts';
import { createWorld } from '../client/support.ts';
import type { World } from '../client/support.ts';

const digest = 'ab'.repeat(32);
const dossierNumber = '00001/2026/00101';

let world: World;
beforeAll(async () => { world = await createWorld(); });

async function answerOf(changes: Partial<Parameters<typeof answerXml>[0]> & { readonly code?: string } = {}, signer: 'agency' | 'gateway' = 'agency'): Promise<Buffer> {
  const { code = '200', ...facts } = changes;
  const decision = { code, text: 'Đã giải quyết', agency: '00101' };
  return issueWith(world[signer])(answerXml({ digest, dossierNumber, transactionCode: 'GD1', decision, at: world.now, ...facts }));
}

function read(bytes: Buffer, changes: Partial<Expected> = {}): Answer {
  const signers = new Set([fingerprintOf(world.pki.agencySigning.certificatePem)]);
  return readAnswer(bytes, { digest, dossierNumber, signers, ...changes }, world.trust, world.now);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.findings.map(({ code, params }) => `${code} ${params['found'] ?? ''}`.trim()).join();
    throw error;
  }
  return 'believed';
}

describe('an agency’s answer', () => {
  it('is believed when it is signed by the agency and about the dossier', async () => {
    expect(read(await answerOf())).toMatchObject({ digest, dossierNumber, code: '200', text: 'Đã giải quyết', unitCode: '' });
    const named = await answerOf({ decision: { code: '200', text: '', agency: '00101', unitCode: 'TZ00001' } });
    expect(read(named).unitCode).toBe('TZ00001');
  });

  it('is not when another trusted certificate signed it', async () => {
    const bytes = await answerOf({}, 'gateway');
    expect(codeOf(() => read(bytes))).toBe('ANSWER_SIGNER');
  });

  it('is not when it is about other octets, another number, or decides nothing', async () => {
    const others = await answerOf({ digest: 'cd'.repeat(32) });
    expect(codeOf(() => read(others))).toBe(`ANSWER_MISMATCH ${dossierNumber} cdcdcdcdcdcd`);
    const renumbered = await answerOf({ dossierNumber: '00002/2026/00101' });
    expect(codeOf(() => read(renumbered))).toBe('ANSWER_MISMATCH 00002/2026/00101 abababababab');
    const misnamed = await answerOf({ decision: { code: '200', text: '', agency: '00101', unitCode: 'tz 1' } });
    expect(codeOf(() => read(misnamed))).toBe('ANSWER_MISMATCH MA_DVI tz 1');
    const undecided = await answerOf({ code: '' });
    expect(codeOf(() => read(undecided))).toBe('ANSWER_MISMATCH MA_KQUA ∅');
  });
});
