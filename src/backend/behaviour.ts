// A backend told to fail: the faults that tests and demonstrations of a gateway need from a real one. Reached only through the object that
// `startBackend` returns; the program has no setting for it. What it says wrongly is never stored, so that the right answer stays the right one.
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { issueCertificate } from '../development/certificates.ts';
import { issueWith } from '../receipts/issue.ts';
import type { Issue } from '../receipts/issue.ts';
import { readIdentity } from '../signature/identity.ts';
import { answerXml } from './answer.ts';
import type { AnswerFacts } from './answer.ts';

/** Changed at will while the backend runs. */
export interface Behaviour {
  /** So many requests about dossiers are answered 503, with nothing done. */
  failNext: number;
  /** So many receptions are stored and their connection is then destroyed instead of answered. */
  dropNext: number;
  /** Waited between the work and its answer. */
  delayMs: number;
  /** Gives out a due answer about another dossier, or signed by a key that nobody trusts. */
  answerWith?: 'other-dossier' | 'wrong-key' | undefined;
}

export function faultless(): Behaviour {
  return { failNext: 0, dropNext: 0, delayMs: 0 };
}

/** Uses up one of the faults ordered, if any is left. */
export function takeFault(behaviour: Behaviour, fault: 'failNext' | 'dropNext'): boolean {
  if (behaviour[fault] <= 0) return false;
  behaviour[fault] -= 1;
  return true;
}

/** Ends early when the signal says so. */
export async function linger({ delayMs }: Behaviour, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
}

export function wrongAnswer(fault: 'other-dossier' | 'wrong-key', facts: AnswerFacts, issue: Issue): Promise<Buffer> {
  if (fault === 'other-dossier') return issue(answerXml({ ...facts, digest: createHash('sha256').update(facts.digest).digest('hex') }));
  return issueAsStranger(facts.at)(answerXml(facts));
}

function issueAsStranger(at: Date): Issue {
  const day = 86_400_000;
  const stranger = issueCertificate({
    subject: { CN: 'Stranger (told to fail)' },
    notBefore: new Date(at.getTime() - day),
    notAfter: new Date(at.getTime() + day),
    keyUsage: ['digitalSignature', 'nonRepudiation'],
  });
  return issueWith(readIdentity(stranger.certificatePem, stranger.privateKeyPem));
}
