// What a business rule is: one finding code, and a small pure function from what was read to what is wrong. Rules read fields only where the
// schema let them be; what is missing is the schema's finding, not theirs. A rule's id is its code; sentences, action and clause are the code's.
import type { FindingCode } from '../../errors/findings.ts';
import type { Finding, Place } from '../../errors/outcomes.ts';
import type { Signer } from '../../trust/path.ts';
import type { DossierFile, Sender } from '../dossier.ts';
import type { Envelope, FirstRegistration, UnitDossier } from '../envelope.ts';
import type { FormContent } from '../form-content.ts';
import type { Procedure } from '../procedures.ts';
import type { RuleSet } from '../rule-sets.ts';
import type { Standard } from '../tables.ts';
import type { XmlElement } from '../../xml/document.ts';

export interface RuleContext {
  readonly envelope: Envelope;
  /** What is filed, when it is in force: the procedure that the dossier names, or that of first registrations. */
  readonly procedure: Procedure | undefined;
  /** Form code of every file, in their order; CT-DK for attachments. */
  readonly formCodes: readonly string[];
  /** What every file is that could be decoded. */
  readonly files: readonly DossierFile[];
  /** Every structured file that could be read. */
  readonly forms: readonly FormContent[];
  readonly standard: Standard;
  /** By which the submission is judged. */
  readonly ruleSet: RuleSet;
  readonly sender: Sender;
  readonly receivedAt: Date;
  /** Who signed the envelope, when that certificate is trusted. */
  readonly signer: Signer | undefined;
  /** Of a field or another element of the envelope; where there is none, of the envelope. */
  readonly placeOf: (field: { readonly element: XmlElement } | undefined) => Place;
}

/** What the finding's sentences name in braces. */
export type Params = Readonly<Record<string, string | number>>;

/** Judges each record of a list of a form by some of its fields. */
export interface RowRule {
  readonly kind: 'row';
  readonly code: FindingCode;
  readonly forms: readonly string[];
  /** Paths of the lists; `NoiDung/LaoDong` alone unless said. Lists that a form does not have are passed over. */
  readonly lists?: readonly string[];
  readonly fields: readonly string[];
  /**
   * Sees the texts of `fields`, '' where one is absent, in an array that is filled anew for the next record; undefined when all is well.
   * The finding stands at the first field.
   */
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

export function rowRule(code: FindingCode, forms: readonly string[], fields: readonly string[], wrong: RowRule['wrong'], lists?: readonly string[]): RowRule {
  return { kind: 'row', code, forms, fields, wrong, ...(lists === undefined ? {} : { lists }) };
}

export function formRule(code: FindingCode, forms: readonly string[], check: FormRule['check']): FormRule {
  return { kind: 'form', code, forms, check };
}

export function dossierRule(code: FindingCode, check: DossierRule['check']): DossierRule {
  return { kind: 'dossier', code, check };
}

/** Says nothing of a first registration. */
export function unitDossierRule(code: FindingCode, check: (context: RuleContext & { readonly envelope: UnitDossier }) => Iterable<Finding>): DossierRule {
  return dossierRule(code, (context) => {
    const { envelope } = context;
    return envelope.kind === 'dossier' ? check({ ...context, envelope }) : [];
  });
}

/** Speaks of first registrations alone. */
export function firstRegistrationRule(code: FindingCode, check: (context: RuleContext & { readonly envelope: FirstRegistration }) => Iterable<Finding>): DossierRule {
  return dossierRule(code, (context) => {
    const { envelope } = context;
    return envelope.kind === 'first-registration' ? check({ ...context, envelope }) : [];
  });
}

export type Rule = RowRule | FormRule | DossierRule;
