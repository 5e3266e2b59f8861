// The schema's verdict on a document of ours, as findings with positions in the received bytes.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { Content } from '../signature/verify.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { decodeText } from '../xml/text.ts';
import type { SchemaElement, Schemas } from './schema.ts';

/** An element as the schema check wants it, with the way back to where it came from. */
interface View extends SchemaElement<View> {
  readonly source: XmlElement;
}

export function schemaFindings(schemas: Schemas, form: string, content: Content): Finding[] {
  const { bytes } = content.document;
  return schemas.validate(form, viewOf(content.document, content.root)).map(({ code, element, params, value }) =>
    finding(code, { place: placeOf(bytes, content.root, element.source), params, ...(value === undefined ? {} : { value }) }),
  );
}

function viewOf(document: XmlDocument, source: XmlElement): View {
  return {
    source,
    name: source.local,
    namespace: source.namespace,
    attributes: source.attributes.map(({ local, namespace }) => ({ name: local, namespace })),
    children: viewsOf(document, source),
  };
}

function* viewsOf(document: XmlDocument, source: XmlElement): Generator<View | (() => string)> {
  for (const child of source.children) {
    if (child.kind === 'element') yield viewOf(document, child);
    else if (child.kind === 'text') yield () => decodeText(document.bytes, child);
  }
}
