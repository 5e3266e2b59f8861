// Attributes that no form has. Those of the schema instance and of XML itself are dropped: .NET writes them, no form gives them a meaning, and
// an engine that followed a schema location would load a schema of the sender's choice. An Id is what a signature may refer to; clients repeat
// them freely (wire-format §3.2).
import type { XmlAttribute, XmlElement } from '../xml/document.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XML = 'http://www.w3.org/XML/1998/namespace';
const IDS: ReadonlySet<string> = new Set(['Id', 'ID', 'id']);

export function strangeAttributes({ attributes }: XmlElement): readonly XmlAttribute[] {
  return attributes.length === 0 ? attributes : attributes.filter(({ local, namespace }) => namespace !== XSI && namespace !== XML && !(namespace === '' && IDS.has(local)));
}
