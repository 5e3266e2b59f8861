// The files of an envelope: base64 → octets, DoDaiFile in both meanings seen in the field, and, for structured forms, a document of its own
// with its own signature in `<Form>/Cky`, its own trust, tax code and schema.
import { createHash } from 'node:crypto';

import { finding, shorten } from '../errors/outcomes.ts';
import type { Finding, Place, Unavailable } from '../errors/outcomes.ts';
import { readUnsigned } from '../signature/verify.ts';
import type { Content } from '../signature/verify.ts';
import { decodeBase64, decodeBase64Octets } from '../xml/base64.ts';
import type { Budget } from '../xml/faults.ts';
import { parse } from '../xml/parse.ts';
import { placeOf } from '../xml/place.ts';
import { plainOctetsOf, textOf } from '../xml/text.ts';
import { attempt } from './attempt.ts';
import type { DossierFile } from './dossier.ts';
import type { EnvelopeFile, Field } from './envelope.ts';
import { unknownContent } from './form-content.ts';
import type { FormContent } from './form-content.ts';
import { attachmentForm, formCode, formNamed, formOfRoot, formVersionAt, isXmlExtension } from './forms.ts';
import type { Form } from './forms.ts';
import { declarationPlace } from './kind.ts';
import { judgeForm } from './schema-findings.ts';
import { judgeSignature } from './judge-signature.ts';
import { batchOf } from './rules/across-dossiers.ts';
import type { SignedDeclaration } from './rules/across-dossiers.ts';
import type { SignatureReport } from './signature-report.ts';
import { taxCodeFindings } from './signer.ts';
import type { Rulebook } from './validate.ts';

export interface FileContext {
  readonly envelope: Content;
  readonly taxCode: Field | undefined;
  readonly rulebook: Rulebook;
  readonly receivedAt: Date;
  /** Shared by the envelope and all its files. */
  readonly budget: Budget;
  /** Takes what is not known of signers, see `SignatureContext`. */
  readonly undecided: Unavailable[];
}

export interface OpenedFile {
  /** Absent when its content cannot be read. */
  readonly file: DossierFile | undefined;
  readonly form: string;
  readonly findings: readonly Finding[];
  /** Absent for an attachment, and for what carries none. */
  readonly signature?: SignatureReport;
  /** What a structured form says; absent when it cannot be read. */
  readonly content?: FormContent;
  /** Absent unless its signature covers it. */
  readonly declaration?: SignedDeclaration;
}

interface JudgedDeclaration {
  readonly form: string | undefined;
  readonly findings: readonly Finding[];
  readonly signature?: SignatureReport | undefined;
  readonly content?: FormContent;
  readonly declaration?: SignedDeclaration | undefined;
}

export function openFile(context: FileContext, file: EnvelopeFile): OpenedFile {
  const { document, root } = context.envelope;
  const named = formNamed(context.rulebook.standard.forms, file.form?.text ?? '');
  const written = named?.code ?? shorten(formCode(file.form?.text ?? ''));
  if (file.content === undefined) return { file: undefined, form: written, findings: [] };
  const name = shorten(file.name?.text ?? '');
  const plain = plainOctetsOf(document, file.content);
  const encoded = plain === undefined ? textOf(document, file.content) : '';
  const decoded = plain === undefined ? decodeBase64(encoded) : decodeBase64Octets(plain);
  if (decoded === undefined) {
    const place: Place = { file: name, ...placeOf(document.bytes, root, file.content) };
    return { file: undefined, form: written, findings: [finding('FILE_CONTENT_BASE64', { place })] };
  }
  const findings = lengthFindings(context, file, name, decoded.length, plain?.length ?? encoded.length);
  const isXml = isXmlExtension(file.extension?.text ?? '');
  const structured = written !== attachmentForm && (named !== undefined || isXml);
  const judged = structured ? judgeDeclaration(context, decoded, name, named) : { form: attachmentForm, findings: [] };
  const form = judged.form ?? written;
  const digest = createHash('sha256').update(decoded).digest('hex');
  return {
    file: { name, form, size: decoded.length, digest },
    form,
    findings: [...findings, ...judged.findings.map((entry) => asDeclarationFinding(entry, name))],
    ...(judged.signature === undefined ? {} : { signature: judged.signature }),
    ...(judged.content === undefined ? {} : { content: judged.content }),
    ...(judged.declaration === undefined ? {} : { declaration: judged.declaration }),
  };
}

/** DoDaiFile is the octets of the file for some vendors and the characters of its base64 for others, with or without white space (wire-format §1.2). */
function lengthFindings({ envelope }: FileContext, file: EnvelopeFile, name: string, decoded: number, written: number): Finding[] {
  if (file.length === undefined || !/^\d{1,15}$/.test(file.length.text)) return [];
  const declared = Number(file.length.text);
  const encoded = 4 * Math.ceil(decoded / 3);
  if (declared === decoded || declared === encoded || declared === written) return [];
  const place = { file: name, ...placeOf(envelope.document.bytes, envelope.root, file.length.element) };
  return [finding('FILE_LENGTH', { place, value: file.length.text, params: { declared, decoded, encoded } })];
}

/** Judges a structured form and says which it is: what MaToKhai names when that is a form, otherwise what the root element is called. */
function judgeDeclaration({ rulebook, receivedAt, taxCode, budget, undecided }: FileContext, bytes: Buffer, name: string, named: Form | undefined): JudgedDeclaration {
  const findings: Finding[] = [];
  const document = attempt(findings, () => parse(bytes, budget));
  if (document === undefined) return { form: named?.code, findings };
  const root = document.root.local;
  if (named !== undefined && !named.versions.some((version) => version.root === root)) {
    const expected = (formVersionAt(named, receivedAt) ?? named.versions.at(-1))?.root ?? named.code;
    return { form: named.code, findings: [finding('ENVELOPE_ROOT', { place: placeOf(bytes, document.root, document.root), params: { expected, found: root } })] };
  }
  const code = (named ?? formOfRoot(rulebook.standard.forms, root, receivedAt))?.code ?? root;
  const place = declarationPlace(root);
  const { signed, signer, report, findings: ofSignature } = judgeSignature(document, place, 'declaration', { ...rulebook, receivedAt, undecided }, name);
  findings.push(...ofSignature);
  if (signed !== undefined) findings.push(...taxCodeFindings(signer, taxCode, () => signed.place));
  const content = signed ?? readUnsigned(document, place);
  const judged = judgeForm(rulebook.schemas, code, content, receivedAt, name);
  findings.push(...(judged?.findings ?? [finding('FORM_WITHOUT_SCHEMA', { params: { form: code } })]));
  const read = judged?.content ?? unknownContent(content, code, name);
  const declaration = signed && { form: code, contentDigest: signed.canonicalDigest, place: read.place({ text: '', element: content.root }), batch: batchOf(read) };
  return { form: code, findings, signature: report, content: read, declaration };
}

/** Findings inside a file carry its name; an unsigned declaration has the agency's own code. */
function asDeclarationFinding(entry: Finding, file: string): Finding {
  const code = entry.code === 'SIGNATURE_MISSING' ? 'DECLARATION_UNSIGNED' : entry.code;
  return { ...entry, code, place: { ...entry.place, file } };
}
