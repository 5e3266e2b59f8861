// The examples of the rules (src/standard/examples/*.json) made into signed dossiers and judged: every form starts from the sample beside its
// schema, exactly one thing is changed, everything is signed with keys made on the spot, and the gateway's own judge decides.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { issueCertificate } from '../../src/development/certificates.ts';
import { createDevelopmentPki, daysAfter } from '../../src/development/pki.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import { signEnveloped } from '../../src/signature/sign.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import type { Sender } from '../../src/standard/dossier.ts';
import { envelopeForm, envelopeForms } from '../../src/standard/envelope.ts';
import { allowedForms } from '../../src/standard/procedures.ts';
import type { Procedure } from '../../src/standard/procedures.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import type { Schemas } from '../../src/standard/schema.ts';
import type { Standard } from '../../src/standard/standard.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Rulebook } from '../../src/standard/validate.ts';
import { identityOf, materialOf } from './pki.ts';

const firstRegistrationForm = envelopeForms['first-registration'];

/** When every example is received. */
export const examplesReceivedAt = new Date('2026-11-20T09:00:00+07:00');

const folder = packageFile('src', 'standard', 'examples');

export interface ExampleChange {
  /** Occurs exactly once in the document, or matches exactly once when `regex`. */
  readonly find: string;
  readonly replace: string;
  readonly regex?: boolean;
  /** The document changed, when it is another than the example's `form`; `Hoso` is the envelope. */
  readonly form?: string;
}

export interface Example {
  readonly rule: FindingCode;
  /** A test that shows the rule, where that needs more than one dossier: its file, which names the code. */
  readonly where?: string;
  readonly form?: string;
  readonly changes?: readonly ExampleChange[];
  /** The first that takes the form, unless said. */
  readonly procedure?: string;
  /** `Hoso-DKLanDau` for a first registration that has `form` inside. */
  readonly envelope?: string;
  /** Forms besides the required ones and `form`. */
  readonly with?: readonly string[];
  /** Codes the change entails besides. */
  readonly also?: readonly FindingCode[];
  /** Who sends: an I-VAN's code, or `direct`; whom the envelope names, unless said. */
  readonly sender?: string;
  /** Whose certificate signs: its CN and the user ids besides the tax code. */
  readonly certificate?: { readonly commonName: string; readonly userIds?: readonly string[] };
}

/** By group: the file's name without `.json`. */
export function readExamples(): ReadonlyMap<string, readonly Example[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted();
  return new Map(files.map((name) => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as readonly Example[]]));
}

/** The valid document a form's examples start from. */
export function sampleOf(form: string): string {
  const versions = existsSync(packageFile('schemas', form)) ? readdirSync(packageFile('schemas', form)).map(Number).filter(Number.isInteger) : [];
  const file = packageFile('schemas', form, String(Math.max(0, ...versions)), 'sample.xml');
  if (!existsSync(file)) throw new Error(`${form} has no sample.xml`);
  return readFileSync(file, 'utf8');
}

