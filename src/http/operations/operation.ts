// What one call of the interface is, as data: the router, the interface description (OpenAPI) and the reference are all made of the same list,
// so none can say what another does not. A call that is not in `all.ts` does not exist.
import type { RequestHandler } from 'express';

import type { ProblemCode } from '../../errors/problems.ts';
import type { Gateway } from '../app.ts';
import type { JsonSchema } from './shapes.ts';

export interface Sentence {
  readonly vi: string;
  readonly en: string;
}

export interface Parameter extends Sentence {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: JsonSchema;
  /** Path parameters always are. */
  readonly required?: boolean;
  /** In the path: may hold slashes, and is its end. */
  readonly deep?: boolean;
  /** May stand without a value. */
  readonly flag?: boolean;
  readonly example: string;
}

export interface AnswerDescription extends Sentence {
  readonly status: number;
  /** Media type → what the body is; none for an answer without one. */
  readonly media: Readonly<Record<string, JsonSchema>>;
  /** Headers besides Request-Id, by the names of `components.ts`. */
  readonly headers?: readonly string[];
}

export interface Operation {
  /** Unlike every other's; also the anchor of the reference. */
  readonly id: string;
  /** GET answers HEAD too. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/forms/{code}` */
  readonly path: string;
  readonly group: 'dossiers' | 'log' | 'outages' | 'standard' | 'health' | 'registration' | 'subscriptions' | 'agency' | 'auditor' | 'operator';
  readonly summary: Sentence;
  readonly description?: Sentence;
  readonly parameters: readonly Parameter[];
  /** Media type of a body that must be there → what it is. */
  readonly body?: Readonly<Record<string, JsonSchema>>;
  readonly answers: readonly AnswerDescription[];
  /** Problems that are this call's own; REQUEST_MALFORMED, HEADERS_TOO_LARGE and INTERNAL may answer any. */
  readonly problems: readonly ProblemCode[];
  /** Whose client certificate it asks for: nobody's unless said. */
  readonly caller?: 'any' | 'ivan' | 'unit' | 'sender' | 'agency' | 'auditor' | 'operator';
  readonly handler: (gateway: Gateway) => RequestHandler;
}

/** `/v1/forms/{code}` as the router writes it. */
export function routePath({ path, parameters }: Operation): string {
  return path.replace(/\{(\w+)\}/g, (_braces, name: string) => `${parameters.some((parameter) => parameter.name === name && parameter.deep === true) ? '*' : ':'}${name}`);
}
