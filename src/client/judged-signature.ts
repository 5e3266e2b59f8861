// What a gateway reports of each signature on a dry run (ETSI EN 319 102-1): JSON → typed values, as they are to be shown. Unknown fields are
// passed over and missing ones left out, so that an older kit reads what a newer gateway says.
import { listOf, memberOf, optionalMemberOf, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import type { SignatureReport } from '../standard/signature-report.ts';

/** A `SignatureReport` whose words are not those of a closed list: another version of the gateway may have more. */
export interface JudgedSignature extends Pick<SignatureReport, 'file' | 'xpath' | 'subIndication' | 'method' | 'certificate' | 'path' | 'archive' | 'claimedSigningTime' | 'policy' | 'at'> {
  readonly role: string;
  readonly indication: string;
  readonly codes: readonly string[];
  readonly level?: string;
  readonly covers?: string;
  readonly revocation?: readonly { readonly certificate: string; readonly kind: string; readonly digest: string; readonly thisUpdate: string; readonly nextUpdate: string }[];
  readonly timestamps?: readonly { readonly time: string; readonly certificate: string }[];
}

/** @throws Error when it is not the report of a signature. */
export function judgedSignatureOf(json: JsonValue): JudgedSignature {
  const text = (name: string): string => textOf(memberOf(json, name));
  return {
    role: text('role'),
    indication: text('indication'),
    xpath: text('xpath'),
    policy: text('policy'),
    at: text('at'),
    codes: listOf(memberOf(json, 'codes'), (code) => textOf(code)),
    ...given('file', json, textOf),
    ...given('subIndication', json, textOf),
    ...given('method', json, textOf),
    ...given('level', json, textOf),
    ...given('covers', json, textOf),
    ...given('certificate', json, textOf),
    ...given('claimedSigningTime', json, textOf),
    ...given('path', json, (value) => listOf(value, (entry) => textOf(entry))),
    ...given('revocation', json, (value) => listOf(value, (entry) => ({ certificate: textIn(entry, 'certificate'), kind: textIn(entry, 'kind'), digest: textIn(entry, 'digest'), thisUpdate: textIn(entry, 'thisUpdate'), nextUpdate: textIn(entry, 'nextUpdate') }))),
    ...given('timestamps', json, (value) => listOf(value, (entry) => ({ time: textIn(entry, 'time'), certificate: textIn(entry, 'certificate') }))),
    ...given('archive', json, (value) => ({ method: textIn(value, 'method') })),
  };
}

function textIn(json: JsonValue, name: string): string {
  return textOf(memberOf(json, name));
}

function given<Name extends string, Value>(name: Name, json: JsonValue, read: (value: JsonValue) => Value): { readonly [key in Name]?: Value } {
  const member = optionalMemberOf(json, name);
  return (member === undefined ? {} : { [name]: read(member) }) as { readonly [key in Name]?: Value };
}
