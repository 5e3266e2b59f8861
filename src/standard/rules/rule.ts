// What a business rule is: one finding code, and a small pure function from what was read to what is wrong. Rules read fields only where the
// schema let them be; what is missing is the schema's finding, not theirs. A rule's id is its code; sentences, action and clause are the code's.
import type { FindingCode } from '../../errors/findings.ts';
import type { Finding, Place } from '../../errors/outcomes.ts';
import type { Signer } from '../../trust/path.ts';
import type { Sender } from '../dossier.ts';
import type { Envelope, Field } from '../envelope.ts';
import type { FormContent } from '../form-content.ts';
import type { RuleSet } from '../rule-sets.ts';
import type { Standard } from '../tables.ts';

export interface RuleContext {
  readonly envelope: Envelope;
  /** Form code of every file, in their order; CT-DK for attachments. */
  readonly formCodes: readonly string[];
  /** Every structured file that could be read. */
  readonly forms: readonly FormContent[];
  readonly standard: Standard;
  /** By which the submission is judged. */
  readonly ruleSet: RuleSet;
  readonly sender: Sender;
  readonly receivedAt: Date;
  /** Who signed the envelope, when that certificate is trusted. */
  readonly signer: Signer | undefined;
  /** Of a field of the envelope. */
  readonly placeOf: (field: Field) => Place;
}

/** What the finding's sentences name in braces. */
export type Params = Readonly<Record<string, string | number>>;

/** Judges each record of a list of a form by some of its fields. */
export interface RowRule {
  readonly kind: 'row';
  readonly code: FindingCode;
  readonly forms: readonly string[];
  /** The list's path; `NoiDung/LaoDong` unless said. */
  readonly list?: string;
  readonly fields: readonly string[];
  /** Sees the texts of `fields`, '' where one is absent; undefined when all is well. The finding stands at the first field. */
  wrong(texts: readonly string[], context: RuleContext): Params | undefined;
}

/** Judges a form as a whole. */
export interface FormRule {
  readonly kind: 'form';
  readonly code: FindingCode;
  readonly forms: readonly string[];
  check(form: FormContent, context: RuleContext): Iterable<Finding>;
}

/** Judges the envelope and all forms together. */
export interface DossierRule {
  readonly kind: 'dossier';
  readonly code: FindingCode;
  check(context: RuleContext): Iterable<Finding>;
}

export type Rule = RowRule | FormRule | DossierRule;
