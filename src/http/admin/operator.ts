// The operator's interface: reachable only with a client certificate that the operators' file names, JSON in and out, and a problem for everything
// that is wrong. The name goes with whatever is done.
import type { Request, RequestHandler, Response } from 'express';

import { Problem, shorten } from '../../errors/outcomes.ts';
import type { Operators } from '../../operators-file.ts';
import { entriesOf, memberOf, optionalMemberOf, parseJson, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import { formatInstant } from '../../standard/time.ts';
import { readBody } from '../body.ts';
import type { BodyLimits } from '../body.ts';
import { sendJson } from '../respond.ts';
import { peerCertificate } from '../sender.ts';

const LARGEST_JSON = 256 * 1024;

export interface OperatorAccess {
  readonly operators: Operators;
  readonly limits: BodyLimits;
  readonly now: () => Date;
}

export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** What may follow the ? in a call. */
export type Filters = Readonly<Record<string, string | undefined>>;

export function operatorGet(access: OperatorAccess, filters: readonly string[], call: (request: Request, wanted: Filters) => Promise<Reply>): RequestHandler {
  return async (request, response) => {
    checkOperator(access, request);
    const { status = 200, body } = await call(request, readFilters(request, filters));
    sendJson(response, status, body);
  };
}

export function operatorPost(access: OperatorAccess, call: (operator: string, request: Request, json: JsonValue) => Promise<Reply>): RequestHandler {
  return async (request, response) => {
    const operator = checkOperator(access, request);
    readFilters(request, []);
    const { status = 200, body } = await call(operator, request, await readJson(access, request, response));
    sendJson(response, status, body);
  };
}

/** The operator's name. Being in the file does not outlive the certificate: TLS here proves the key alone. */
export function checkOperator({ operators, now }: OperatorAccess, request: Request): string {
  const peer = peerCertificate(request);
  const name = operators.get(peer?.fingerprint ?? '');
  if (peer === undefined || name === undefined) throw new Problem('OPERATOR_UNKNOWN');
  const { validFrom, validUntil } = peer;
  const at = now();
  if (!(validFrom <= at && at <= validUntil)) throw new Problem('OPERATOR_CERTIFICATE_TIME', { from: formatInstant(validFrom), until: formatInstant(validUntil) });
  return name;
}

export function readFilters({ query }: Request, names: readonly string[]): Filters {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (!names.includes(name) || typeof value !== 'string' || value === '' || !isStorable(value)) throw new Problem('FIELD_INVALID', { reason: `?${name}` });
      return [name, value];
    }),
  );
}

export async function readJson({ limits }: Pick<OperatorAccess, 'limits'>, request: Request, response: Response): Promise<JsonValue> {
  const bytes = await readBody(request, response, { ...limits, mostBytes: Math.min(limits.mostBytes, LARGEST_JSON) }, ['application/json']);
  const json = attemptJson(bytes);
  const found = unstorable(json.value, json.at);
  if (found !== undefined) throw new Problem('FIELD_INVALID', { reason: found });
  return json;
}

function attemptJson(bytes: Buffer): JsonValue {
  try {
    return parseJson(bytes, 'body');
  } catch {
    throw new Problem('JSON_MALFORMED');
  }
}

/** JSON can write what is no text for a database or a notice: NUL, and half of a character. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Where a text stands that is none; `value` is nested no deeper than a body is long, so it is looked at without recursion. */
function unstorable(value: unknown, at: string): string | undefined {
  const left: [unknown, string][] = [[value, at]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [item, place] = next;
    if (typeof item === 'string' && !isStorable(item)) return place;
    if (typeof item === 'object' && item !== null) for (const [name, member] of Object.entries(item)) left.push([member, `${place}/${shorten(name)}`]);
  }
  return undefined;
}

/** Runs a reader of JSON; what it cannot read is the caller's fault. `names` are all the members there may be. */
export function reading<Value>(json: JsonValue, names: readonly string[], read: () => Value): Value {
  try {
    for (const [name, { at }] of entriesOf(json)) if (!names.includes(name)) throw new Error(`${at}: unknown`);
    return read();
  } catch (error) {
    if (error instanceof Problem) throw error;
    // The pattern is ours to read, not the caller's.
    throw new Problem('FIELD_INVALID', { reason: error instanceof Error ? error.message.replace(/ of the form .*$/, '') : String(error) });
  }
}

/** Up to 2000 characters, without white space at the ends. */
const words = /^\S(?:[\s\S]{0,1998}\S)?$/;

export function wordsOf(json: JsonValue, name: string): string {
  return textOf(memberOf(json, name), words);
}

export function optionalWordsOf(json: JsonValue, name: string): string | undefined {
  const member = optionalMemberOf(json, name);
  return member === undefined ? undefined : textOf(member, words);
}

/** Midnight in Vietnam, of a day written yyyy-MM-dd. */
export function dayOf(json: JsonValue): Date {
  const text = textOf(json, /^\d{4}-\d{2}-\d{2}$/);
  const day = new Date(`${text}T00:00:00+07:00`);
  if (Number.isNaN(day.getTime()) || new Date(day.getTime() + 7 * 3_600_000).toISOString().slice(0, 10) !== text) throw new Error(`${json.at}: not a day`);
  return day;
}

export function parameterOf({ params }: Request, name: string): string {
  const value = String(params[name]);
  if (!isStorable(value)) throw new Problem('FIELD_INVALID', { reason: name });
  return value;
}
