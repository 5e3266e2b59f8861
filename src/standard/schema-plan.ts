// The model of a form made ready for the walk: names as octets, types as automata, and a slot for every element that may be there once in a
// record (or in the form outside all records), so that a record is a row of numbers.
import { isListed } from './schema-model.ts';
import type { ElementModel } from './schema-model.ts';
import { ValueCheck } from './schema-check.ts';
import type { CodeLists } from './schema-check.ts';
import { TextRule } from './schema-text.ts';
import type { SimpleType } from './schema-types.ts';

/** What stands for a text that is not read. */
export const PLACEHOLDER = 'AAAA';

/** A name to be found again, by four octets at a time. */
export class PlannedName {
  readonly #octets: Buffer;
  readonly #words: Int32Array;

  constructor(octets: Buffer) {
    this.#octets = octets;
    this.#words = Int32Array.from({ length: octets.length < 4 ? 0 : Math.ceil(octets.length / 4) }, (_, index) => octets.readInt32LE(Math.min(4 * index, octets.length - 4)));
  }

  /** Do as many octets as it has, which must be there, stand at `start` of `bytes`? `view` is of the same octets. */
  isAt(bytes: Buffer, view: DataView, start: number): boolean {
    const words = this.#words;
    const last = words.length - 1;
    if (last === -1) return this.#isShortAt(bytes, start);
    for (let word = 0; word < last; word += 1) if (view.getInt32(start + 4 * word, true) !== words[word]) return false;
    return view.getInt32(start + this.#octets.length - 4, true) === words[last]; // which may overlap the one before
  }

  #isShortAt(bytes: Buffer, start: number): boolean {
    for (let i = 0; i < this.#octets.length; i += 1) if (bytes[start + i] !== this.#octets[i]) return false;
    return true;
  }
}

/** One element of the form. A class, so that all are of one shape: the walk looks at several for every element of a document. */
export class ElementPlan {
  readonly model: ElementModel;
  readonly name: PlannedName;
  /** What `NAMED` of a row says beyond its flags when it has a name of so many octets and no namespace. */
  readonly nameInRow: number;
  /** Among its parent's children. */
  readonly index: number;
  /** In the scope around it; -1 for a record, which begins its own, and for the root. */
  readonly slot: number;
  /** The slots from `slot` to here are its own and those of everything in it. */
  readonly slotEnd: number;
  /** Among all elements of the form that hold text once in a record; -1 for others. */
  readonly leaf: number;
  /** Number of the scope that it begins, when it is a record or the root; -1 otherwise. */
  readonly scope: number;
  readonly children: readonly ElementPlan[];
  /** Are its children in the order of the XSD? */
  readonly isOrdered: boolean;
  readonly text: TextRule | undefined;
  /** May its text be empty? */
  readonly takesEmpty: boolean;
  readonly check: ValueCheck | undefined;
  readonly isOpaque: boolean;
  /** Is text that is not read of the type, when there is some? */
  readonly takesOpaque: boolean;
  /** Slots of its children that must be there. */
  readonly required: readonly number[];
  /** Numbers of the scopes of the lists among its children. */
  readonly lists: readonly number[];
  /** Those of which there must be some. */
  readonly requiredLists: readonly ElementPlan[];

  constructor(model: ElementModel, { index, slot, slotEnd, leaf, scope, children, text, check, isOpaque }: Planned) {
    const octets = Buffer.from(model.name);
    const required = children.filter((child) => child.model.least > 0);
    this.model = model;
    this.name = new PlannedName(octets);
    this.nameInRow = octets.length;
    this.index = index;
    this.slot = slot;
    this.slotEnd = slotEnd;
    this.leaf = leaf;
    this.scope = scope;
    this.children = children;
    this.isOrdered = model.group === 'sequence';
    this.text = text;
    this.takesEmpty = text?.takesEmpty === true;
    this.check = check;
    this.isOpaque = isOpaque;
    this.takesOpaque = text?.accepts(PLACEHOLDER) === true;
    this.required = required.flatMap((child) => (child.slot === -1 ? [] : [child.slot]));
    this.lists = children.flatMap((child) => (child.scope === -1 ? [] : [child.scope]));
    this.requiredLists = required.filter((child) => child.scope !== -1);
  }
}

type Planned = Pick<ElementPlan, 'index' | 'slot' | 'slotEnd' | 'leaf' | 'scope' | 'children' | 'text' | 'check' | 'isOpaque'>;

/** The form outside its records is the first scope; then every list in the order of the XSD. */
export interface ScopePlan {
  /** Names below the root, with slashes; '' for the form. */
  readonly path: string;
  /** By path within the record; of elements that hold text. */
  readonly slots: ReadonlyMap<string, number>;
  readonly width: number;
  /** Fields that were asked for in any document: in the next one they are read together. Says nothing of what is read. */
  readonly asked: Set<string>;
}

export interface FormPlan {
  readonly root: ElementPlan;
  readonly scopes: readonly ScopePlan[];
  /** How many elements hold text once in a record. */
  readonly leaves: number;
}

export interface PlanContext {
  /** Names of elements whose text is not read. */
  readonly opaque: ReadonlySet<string>;
  readonly codeLists: CodeLists;
}

interface Scope extends ScopePlan {
  readonly slots: Map<string, number>;
  width: number;
}

export function planForm(root: ElementModel, context: PlanContext): FormPlan {
  const planner = new Planner(context);
  const plan = planner.record(root, 0);
  return { root: plan, scopes: planner.scopes, leaves: planner.leaves };
}

class Planner {
  readonly scopes: Scope[] = [];
  leaves = 0;
  readonly #context: PlanContext;
  readonly #rules = new Map<SimpleType, TextRule>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** An element that begins a scope. */
  record(model: ElementModel, index: number): ElementPlan {
    const number = this.scopes.length;
    const scope: Scope = { path: model.path, slots: new Map(), width: 0, asked: new Set() };
    this.scopes.push(scope);
    return this.#plan(model, scope, { index, slot: -1, scope: number });
  }

  #plan(model: ElementModel, scope: Scope, own: Pick<ElementPlan, 'index' | 'slot' | 'scope'>): ElementPlan {
    const children = [...model.children.values()].map((child, index) => {
      if (isListed(child)) return this.record(child, index);
      const slot = scope.width;
      scope.width += 1;
      if (child.type !== undefined) scope.slots.set(scope.path === '' ? child.path : child.path.slice(scope.path.length + 1), slot);
      return this.#plan(child, scope, { index, slot, scope: -1 });
    });
    const { opaque, codeLists } = this.#context;
    const text = model.type && this.#rule(model.type);
    const check = model.type?.check && new ValueCheck(model.type.check, codeLists);
    const isLeaf = text !== undefined && own.slot !== -1;
    if (isLeaf) this.leaves += 1;
    return new ElementPlan(model, { ...own, slotEnd: scope.width, leaf: isLeaf ? this.leaves - 1 : -1, children, text, check, isOpaque: opaque.has(model.name) });
  }

  #rule(type: SimpleType): TextRule {
    const rule = this.#rules.get(type) ?? new TextRule(type);
    this.#rules.set(type, rule);
    return rule;
  }
}
