// The same judge without a gateway: for a sender's own machine, and for a browser. What only a gateway knows – contracts, registers, dossiers
// filed before – is not asked. Without trust material nobody's certificate can be believed, so the best answer then is "not known yet".
import type { FindingCode } from '../errors/findings.ts';
import { Unavailable } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import type { PublishedFinding } from '../errors/published.ts';
import type { Declared, Sender } from '../standard/dossier.ts';
import { namedSender } from '../standard/named-sender.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Rulebook } from '../standard/validate.ts';
import { noTrustMaterial } from '../trust/material.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { judge } from './judge.ts';

export interface OfflineQuestion {
  readonly bytes: Buffer;
  /** The instant to judge at, as if the dossier were received then. */
  readonly at: Date;
  readonly standard: Rulebook['standard'];
  readonly schemas: Rulebook['schemas'];
  readonly trust: TrustMaterial | undefined;
  /** Who will hand it in; by default whoever the dossier names. */
  readonly sender?: Sender;
}

export interface OfflineVerdict {
  readonly outcome: 'accepted' | 'refused' | 'indeterminate';
  readonly declared: Declared | undefined;
  readonly findings: readonly PublishedFinding[];
  readonly signatures: readonly SignatureReport[];
  /** Why nothing can be said for certain: no trust material, or revocation data missing or out of date. */
  readonly open: 'TRUST' | 'REVOCATION' | undefined;
}

const ofTrust: ReadonlySet<FindingCode> = new Set(['NO_CERTIFICATE_CHAIN_FOUND']);

export function judgeOffline({ bytes, at, standard, schemas, trust, sender = namedSender(bytes) }: OfflineQuestion): OfflineVerdict {
  try {
    const verdict = judge({ bytes, sender, receivedAt: at }, { standard, schemas, trust: trust ?? noTrustMaterial() });
    const found = trust === undefined ? verdict.findings.filter(({ code }) => !ofTrust.has(code)) : verdict.findings;
    const findings = found.map(publishedFinding);
    const { declared, signatures } = verdict;
    const refused = findings.some(({ severity }) => severity === 'refuse');
    if (trust === undefined && !refused) return { outcome: 'indeterminate', declared, findings, signatures, open: 'TRUST' };
    return { outcome: verdict.outcome, declared, findings, signatures, open: undefined };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { outcome: 'indeterminate', declared: undefined, findings: [], signatures: [], open: 'REVOCATION' };
  }
}
