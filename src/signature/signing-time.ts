// When a signature says it was made. Clients write it in three forms, in several namespaces, in UTC or local time with the same letter, or not
// at all (wire-format §3.2), and nothing vouches for it: a claim for reports, on which no acceptance rests.
import { childElements, descendants } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';

const LONGEST = 40;
const FORM = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})?$/;

/** The text of the first SigningTime, or of SignatureTime's Value, in the signature's Objects; undefined when there is none of a known form. */
export function claimedSigningTime(document: XmlDocument, signature: XmlElement): string | undefined {
  for (const object of childElements(signature)) {
    if (object.local !== 'Object') continue;
    for (const element of descendants(object)) {
      if (element.local !== 'SigningTime' && element.local !== 'Value') continue;
      const text = textOf(document, element).trim();
      if (text.length <= LONGEST && FORM.test(text)) return text;
    }
  }
  return undefined;
}

/** The earliest instant that a claim can mean: without a zone, or with a `Z` that may be local time, it is read as +07:00. */
export function earliestMeant(claim: string): Date | undefined {
  const [, day, time, zone] = FORM.exec(claim) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const instant = new Date(`${day}T${time}${zone === undefined || zone === 'Z' ? '+07:00' : zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
