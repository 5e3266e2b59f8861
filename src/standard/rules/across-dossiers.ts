// Rules across the dossiers of one unit: a declaration, or a batch of a period, that was accepted before. They only warn: no law lets a dossier be refused
// for it, and there are good reasons to file again, such as an agency that returned the first. Pure: what was filed before is asked elsewhere, and recorded.
import { finding } from '../../errors/outcomes.ts';
import type { Finding, Place } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import { formatDateTime } from '../time.ts';

/** A declaration of a dossier whose own signature is in order. */
export interface SignedDeclaration {
  readonly form: string;
  /** SHA-256 of the canonical octets that are signed, hex: the same whoever signs and however they are written down. */
  readonly contentDigest: string;
  readonly place: Place;
  readonly batch: DeclaredBatch | undefined;
}

export interface DeclaredBatch {
  readonly text: string;
  readonly place: Place;
}

/** What a declaration, by its position among the dossier's signed ones, shares with the unit's dossier of this number and time (ISO 8601). */
export interface SharedBefore {
  readonly position: number;
  readonly shares: 'content' | 'batch';
  readonly number: string;
  readonly receivedAt: string;
}

/** Where forms say which batch of the period they are. Of the lists on the wire only this one does: a portal's `dot` of a labour list is in no file. */
const batchFields: ReadonlyMap<string, string> = new Map([['M01B-HSB', 'ThongTinKhac/DotXetDuyet']]);

export function batchOf(form: FormContent): DeclaredBatch | undefined {
  const field = form.field(batchFields.get(form.form) ?? '');
  return field === undefined || field.text === '' ? undefined : { text: field.text, place: form.place(field) };
}

/** What is the same in content is of the same batch too, and is said once. */
export function acrossDossiersFindings(declarations: readonly SignedDeclaration[], period: string, filedBefore: readonly SharedBefore[]): readonly Finding[] {
  const repeated = new Set(filedBefore.filter(({ shares }) => shares === 'content').map(({ position }) => position));
  return filedBefore.flatMap(({ position, shares, number, receivedAt }) => {
    const declaration = declarations[position];
    if (declaration === undefined || (shares === 'batch' && repeated.has(position))) return [];
    const { form, place, batch } = declaration;
    const params = { form, number, at: formatDateTime(new Date(receivedAt)) };
    if (shares === 'content') return [finding('DECLARATION_FILED_BEFORE', { place, params })];
    return [finding('BATCH_FILED_BEFORE', { place: batch?.place ?? place, value: batch?.text ?? '', params: { ...params, batch: batch?.text ?? '', period } })];
  });
}
