// How much a dossier may hold when an I-VAN sends it: what its contract says, and where that says nothing, what is usual in the field. A direct
// filing has no such limit. Files count with the declarations, sizes as decoded.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { XmlElement } from '../../xml/document.ts';
import type { Envelope } from '../envelope.ts';
import { dossierRule } from './rule.ts';
import type { Rule, RuleContext } from './rule.ts';

const MEGABYTE = 1024 * 1024;

interface Limits {
  readonly maxFiles: number | undefined;
  readonly maxBytes: number | undefined;
}

export const profileRules: readonly Rule[] = [
  dossierRule('FILES_TOO_MANY', (context) => tooMany('FILES_TOO_MANY', context, agreed(context))),
  dossierRule('FILES_TOO_LARGE', (context) => tooLarge('FILES_TOO_LARGE', context, agreed(context))),
  dossierRule('FILES_MANY', (context) => tooMany('FILES_MANY', context, usual(context))),
  dossierRule('FILES_LARGE', (context) => tooLarge('FILES_LARGE', context, usual(context))),
];

function agreed({ sender }: RuleContext): Limits {
  return sender.kind === 'ivan' ? { maxFiles: sender.contract.maxFiles, maxBytes: sender.contract.maxBytes } : { maxFiles: undefined, maxBytes: undefined };
}

function usual(context: RuleContext): Limits {
  const { maxFiles, maxBytes } = agreed(context);
  const { ivanLimits } = context.standard.labour;
  if (context.sender.kind === 'direct') return { maxFiles: undefined, maxBytes: undefined };
  return { maxFiles: maxFiles === undefined ? ivanLimits.maxFiles : undefined, maxBytes: maxBytes === undefined ? ivanLimits.maxBytes : undefined };
}

function tooMany(code: 'FILES_TOO_MANY' | 'FILES_MANY', { envelope, placeOf }: RuleContext, { maxFiles }: Limits): Finding[] {
  const { files } = envelope;
  if (maxFiles === undefined || files.length <= maxFiles) return [];
  return [finding(code, { place: placeOf(countedAt(envelope)), params: { limit: String(maxFiles).padStart(2, '0'), count: files.length } })];
}

function tooLarge(code: 'FILES_TOO_LARGE' | 'FILES_LARGE', { envelope, files, placeOf }: RuleContext, { maxBytes }: Limits): Finding[] {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (maxBytes === undefined || size <= maxBytes) return [];
  return [finding(code, { place: placeOf(countedAt(envelope)), params: { limit: megabytes(maxBytes), size: megabytes(size) } })];
}

/** Where the dossier says how many files it has; a first registration only lists them. */
function countedAt(envelope: Envelope): { readonly element: XmlElement } | undefined {
  const count = envelope.kind === 'dossier' ? envelope.fileCount : undefined;
  return count ?? (envelope.fileList && { element: envelope.fileList });
}

/** `05`, or `5.25` when it is no whole number. */
function megabytes(bytes: number): string {
  const value = bytes / MEGABYTE;
  return Number.isInteger(value) ? String(value).padStart(2, '0') : value.toFixed(2);
}