export function applyChange(xml: string, { find, replace, regex = false }: ExampleChange): string {
  const pattern = new RegExp(regex ? find : find.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu');
  const count = [...xml.matchAll(pattern)].length;
  if (count !== 1) throw new Error(`${find} occurs ${count} times`);
  return regex ? xml.replace(pattern, replace) : xml.replace(pattern, () => replace);
}

export interface Stage {
  readonly rulebook: Rulebook & { readonly schemas: Schemas };
  readonly judgeExample: (example: Omit<Example, 'rule'>) => Promise<Verdict>;
  /** The signed dossier of an example. */
  readonly dossierOf: (example: Omit<Example, 'rule'>) => Promise<Buffer>;
  /** Signs for the unit, in the element at `path`. */
  readonly sign: (xml: string, path: string) => Promise<Buffer>;
  /** Sent by the I-VAN that the envelope names, or directly when it names none. */
  readonly judge: (bytes: Buffer) => Verdict;
}

export async function createStage(): Promise<Stage> {
  const pki = await createDevelopmentPki({ now: examplesReceivedAt });
  const rulebook = { standard: loadStandard(), schemas: createSchemas(), trust: materialOf(pki) };
  const employer = identityOf(pki.employer);
  const signedSamples = new Map<string, Promise<Buffer>>();

  const identityFor = ({ certificate }: Omit<Example, 'rule'>): SigningIdentity => {
    if (certificate === undefined) return employer;
    const { commonName, userIds = [] } = certificate;
    const validity = { notBefore: daysAfter(examplesReceivedAt, -30), notAfter: daysAfter(examplesReceivedAt, 300) };
    return identityOf(issueCertificate({ subject: { C: 'VN', CN: commonName }, uids: ['MST:0101300842', ...userIds], keyUsage: ['digitalSignature', 'nonRepudiation'], issuer: pki.subordinate, ...validity }));
  };

  const formFile = async (form: string, example: Omit<Example, 'rule'>): Promise<Buffer> => {
    const changes = changesOf(example, form);
    const signed = (): Promise<Buffer> => sign(changes.reduce(applyChange, sampleOf(form)), `${rootOf(sampleOf(form))}/Cky`, employer);
    if (changes.length > 0) return signed();
    const known = signedSamples.get(form) ?? signed();
    signedSamples.set(form, known);
    return known;
  };

  /** The sample holds its own declaration: that of a unit with a code would not fit. */
  const firstRegistrationOf = async (example: Omit<Example, 'rule'>): Promise<Buffer> => {
    const sample = sampleOf(firstRegistrationForm);
    const declaration = Buffer.from(/(?<=<NoiDungFile>)[^<]*/.exec(sample)?.[0] ?? '', 'base64').toString('utf8');
    const own = await sign(changesOf(example, 'TK3-TS').reduce(applyChange, declaration), 'TK3-TS/Cky', employer);
    const others = await Promise.all((example.with ?? []).map(async (code) => ({ code, bytes: await formFile(code, example) })));
    const envelope = applyChange(sample, filesChange([{ code: 'TK3-TS', bytes: own }, ...others]));
    return sign(changesOf(example, firstRegistrationForm).reduce(applyChange, envelope), 'Hoso/CKy_Dvi', identityFor(example));
  };

  const dossierOf = async (example: Omit<Example, 'rule'>): Promise<Buffer> => {
    if (example.envelope === firstRegistrationForm || example.form === firstRegistrationForm) return firstRegistrationOf(example);
    const { form = envelopeForm, with: others = [] } = example;
    const procedure = rulebook.standard.procedureAt(example.procedure ?? firstProcedureFor(rulebook.standard, form), examplesReceivedAt);
    if (procedure === undefined) throw new Error(`no procedure takes ${form}`);
    const own = [...(form === envelopeForm ? [] : [form]), ...others];
    // What is required, and the first of each choice of which the example brings none.
    const chosen = procedure.requiredOneOf.filter((choice) => !choice.some((code) => own.includes(code))).flatMap(([first]) => first ?? []);
    const forms = [...new Set([...procedure.requiredForms, ...chosen, ...own])];
    const files = await Promise.all(forms.map(async (code) => ({ code, bytes: await formFile(code, example) })));
    const envelope = changesOf(example, envelopeForm).reduce(applyChange, fillEnvelope(sampleOf(envelopeForm), procedure, files));
    return sign(envelope, 'Hoso/CKy_Dvi', identityFor(example));
  };

  return {
    rulebook,
    dossierOf,
    sign: (xml, path) => sign(xml, path, employer),
    judge: (bytes) => judgeAs(senderOf(bytes), bytes, rulebook),
    judgeExample: async (example) => {
      const bytes = await dossierOf(example);
      return judgeAs(example.sender === undefined ? senderOf(bytes) : senderNamed(example.sender), bytes, rulebook);
    },
  };
}

function judgeAs(sender: Sender, bytes: Buffer, rulebook: Rulebook): Verdict {
  return judge({ bytes, sender, receivedAt: examplesReceivedAt }, rulebook);
}

function senderOf(bytes: Buffer): Sender {
  return senderNamed(/<MaI(?:VAN|Van)>\s*(\d+)\s*</.exec(bytes.toString('utf8'))?.[1] ?? 'direct');
}

function senderNamed(code: string): Sender {
  const contract = { state: 'active', from: daysAfter(examplesReceivedAt, -300), until: daysAfter(examplesReceivedAt, 300) } as const;
  return code === 'direct' ? { kind: 'direct' } : { kind: 'ivan', code, contract };
}

function changesOf({ form = envelopeForm, changes = [] }: Omit<Example, 'rule'>, document: string): readonly ExampleChange[] {
  return changes.filter((change) => (change.form ?? form) === document);
}

/** The first procedure that takes the form; of the envelope the first of all. */
function firstProcedureFor({ datedProcedures, procedureAt }: Standard, form: string): string {
  const takes = [...datedProcedures.keys()].find((code) => {
    const procedure = procedureAt(code, examplesReceivedAt);
    return procedure !== undefined && (form === envelopeForm || allowedForms(procedure).has(form));
  });
  return takes ?? '';
}

function rootOf(xml: string): string {
  return /<([\w.-]+)[\s/>]/.exec(xml.replace(/<[?!][^>]*>/g, ''))?.[1] ?? '';
}

interface FormFile {
  readonly code: string;
  readonly bytes: Buffer;
}

/** Puts the files into an envelope. */
function filesChange(files: readonly FormFile[]): ExampleChange {
  const markup = files.map(({ code: form, bytes }) =>
    `<FileToKhai><MaToKhai>${form}</MaToKhai><MoTaToKhai>${form}</MoTaToKhai><TenFile>${form}-595.xml</TenFile><LoaiFile>.xml</LoaiFile>` +
    `<DoDaiFile>${bytes.length}</DoDaiFile><NoiDungFile>${bytes.toString('base64')}</NoiDungFile></FileToKhai>`);
  return { find: '<ToKhais>[^]*</ToKhais>|<ToKhais\\s*/>', replace: `<ToKhais>${markup.join('')}</ToKhais>`, regex: true };
}

function fillEnvelope(sample: string, { code, name }: Procedure, files: readonly FormFile[]): string {
  const edits: readonly ExampleChange[] = [
    filesChange(files),
    { find: '(?<=<MaThuTuc>)[^<]*', replace: code, regex: true },
    { find: '(?<=<TenThuTuc>)[^<]*', replace: name, regex: true },
    { find: '(?<=<SoLuongFile>)[^<]*', replace: String(files.length), regex: true },
  ];
  return edits.reduce(applyChange, sample);
}

function sign(xml: string, path: string, identity: SigningIdentity): Promise<Buffer> {
  return signEnveloped(Buffer.from(xml), identity, { path: path.split('/'), signingTime: examplesReceivedAt, keyValue: true });
}
