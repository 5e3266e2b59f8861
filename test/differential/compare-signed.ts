// Our judgement of signed documents beside other verifiers': what we accept they accept, with the content that was signed; what they accept
// and we refuse, we refuse by a rule with a name (`signature-rules.ts`).
import { Refusal } from '../../src/errors/outcomes.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { parse } from '../../src/xml/parse.ts';
import { randomFrom } from './random.ts';
import { milderSignatureRuleFor, stricterSignatureRuleFor } from './signature-rules.ts';
import type { Kind, Witness } from './signed.ts';
import { changeSigned, readOriginal } from './signed-mutations.ts';

const place = { path: ['Hoso', 'CKy_Dvi'], appendix: 'CKy_iVan' } as const;

/** Absent: the signature is judged, its signer is not. */
export interface Trust {
  readonly material: TrustMaterial;
  readonly at: Date;
}

export type Judgement =
  | { readonly accepted: true; readonly canonicalDigest: string; readonly warnings: readonly FindingCode[] }
  | { readonly accepted: false; readonly code: FindingCode; readonly reason: string | undefined };

/** Anything thrown that is no refusal is a bug, and thrown on. */
export function judgeSigned(bytes: Buffer, trust?: Trust): Judgement {
  try {
    const { certificate, canonicalDigest, warnings } = verifySignature(parse(bytes), place);
    if (trust !== undefined) trustSigner(parseCertificate(certificate), trust.material, trust.at, 'signature');
    return { accepted: true, canonicalDigest, warnings: warnings.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [first] = error.findings;
    if (first === undefined) throw new Error('a refusal without a finding', { cause: error });
    return { accepted: false, code: first.code, reason: first.params['reason'] };
  }
}

export interface Changed {
  readonly kind: Kind;
  readonly sort: string;
  readonly bytes: Buffer;
}

export function changedDocuments(kinds: readonly Kind[], seed: number, each: number): Changed[] {
  return kinds.flatMap((kind, index) => {
    const random = randomFrom(seed + index);
    const original = readOriginal(kind.bytes);
    return Array.from({ length: each }, () => ({ kind, ...changeSigned(random, original) }));
  });
}

export interface SignedDifference {
  readonly kind: string;
  readonly sort: string;
  readonly what: string;
  readonly document: string;
}

export interface SignedComparison {
  readonly bothAccept: number;
  readonly bothRefuse: number;
  readonly ruled: ReadonlyMap<string, number>;
  readonly differences: readonly SignedDifference[];
}

/** `accepted` says for each document whether the witness took it. */
export function compareSigned(witness: Witness, documents: readonly Changed[], accepted: readonly boolean[], trust?: Trust): SignedComparison {
  const signed = new Map<Kind, Judgement>();
  const ruled = new Map<string, number>();
  const differences: SignedDifference[] = [];
  const count = (rule: string): void => { ruled.set(rule, (ruled.get(rule) ?? 0) + 1); };
  let bothAccept = 0;
  let bothRefuse = 0;
  for (const [index, { kind, sort, bytes }] of documents.entries()) {
    const theirs = accepted[index] === true;
    const ours = judgeSigned(bytes, trust);
    const original = signed.get(kind) ?? judgeSigned(kind.bytes, trust);
    signed.set(kind, original);
    const differs = (what: string): void => { differences.push({ kind: kind.name, sort, what, document: bytes.toString() }); };
    if (ours.accepted) {
      if (!original.accepted || ours.canonicalDigest !== original.canonicalDigest) differs('accepted with other content');
      else if (theirs) bothAccept += 1;
      else if (kind.unwitnessed[witness] === undefined) {
        const rule = milderSignatureRuleFor(witness, parse(bytes), ours.warnings);
        if (rule === undefined) differs(`accepted; ${witness} refuses`);
        else count(rule);
      }
      continue;
    }
    if (!theirs) {
      bothRefuse += 1;
      continue;
    }
    const rule = stricterSignatureRuleFor(witness, ours.code, ours.reason);
    if (rule === undefined) differs(`refused by ${ours.code} ${ours.reason ?? ''}; ${witness} accepts`);
    else count(rule);
  }
  return { bothAccept, bothRefuse, ruled, differences: differences.toSorted((a, b) => a.document.length - b.document.length) };
}
