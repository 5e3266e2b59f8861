// Checks a document against the XSD of its form (Kế hoạch 991/KH-BHXH task 4, Quy định chuẩn kết nối) and names the caller's own element for
// everything that is wrong. Values are judged by the engine alone; base64, code lists and dates that do not exist are judged elsewhere.
// Work is bounded: the engine needs time quadratic in errors among siblings (measured: 11 s for 70 000), so records go to it 200 at a time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ParseOption, XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import type { ErrorDetail } from 'libxml2-wasm';
import { packageFile } from '../paths.ts';
import { Explanation } from './schema-explanation.ts';
import type { SchemaViolation } from './schema-explanation.ts';
import { groupsOf } from './schema-groups.ts';
import { readModel } from './schema-model.ts';
import type { FormModel } from './schema-model.ts';
import { nodeAt, readTree, serialise } from './schema-tree.ts';
import type { SchemaElement, SchemaNode, Visible } from './schema-tree.ts';
import { isInForce, schemaFiles } from './schema-versions.ts';
import type { SchemaFile } from './schema-versions.ts';
import type { StandardFiles } from './standard-files.ts';

export type { SchemaElement } from './schema-tree.ts';
export type { SchemaViolation } from './schema-explanation.ts';

const MOST_VIOLATIONS = 200;
const MOST_ROUNDS = 8; // a round takes out what one level has too much; no form is deeper
const OPAQUE: ReadonlySet<string> = new Set(['NoiDungFile']);
// The text is ours: escaped, cut to length, without DOCTYPE. HUGE only because a long name is the sender's and must not stop the engine.
const OPTIONS: ParseOption = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_HUGE;

/** One version of a form that has a schema. */
export interface SchemaVersion {
  readonly form: string;
  readonly version: number;
  /** Path of the XSD inside the package. */
  readonly path: string;
  /** Name of the root element of its documents. */
  readonly root: string;
  readonly model: FormModel;
}

export interface Schemas {
  /** The forms that have a schema; of each its versions, the newest first. */
  readonly forms: ReadonlyMap<string, readonly SchemaVersion[]>;
  has(form: string): boolean;
  /** The version that judges: the newest of those in force whose documents have this root. */
  versionAt(form: string, root: string, at: Date): SchemaVersion | undefined;
  /** Where the newest version of a form keeps its records: names below the root, with slashes; none when the form has no schema. */
  listsOf(form: string): readonly string[];
  /**
   * Everything wrong with the document, in document order, at most 200 violations; empty when it is valid.
   * @throws Error when the form has no schema.
   */
  validate<E extends SchemaElement<E>>(form: string, root: E): SchemaViolation<E>[];
  /** Frees the compiled schemas; `validate` must not be called afterwards. */
  dispose(): void;
}

interface CompiledForm extends SchemaVersion {
  readonly file: SchemaFile;
  readonly validator: XsdValidator;
}

/**
 * Compiles every `<form>/<version>/<form>.xsd` below `folder`. Text of elements named in `opaque` is not read.
 * @throws Error naming the file when a schema is not valid.
 */
export function createSchemas(folder: string = packageFile('schemas'), opaque: ReadonlySet<string> = OPAQUE): Schemas {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.xsd')).sort();
  return compileSchemas(new Map(paths.map((path) => [`schemas/${path.replaceAll('\\', '/')}`, readFileSync(join(folder, path))])), opaque);
}

/** The same from files at hand, by their path inside the package (`schemas/<form>/<version>/<form>.xsd`). */
export function compileSchemas(files: StandardFiles, opaque: ReadonlySet<string> = OPAQUE): Schemas {
  const forms = new Map([...schemaFiles(files)].map(([form, versions]) => [form, versions.map(compile)]));
  return {
    forms,
    has: (form) => forms.has(form),
    versionAt: (form, root, at) => forms.get(form)?.find((version) => version.root === root && isInForce(version.file, at)),
    listsOf: (form) => forms.get(form)?.[0]?.model.lists ?? [],
    validate: (form, root) => {
      const versions = forms.get(form);
      const schema = versions?.find((version) => version.root === root.name) ?? versions?.[0];
      if (schema === undefined) throw new Error(`No schema for form ${form}`);
      return violationsOf(schema, root, opaque);
    },
    dispose: () => {
      for (const { validator } of [...forms.values()].flat()) validator.dispose();
    },
  };
}

function compile(file: SchemaFile): CompiledForm {
  try {
    const model = readModel(file.bytes);
    const xsd = XmlDocument.fromBuffer(file.bytes, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
    try {
      return { form: file.form, version: file.version, path: file.path, root: model.root.name, model, file, validator: XsdValidator.fromDoc(xsd) };
    } finally {
      xsd.dispose();
    }
  } catch (cause) {
    throw new Error(`Schema ${file.path} cannot be used`, { cause });
  }
}

function violationsOf<E extends SchemaElement<E>>(schema: CompiledForm, element: E, opaque: ReadonlySet<string>): SchemaViolation<E>[] {
  const tree = readTree(element, opaque, schema.model.root);
  const explanation = new Explanation<E>(tree.strangers, MOST_VIOLATIONS);
  if (tree.root !== undefined) judge(schema, tree.root, explanation);
  return explanation.first();
}

function judge<E>(schema: CompiledForm, root: SchemaNode<E>, explanation: Explanation<E>): void {
  for (const visible of groupsOf(root)) {
    if (!judgeVisible(schema, root, (node) => explanation.kept(visible(node)), explanation)) return;
    if (explanation.size >= MOST_VIOLATIONS) return;
  }
}

/** False when the rounds did not suffice: what is left in the document is not bounded by the schema, so no further records are judged. */
function judgeVisible<E>(schema: CompiledForm, root: SchemaNode<E>, visible: Visible<E>, explanation: Explanation<E>): boolean {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const details = engineErrors(schema.validator, serialise(root, visible));
    const located = details.map(({ message, xpath }) => ({ message, node: nodeAt(root, xpath ?? '', visible) ?? root }));
    const removedBefore = explanation.removed;
    for (const { message, node } of located) explanation.add(message, node);
    if (explanation.removed === removedBefore) return true;
  }
  return false;
}

function engineErrors(validator: XsdValidator, text: string): readonly ErrorDetail[] {
  const document = XmlDocument.fromString(text, { option: OPTIONS });
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details;
    throw error;
  } finally {
    document.dispose();
  }
}
