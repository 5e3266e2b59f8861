// Step 1: names, book numbers and totals of Form 01 must agree with what came (3142/TB-BHXH); what does not is asked for. Pure.
import type { Dossier } from '../dossier.ts';
import type { Lack } from '../labour.ts';

export function countPapers({ books, forms }: Pick<Dossier, 'books' | 'forms'>): readonly Lack[] {
  if (books === undefined) return [{ file: 'M01-320', what: 'Mẫu 01 (02 bản)', why: 'Hồ sơ không có Mẫu 01' }];
  const { lines, totals } = books;
  const covers = lines.filter(({ kind }) => kind === 'BIA').length;
  const counted = { people: [lines.length], books: [lines.length, lines.length - covers], covers: [covers], leaves: [lines.reduce((sum, { leaves }) => sum + leaves, 0)] }; // covers are counted among the books or beside them
  const names = { people: 'người', books: 'sổ', covers: 'bìa', leaves: 'tờ rời' } as const;
  const wrong = (['people', 'books', 'covers', 'leaves'] as const).flatMap((what): Lack[] => {
    const told = totals[what];
    if (told === undefined || counted[what].includes(told)) return [];
    return [{ file: 'M01-320', what: `Tổng số ${names[what]} trên Mẫu 01`, why: `Mẫu 01 ghi ${told}, kiểm đếm được ${counted[what][0] ?? 0}` }];
  });
  const seen = new Set<string>();
  const repeated = lines.filter(({ number }) => {
    const again = seen.has(number);
    seen.add(number);
    return again;
  });
  const d02 = forms.some((form) => form.startsWith('D02')) ? [] : [{ file: 'D02-TS', what: 'D02-TS (01 bản)', why: 'Hồ sơ không có D02-TS' }];
  return [
    ...d02,
    ...wrong,
    ...lines.filter(({ number }) => number === '').map(({ line }) => ({ file: 'M01-320', what: `Số sổ ở dòng ${line}`, why: 'Không ghi số sổ' })),
    ...repeated.filter(({ number }) => number !== '').map(({ line, number }) => ({ file: 'M01-320', what: `Số sổ ${number} ở dòng ${line}`, why: 'Số sổ ghi hai lần' })),
  ];
}
