// The model of a form made ready for the walk: names as octets, types as automata, and a slot for every element that may be there once in a
// record (or in the form outside all records), so that a record is a row of numbers.
import { isListed } from './schema-model.ts';
import type { ElementModel } from './schema-model.ts';
import { ValueCheck } from './schema-check.ts';
import type { CodeLists } from './schema-check.ts';
import { TextRule } from './schema-text.ts';
import type { SimpleType } from './schema-types.ts';

export interface ElementPlan {
  readonly model: ElementModel;
  readonly octets: Buffer;
  /** What `NAMED` of a row says beyond its flags when it has this name and no namespace. */
  readonly nameInRow: number;
  /** Among its parent's children. */
  readonly index: number;
  /** Are its children in the order of the XSD? */
  readonly isOrdered: boolean;
  /** In the scope around it; -1 for a record, which begins its own, and for the root. */
  readonly slot: number;
  /** The slots from `slot` to here are its own and those of everything in it. */
  readonly slotEnd: number;
  /** Number of the scope that it begins, when it is a record or the root; -1 otherwise. */
  readonly scope: number;
  readonly children: readonly ElementPlan[];
  readonly text: TextRule | undefined;
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
}

/** The form outside its records is the first scope; then every list in the order of the XSD. */
export interface ScopePlan {
  /** Names below the root, with slashes; '' for the form. */
  readonly path: string;
  /** By path within the record; of elements that hold text. */
  readonly slots: ReadonlyMap<string, number>;
  readonly width: number;
}

export interface FormPlan {
  readonly root: ElementPlan;
  readonly scopes: readonly ScopePlan[];
}

export interface PlanContext {
  /** Names of elements whose text is not read. */
  readonly opaque: ReadonlySet<string>;
  readonly codeLists: CodeLists;
}

/** What stands for a text that is not read. */
export const PLACEHOLDER = 'AAAA';

interface Scope extends ScopePlan {
  readonly slots: Map<string, number>;
  width: number;
}

export function planForm(root: ElementModel, context: PlanContext): FormPlan {
  const planner = new Planner(context);
  return { root: planner.record(root, 0), scopes: planner.scopes };
}

class Planner {
  readonly scopes: Scope[] = [];
  readonly #context: PlanContext;
  readonly #rules = new Map<SimpleType, TextRule>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** An element that begins a scope. */
  record(model: ElementModel, index: number): ElementPlan {
    const number = this.scopes.length;
    const scope: Scope = { path: model.path, slots: new Map(), width: 0 };
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
    const octets = Buffer.from(model.name);
    const required = children.filter((child) => child.model.least > 0);
    return {
      ...own,
      model,
      octets,
      nameInRow: octets.length,
      isOrdered: model.group === 'sequence',
      slotEnd: scope.width,
      children,
      text,
      check: model.type?.check && new ValueCheck(model.type.check, codeLists),
      isOpaque: opaque.has(model.name),
      takesOpaque: text?.accepts(PLACEHOLDER) === true,
      required: required.flatMap((child) => (child.slot === -1 ? [] : [child.slot])),
      lists: children.flatMap((child) => (child.scope === -1 ? [] : [child.scope])),
      requiredLists: required.filter((child) => child.scope !== -1),
    };
  }

  #rule(type: SimpleType): TextRule {
    const rule = this.#rules.get(type) ?? new TextRule(type);
    this.#rules.set(type, rule);
    return rule;
  }
}
