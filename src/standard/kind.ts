// Which kind of document of the standard a file is, by its root element, and where that kind carries its signature (wire-format §2).
import type { SignaturePlace } from '../signature/verify.ts';
import { childNamed } from '../xml/document.ts';
import type { XmlDocument } from '../xml/document.ts';
import { envelopeForm, envelopePlace } from './envelope.ts';

/** The envelope, a form inside it, or a message of the gateway's. */
export type DocumentKind = 'dossier' | 'declaration' | 'message';

/** Undefined for anything else. Says nothing about whether it is well made. */
export function documentKind({ root }: XmlDocument): DocumentKind | undefined {
  if (root.namespace !== '' || root.prefix !== '') return undefined;
  if (root.local === envelopeForm) return 'dossier';
  if (root.local === messageRoot) return 'message';
  return childNamed(root, 'NoiDung') === undefined ? undefined : 'declaration';
}

const messageRoot = 'BHXH';

/** Where the gateway, and the agency in its answers, sign. */
export const messagePlace: SignaturePlace = { path: [messageRoot] };

/** Where a form with this root carries its signature. */
export function declarationPlace(root: string): SignaturePlace {
  return { path: [root, 'Cky'] };
}

export function signaturePlaceOf(document: XmlDocument): SignaturePlace | undefined {
  const kind = documentKind(document);
  if (kind === 'dossier') return envelopePlace;
  if (kind === 'message') return messagePlace;
  return kind && declarationPlace(document.root.local);
}
