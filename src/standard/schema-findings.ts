// The schema's verdict on a document of ours, as findings with positions in the received bytes, and what the document says by its names.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { Content } from '../signature/verify.ts';
import { placeOf } from '../xml/place.ts';
import { formContent } from './form-content.ts';
import type { FormContent } from './form-content.ts';
import type { Schemas, SchemaVersion } from './schema.ts';

export interface JudgedForm {
  readonly findings: readonly Finding[];
  readonly content: FormContent;
}

/** `file` is the name of the file in the envelope; none for the envelope itself. Undefined when the form has no schema. */
export function judgeForm(schemas: Schemas, form: string, content: Content, receivedAt: Date, file = ''): JudgedForm | undefined {
  const version = versionFor(schemas, form, content.root.local, receivedAt);
  if (version === undefined) return undefined;
  const { violations, walked } = schemas.judge(version, content, receivedAt);
  const { bytes } = content.document;
  const findings = violations.map(({ code, element, params, value }) =>
    finding(code, { place: placeOf(bytes, content.root, element), params, ...(value === undefined ? {} : { value }) }));
  return { findings, content: formContent(content, version, walked, file) };
}

/** One in force; otherwise the newest, so that nothing is passed on unread. Whether a form may be used at present is a rule's to say. */
function versionFor(schemas: Schemas, form: string, root: string, receivedAt: Date): SchemaVersion | undefined {
  const versions = schemas.forms.get(form) ?? [];
  return schemas.versionAt(form, root, receivedAt) ?? versions.find((version) => version.root === root) ?? versions[0];
}
