// libxml2, asked about what the walk did not accept. Every refusal is its own, except of what a form can never hold.
// Work is bounded: the engine needs time quadratic in errors among siblings (measured: 11 s for 70 000), so records go to it 200 at a time.
import { ParseOption, XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import type { ErrorDetail } from 'libxml2-wasm';
import { Explanation } from './schema-explanation.ts';
import type { SchemaViolation } from './schema-explanation.ts';
import { groupsOf } from './schema-groups.ts';
import { nodeAt, serialise } from './schema-tree.ts';
import type { SchemaNode, SchemaTree, Visible } from './schema-tree.ts';

/** Of one document; more are not looked for. */
export const MOST_VIOLATIONS = 200;
const MOST_ROUNDS = 8; // a round takes out what one level has too much; no form is deeper
const XSD_OPTIONS: ParseOption = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
// The text is ours: escaped, cut to length, without DOCTYPE. HUGE only because a long name is the sender's and must not stop the engine.
const OPTIONS: ParseOption = XSD_OPTIONS | ParseOption.XML_PARSE_HUGE;

/** One compiled XSD. */
export class Engine {
  readonly #validator: XsdValidator;

  /** Throws when libxml2 does not take the schema. */
  constructor(bytes: Uint8Array) {
    const xsd = XmlDocument.fromBuffer(bytes, { option: XSD_OPTIONS });
    try {
      this.#validator = XsdValidator.fromDoc(xsd);
    } finally {
      xsd.dispose();
    }
  }

  dispose(): void {
    this.#validator.dispose();
  }

  /** Everything wrong with the document, in document order, at most 200 violations. */
  violationsOf({ root, strangers }: SchemaTree): SchemaViolation[] {
    const explanation = new Explanation(strangers, MOST_VIOLATIONS);
    if (root !== undefined) this.#judge(root, explanation);
    return explanation.first();
  }

  #judge(root: SchemaNode, explanation: Explanation): void {
    for (const visible of groupsOf(root)) {
      if (!this.#judgeVisible(root, (node) => explanation.kept(visible(node)), explanation)) return;
      if (explanation.size >= MOST_VIOLATIONS) return;
    }
  }

  /** False when the rounds did not suffice: what is left in the document is not bounded by the schema, so no further records are judged. */
  #judgeVisible(root: SchemaNode, visible: Visible, explanation: Explanation): boolean {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const details = this.#errorsIn(serialise(root, visible));
      const located = details.map(({ message, xpath }) => ({ message, node: nodeAt(root, xpath ?? '', visible) ?? root }));
      const removedBefore = explanation.removed;
      for (const { message, node } of located) explanation.add(message, node);
      if (explanation.removed === removedBefore) return true;
    }
    return false;
  }

  #errorsIn(text: string): readonly ErrorDetail[] {
    const document = XmlDocument.fromString(text, { option: OPTIONS });
    try {
      this.#validator.validate(document);
      return [];
    } catch (error) {
      if (error instanceof XmlValidateError) return error.details;
      throw error;
    } finally {
      document.dispose();
    }
  }
}
