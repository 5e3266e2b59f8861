// Content → everything the standard says of it. `examine` works on signed and unsigned content alike and only yields findings and what the
// submission says of itself; `buildDossier` alone makes a Dossier, and it takes signed content and a trusted signer.
import { finding, shorten } from '../errors/outcomes.ts';
import type { Finding, Unavailable } from '../errors/outcomes.ts';
import type { Content, SignedContent } from '../signature/verify.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import type { Signer } from '../trust/path.ts';
import type { Budget } from '../xml/faults.ts';
import { placeOf } from '../xml/place.ts';
import type { Declared, Dossier, DossierFile, Sender } from './dossier.ts';
import { envelopeForms, readEnvelope } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { openFile } from './files.ts';
import { procedureCode } from './forms.ts';
import type { Procedure } from './procedures.ts';
import type { SignedDeclaration } from './rules/across-dossiers.ts';
import { applyRules, rulesOfEnvelope, rulesOfForms } from './rules/apply.ts';
import type { RuleSet } from './rule-sets.ts';
import type { RuleContext } from './rules/rule.ts';
import { typeFindings } from './rules/type-checks.ts';
import { judgeForm } from './schema-findings.ts';
import type { Schemas } from './schema.ts';
import type { SignatureReport } from './signature-report.ts';
import type { Standard } from './tables.ts';

/** What a submission is judged by. The digests of `standard` and `trust` stand in the receipt. */
export interface Rulebook {
  readonly standard: Standard;
  readonly schemas: Schemas;
  readonly trust: TrustMaterial;
  /** Judges by this set whatever is in force: for a set that is being prepared. */
  readonly ruleSet?: RuleSet;
  /** The OCSP answers at hand for these certificates, the same whenever it is asked during one judgement; absent when there are none. */
  readonly answersFor?: (certificates: readonly Certificate[]) => readonly OcspResponse[];
}

/** By which a submission received at that time is judged. */
export function ruleSetOf({ standard, ruleSet }: Pick<Rulebook, 'standard' | 'ruleSet'>, receivedAt: Date): RuleSet {
  return ruleSet ?? standard.ruleSetAt(receivedAt);
}

/** Real dossiers have a handful; each costs a signature to verify and a line of the receipt. */
const MOST_FILES = 500;

export interface Examination {
  readonly envelope: Envelope;
  /** What is filed, when it is in force. */
  readonly procedure: Procedure | undefined;
  readonly declared: Declared;
  readonly findings: readonly Finding[];
  /** Of the declarations inside. */
  readonly signatures: readonly SignatureReport[];
  /** Those whose signatures cover them. */
  readonly declarations: readonly SignedDeclaration[];
}

export interface ExaminationContext {
  readonly sender: Sender;
  readonly receivedAt: Date;
  readonly rulebook: Rulebook;
  readonly budget: Budget;
  /** Who signed the envelope, when that certificate is trusted. */
  readonly signer: Signer | undefined;
  /** Takes what is not known of the declarations' signers, see `SignatureContext`. */
  readonly undecided: Unavailable[];
}

export function examine(content: Content, { sender, receivedAt, rulebook, budget, signer, undecided }: ExaminationContext): Examination {
  const { standard, schemas } = rulebook;
  const envelope = readEnvelope(content);
  const procedure = procedureOf(envelope, standard, receivedAt);
  const judged = judgeForm(schemas, envelopeForms[envelope.kind], content, receivedAt);
  const opened = envelope.files.slice(0, MOST_FILES).map((file) => openFile({ envelope: content, taxCode: envelope.taxCode, rulebook, receivedAt, budget, undecided }, file));
  const files = opened.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const context: RuleContext = {
    envelope,
    procedure,
    standard,
    ruleSet: ruleSetOf(rulebook, receivedAt),
    sender,
    receivedAt,
    signer,
    placeOf: (field) => placeOf(content.document.bytes, content.root, field?.element ?? content.root),
    formCodes: opened.map(({ form }) => form),
    files,
    forms: opened.flatMap(({ content: read }) => (read === undefined ? [] : [read])),
  };
  const ofEnvelope = judged === undefined ? [] : [judged.content];
  const findings = [
    ...(envelope.files.length > MOST_FILES ? [finding('XML_LIMIT', { params: { limit: 'LIMIT_FILES', maximum: MOST_FILES } })] : []),
    ...(judged?.findings ?? []),
    ...applyRules(rulesOfEnvelope, context),
    ...opened.flatMap((file) => file.findings),
    ...typeFindings([...ofEnvelope, ...context.forms]),
    // The envelope has fields such as forms have: rules that name it read it like them.
    ...applyRules(rulesOfForms, { ...context, forms: [...ofEnvelope, ...context.forms] }),
  ];
  return {
    envelope,
    procedure,
    findings,
    signatures: opened.flatMap(({ signature }) => signature ?? []),
    declarations: opened.flatMap(({ declaration }) => declaration ?? []),
    declared: readDeclared(envelope, procedure, files),
  };
}

/** What a unit without a code files is known by its envelope. */
function procedureOf(envelope: Envelope, standard: Standard, receivedAt: Date): Procedure | undefined {
  if (envelope.kind === 'first-registration') return standard.firstRegistrationAt(receivedAt);
  return standard.procedureAt(procedureCode(envelope.procedure?.text ?? ''), receivedAt);
}

function readDeclared(envelope: Envelope, procedure: Procedure | undefined, files: readonly DossierFile[]): Declared {
  const named = envelope.kind === 'dossier' ? envelope : undefined;
  return {
    kind: envelope.kind,
    unitName: shorten(envelope.unitName?.text ?? ''),
    unitCode: shorten(named?.unitCode?.text ?? ''),
    taxCode: shorten(envelope.taxCode?.text ?? ''),
    agency: shorten(envelope.agency?.text ?? ''),
    procedure: procedure?.code ?? shorten(procedureCode(named?.procedure?.text ?? '')),
    procedureName: procedure?.name ?? '',
    period: shorten(named?.period?.text ?? ''),
    filedOn: shorten(envelope.filedOn?.text ?? ''),
    files,
  };
}

/** The dossier of a submission in which nothing was found that refuses it. */
export function buildDossier(_signed: SignedContent, signer: Signer, { declared, procedure }: Examination, rulebook: Rulebook, receivedAt: Date): Dossier {
  if (procedure === undefined) throw new Error('a dossier without a known procedure passed the rules');
  const { dueOption, receptionSlipMinutes, returnWorkingDays } = ruleSetOf(rulebook, receivedAt).clocks;
  return {
    ...declared,
    workingDays: procedure.workingDays,
    dueOption,
    receptionSlipMinutes,
    returnWorkingDays,
    signer: {
      name: signer.commonName,
      serialNumber: signer.certificate.serialNumber,
      taxCodes: signer.taxCodes,
      issuer: signer.certificate.issuer,
    },
  };
}
