// Our own messages as trees, read with xml2js. To be given canonical octets that verification returned and nothing else: what xml2js makes of
// received bytes (duplicate attributes, two roots) is not what was signed. Every value is asked for by name and must be there once.
import { parseStringPromise } from 'xml2js';

import { refuse } from '../errors/outcomes.ts';

/** An element: its text, or its children by name. */
export interface Branch {
  readonly name: string;
  readonly value: unknown;
}

export async function readTree(canonical: Buffer): Promise<Branch> {
  const tree: unknown = await parseStringPromise(canonical.toString('utf8'));
  const [root] = typeof tree === 'object' && tree !== null ? Object.entries(tree) : [];
  if (root === undefined) throw new Error('canonical octets without a root element');
  return { name: root[0], value: root[1] };
}

export function branchesOf({ value }: Branch, name: string): readonly Branch[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  const found: unknown = Reflect.get(value, name);
  return Array.isArray(found) ? found.map((item: unknown) => ({ name, value: item })) : [];
}

export function optionalBranchOf(branch: Branch, name: string): Branch | undefined {
  const [only, second] = branchesOf(branch, name);
  if (second !== undefined) refuse('ELEMENT_UNKNOWN', { params: { element: name } });
  return only;
}

export function branchOf(branch: Branch, name: string): Branch {
  return optionalBranchOf(branch, name) ?? refuse('ELEMENT_MISSING', { params: { element: branch.name, expected: name } });
}

/** The text of a child; undefined when there is none or it is empty. */
export function optionalTextOf(branch: Branch, name: string): string | undefined {
  const child = optionalBranchOf(branch, name);
  if (child === undefined || child.value === '') return undefined;
  if (typeof child.value !== 'string') return refuse('VALUE_INVALID', { params: { element: name } });
  return child.value;
}

export function textOf(branch: Branch, name: string): string {
  return optionalTextOf(branch, name) ?? refuse('ELEMENT_MISSING', { params: { element: branch.name, expected: name } });
}
