// How the bodies of answers are described: JSON Schema 2020-12, with the names that their XML form has (OpenAPI's `xml`: a list is an element
// that holds `item` elements). A closed record has the members named and no other; an open one may grow with the tables of the standard.
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export const text: JsonSchema = { type: 'string' };
export const whole: JsonSchema = { type: 'integer', minimum: 0 };
export const flag: JsonSchema = { type: 'boolean' };
export const digest = pattern('^[0-9a-f]{64}$');
export const day = pattern('^\\d{4}-\\d{2}-\\d{2}$');
export const instant = pattern('^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}\\+07:00$');
export const xmlDocument: JsonSchema = { type: 'string', contentMediaType: 'application/xml' };
/** A body that is neither text nor JSON. */
export const octets: JsonSchema = { type: 'string', format: 'binary' };

type Members = Readonly<Record<string, JsonSchema>>;

export function pattern(expression: string): JsonSchema {
  return { type: 'string', pattern: expression };
}

export function oneOf(values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items: { ...items, xml: { name: 'item' } }, xml: { wrapped: true } };
}

export function closed(required: Members, optional: Members = {}): JsonSchema {
  return { ...open(required, optional), additionalProperties: false };
}

export function open(required: Members, optional: Members = {}): JsonSchema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A value, or null where there is none yet. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
