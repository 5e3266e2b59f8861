// The six lists of the benefit form M01B-HSB: sickness, maternity and convalescence, each new and adjusted; and the one list of M05A-HSB.
import type { FormContent, RecordTable } from '../form-content.ts';

export type Regime = 'sickness' | 'maternity' | 'convalescence';

export const benefitForm = 'M01B-HSB';
export const accidentForm = 'M05A-HSB';
export const benefitForms: readonly string[] = [benefitForm, accidentForm];

const regimes: readonly (readonly [Regime, string])[] = [['sickness', 'CheDoOmDau'], ['maternity', 'CheDoThaiSan'], ['convalescence', 'CheDoDuongSuc']];

interface BenefitPath {
  readonly path: string;
  readonly regime: Regime;
  /** Of benefits that were settled before. */
  readonly adjusted: boolean;
}

const lists: readonly BenefitPath[] = (['PhatSinh', 'DieuChinh'] as const).flatMap((part) =>
  regimes.map(([regime, name]) => ({ path: `NoiDung/${part}/${name}/LaoDong`, regime, adjusted: part === 'DieuChinh' })));

export const benefitPaths: readonly string[] = lists.map(({ path }) => path);
export const adjustedPaths: readonly string[] = lists.filter(({ adjusted }) => adjusted).map(({ path }) => path);

export interface BenefitList extends BenefitPath {
  readonly list: RecordTable;
}

export function benefitListsOf(form: FormContent): readonly BenefitList[] {
  return lists.flatMap((entry) => {
    const list = form.lists.get(entry.path);
    return list === undefined ? [] : [{ ...entry, list }];
  });
}
