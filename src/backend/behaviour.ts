// A backend told to fail: the faults that tests and demonstrations of a gateway need from a real one. Reached through the object that
// `startBackend` returns; a program has its scenario from BACKEND_SCENARIO. What it says wrongly never becomes the dossier's answer.
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { issueCertificate } from '../development/certificates.ts';
import { issueWith } from '../receipts/issue.ts';
import type { Issue } from '../receipts/issue.ts';
import { readIdentity } from '../signature/identity.ts';
import type { Outcome } from './labour.ts';
import { messageXml } from './messages.ts';
import type { About, Saying } from './messages.ts';
import { vanishes } from './scenario.ts';
import type { Scenario } from './scenario.ts';

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
  /** So many requests find nobody: their connection is destroyed before anything is done. */
  vanishNext: number;
  /** What it does wrong by itself, to which dossiers. */
  scenario: Scenario;
  /** Requests so far, which the scenario counts by. */
  requests: number;
}

export function behaviourOf(scenario: Scenario): Behaviour {
  return { failNext: 0, dropNext: 0, delayMs: 0, vanishNext: 0, scenario, requests: 0 };
}

/** Whether this request finds nobody. */
export function isAway(behaviour: Behaviour): boolean {
  behaviour.requests += 1;
  return takeFault(behaviour, 'vanishNext') || vanishes(behaviour.scenario, behaviour.requests - 1);
}

/** Uses up one of the faults ordered, if any is left. */
export function takeFault(behaviour: Behaviour, fault: 'failNext' | 'dropNext' | 'vanishNext'): boolean {
  if (behaviour[fault] <= 0) return false;
  behaviour[fault] -= 1;
  return true;
}

/** Ends early when the signal says so. */
export async function linger({ delayMs }: Behaviour, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
}

export function wrongAnswer(fault: 'other-dossier' | 'wrong-key', about: About, outcome: Outcome, issue: Issue): Promise<Buffer> {
  const saying: Saying = { kind: 'KETQUA_XULY', outcome, documents: [] };
  if (fault === 'other-dossier') return issue(messageXml({ ...about, digest: createHash('sha256').update(about.digest).digest('hex') }, saying));
  return issueAsStranger(about.at)(messageXml(about, saying));
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
