// Which form a file is (wire-format §1.3): MaToKhai names it, with or without the suffix of a regulation; file names are free.
import { trimWhitespace } from '../xml/text.ts';
import type { Standard } from './tables.ts';

/** Supporting papers (chứng từ đính kèm): any file that is not a structured, signed form. */
export const attachmentForm = 'CT-DK';

const regulationSuffix = /[-_](?:595|959|166)$/;

/** Every form that some procedure requires or allows. */
export function knownForms(standard: Standard): ReadonlySet<string> {
  return new Set([...standard.procedures.values()].flatMap(({ requiredForms, optionalForms }) => [...requiredForms, ...optionalForms]));
}

export function formCode(written: string): string {
  return trimWhitespace(written).replace(regulationSuffix, '');
}

/** Procedure codes carry the same suffixes in some clients. */
export function procedureCode(written: string): string {
  return trimWhitespace(written).replace(regulationSuffix, '');
}

/** Is the file an XML document by its extension, whatever its case? */
export function isXmlExtension(extension: string): boolean {
  return extension.trim().toLowerCase() === '.xml';
}
