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
import { readModel } from './schema-model.ts';
import type { ContentModel } from './schema-model.ts';
import { nodeAt, readTree, serialise } from './schema-tree.ts';
import type { SchemaElement, SchemaNode, Visible } from './schema-tree.ts';

export type { SchemaElement } from './schema-tree.ts';
export type { SchemaViolation } from './schema-explanation.ts';

const RECORDS_AT_ONCE = 200;
const MOST_VIOLATIONS = 200;
const MOST_ROUNDS = 8; // a round takes out what one level has too much; no form is deeper
const OPAQUE: ReadonlySet<string> = new Set(['NoiDungFile']);
// The text is ours: escaped, cut to length, without DOCTYPE. HUGE only because a long name is the sender's and must not stop the engine.
const OPTIONS: ParseOption = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_HUGE;

export interface SchemaFile {
  readonly version: number;
  /** Absolute path of the XSD. */
  readonly path: string;
}

export interface Schemas {
  /** The forms that have a schema, each in its newest version. */
  readonly forms: ReadonlyMap<string, SchemaFile>;
  has(form: string): boolean;
  /** Where the form keeps its records: names below the root, with slashes; none when the form has no schema. */
  listsOf(form: string): readonly string[];
  /**
   * Everything wrong with the document, in document order, at most 200 violations; empty when it is valid.
   * @throws Error when the form has no schema.
   */
  validate<E extends SchemaElement<E>>(form: string, root: E): SchemaViolation<E>[];
  /** Frees the compiled schemas; `validate` must not be called afterwards. */
  dispose(): void;
}

interface CompiledForm {
  readonly validator: XsdValidator;
  readonly model: ContentModel;
}

/**
 * Compiles every `<form>/<version>/<form>.xsd` below `folder`. Text of elements named in `opaque` is not read.
 * @throws Error naming the file when a schema is not valid.
 */
export function createSchemas(folder: string = packageFile('schemas'), opaque: ReadonlySet<string> = OPAQUE): Schemas {
  const forms = newestForms(folder);
  const compiled = new Map([...forms].map(([form, file]) => [form, compile(file.path)]));
  return {
    forms,
    has: (form) => compiled.has(form),
    listsOf: (form) => [compiled.get(form)?.model.listPath.slice(1).join('/') ?? []].flat(),
    validate: (form, root) => {
      const schema = compiled.get(form);
      if (schema === undefined) throw new Error(`No schema for form ${form}`);
      return violationsOf(schema, root, opaque);
    },
    dispose: () => {
      for (const { validator } of compiled.values()) validator.dispose();
    },
  };
}

function newestForms(folder: string): ReadonlyMap<string, SchemaFile> {
  const forms = new Map<string, SchemaFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const version = Math.max(...readdirSync(join(folder, entry.name)).map(Number).filter(Number.isInteger));
    forms.set(entry.name, { version, path: join(folder, entry.name, String(version), `${entry.name}.xsd`) });
  }
  return forms;
}

function compile(path: string): CompiledForm {
  try {
    const xsd = XmlDocument.fromBuffer(readFileSync(path), { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
    try {
      return { model: readModel(xsd), validator: XsdValidator.fromDoc(xsd) };
    } finally {
      xsd.dispose();
    }
  } catch (cause) {
    throw new Error(`Schema ${path} cannot be used`, { cause });
  }
}

function violationsOf<E extends SchemaElement<E>>(schema: CompiledForm, element: E, opaque: ReadonlySet<string>): SchemaViolation<E>[] {
  const tree = readTree(element, opaque);
  const explanation = new Explanation<E>(schema.model, tree.strangers, MOST_VIOLATIONS);
  if (tree.root !== undefined) judge(schema, tree.root, explanation);
  return explanation.first();
}

function judge<E>(schema: CompiledForm, root: SchemaNode<E>, explanation: Explanation<E>): void {
  const list = listIn(root, schema.model.listPath);
  const last = list?.children.length ?? 0;
  for (let from = 0; from === 0 || from < last; from += RECORDS_AT_ONCE) {
    const records = list?.children.slice(from, from + RECORDS_AT_ONCE) ?? [];
    const visible: Visible<E> = (node) => explanation.kept(node === list ? records : node.children);
    if (!judgeVisible(schema, root, visible, explanation)) return;
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

/** The first element at the path; a second one is repeated, and the engine does not look inside. */
function listIn<E>(root: SchemaNode<E>, path: readonly string[]): SchemaNode<E> | undefined {
  if (root.name !== path[0]) return undefined;
  return path.slice(1).reduce<SchemaNode<E> | undefined>((node, name) => node?.children.find((child) => child.name === name), root);
}
