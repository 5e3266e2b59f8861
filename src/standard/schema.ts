// Checks a document against the XSD of its form (Kế hoạch 991/KH-BHXH task 4, Quy định chuẩn kết nối). A walk of our own, compiled from the same
// XSD, accepts what is valid; whatever it does not accept goes to libxml2, which alone refuses and names the element of everything that is
// wrong. Values are judged here by form alone; base64, code lists and dates that do not exist are judged elsewhere.
import type { Content } from '../signature/verify.ts';
import { dayNumber } from './schema-check.ts';
import { Engine, MOST_VIOLATIONS } from './schema-engine.ts';
import type { SchemaViolation } from './schema-explanation.ts';
import { readModel } from './schema-model.ts';
import type { FormModel } from './schema-model.ts';
import { planForm } from './schema-plan.ts';
import type { FormPlan, PlanContext } from './schema-plan.ts';
import { readTree } from './schema-tree.ts';
import type { SchemaTree } from './schema-tree.ts';
import { isInForce, readCodeLists, schemaFiles } from './schema-versions.ts';
import type { SchemaFile } from './schema-versions.ts';
import { walkForm } from './schema-walk.ts';
import type { Walked } from './schema-walk.ts';
import type { StandardFiles } from './standard-files.ts';

export type { SchemaViolation } from './schema-explanation.ts';
export type { Walked } from './schema-walk.ts';

const OPAQUE: ReadonlySet<string> = new Set(['NoiDungFile']);

/** Records that are not accepted of which the engine is asked first: nearly always it finds as much in them as is reported. */
const FIRST_RECORDS = 250;

/** One version of a form that has a schema. */
export interface SchemaVersion {
  readonly form: string;
  readonly version: number;
  /** Path of the XSD inside the package. */
  readonly path: string;
  /** Name of the root element of its documents. */
  readonly root: string;
  readonly model: FormModel;
  /** The same for the walk; tells what the numbers of its records mean. */
  readonly plan: FormPlan;
}

export interface Schemas {
  /** The forms that have a schema; of each its versions, the newest first. */
  readonly forms: ReadonlyMap<string, readonly SchemaVersion[]>;
  has(form: string): boolean;
  /** The version that judges: the newest of those in force whose documents have this root. */
  versionAt(form: string, root: string, at: Date): SchemaVersion | undefined;
  /** Where the newest version of a form keeps its records: names below the root, with slashes; none when the form has no schema. */
  listsOf(form: string): readonly string[];
  /** Judges a document by a version of these schemas; `receivedAt` is what a date of birth cannot be after. */
  judge(version: SchemaVersion, content: Content, receivedAt: Date): Judged;
  /** Frees the compiled schemas; nothing must be judged afterwards. */
  dispose(): void;
}

export interface Judged {
  /** Everything wrong with the document, in document order, at most 200 violations; empty when it is valid. */
  readonly violations: readonly SchemaViolation[];
  /** Where its fields stand, and which values fail a check of the standard. */
  readonly walked: Walked;
}

interface CompiledVersion extends SchemaVersion {
  readonly file: SchemaFile;
  readonly engine: Engine;
}

/**
 * Compiles every `schemas/<form>/<version>/<form>.xsd` of the files, with their tables of codes and forms. Text of elements named in `opaque` is not read.
 * @throws Error naming the file when a schema is not valid.
 */
export function compileSchemas(files: StandardFiles, opaque: ReadonlySet<string> = OPAQUE): Schemas {
  const context = { opaque, codeLists: readCodeLists(files) };
  const forms = new Map([...schemaFiles(files)].map(([form, versions]) => [form, versions.map((file) => compile(file, context))]));
  const compiled = new Map([...forms.values()].flat().map((version): [SchemaVersion, CompiledVersion] => [version, version]));
  return {
    forms,
    has: (form) => forms.has(form),
    versionAt: (form, root, at) => forms.get(form)?.find((version) => version.root === root && isInForce(version.file, root, at)),
    listsOf: (form) => forms.get(form)?.[0]?.model.lists ?? [],
    judge: (version, content, receivedAt) => {
      const known = compiled.get(version);
      if (known === undefined) throw new Error(`${version.path} is no version of these schemas`);
      return judge(known, content, receivedAt, opaque);
    },
    dispose: () => {
      for (const { engine } of compiled.values()) engine.dispose();
    },
  };
}

function compile(file: SchemaFile, context: PlanContext): CompiledVersion {
  try {
    const model = readModel(file.bytes);
    const plan = planForm(model.root, context);
    return { form: file.form, version: file.version, path: file.path, root: model.root.name, model, plan, file, engine: new Engine(file.bytes) };
  } catch (cause) {
    throw new Error(`Schema ${file.path} cannot be used`, { cause });
  }
}

function judge({ plan, model, engine }: CompiledVersion, content: Content, receivedAt: Date, opaque: ReadonlySet<string>): Judged {
  const walked = walkForm(plan, content, dayNumber(receivedAt));
  if (walked.isAccepted) return { violations: [], walked };
  const isAccepted = (row: number): boolean => walked.isWhole && !walked.refused.has(row);
  const readUpTo = (mostRecords: number): SchemaTree => readTree(content, { model: model.root, opaque, isAccepted, mostRecords });
  const tree = readUpTo(FIRST_RECORDS);
  const violations = engine.violationsOf(tree);
  return { violations: tree.isCut && violations.length < MOST_VIOLATIONS ? engine.violationsOf(readUpTo(Infinity)) : violations, walked };
}
