// Namespaces in XML 1.0: which URI a prefix is bound to at an element.

export interface Scope {
  readonly bindings: ReadonlyMap<string, string>;
  readonly parent: Scope | undefined;
  /** Declarations made here and above. */
  readonly declared: number;
}

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

export const rootScope: Scope = { bindings: new Map([['', ''], ['xml', XML_NAMESPACE]]), parent: undefined, declared: 0 };

/** The URI bound to a prefix, or undefined when the prefix is not declared. The empty prefix is always bound, '' meaning none. */
export function lookUp(scope: Scope, prefix: string): string | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const uri = level.bindings.get(prefix);
    if (uri !== undefined) return uri;
  }
  return undefined;
}

/** May this declaration be made (Namespaces 1.0 §2.2, §3)? */
export function isDeclarable(prefix: string, uri: string): boolean {
  if (prefix === 'xmlns' || uri === XMLNS_NAMESPACE) return false;
  if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) return false;
  return prefix === '' || uri !== '';
}
