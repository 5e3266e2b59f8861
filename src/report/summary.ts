// What a container proved, in a few lines before all details: of the dossier, its receipt, result and notices, of the log, the time stamps, the revocation
// data and the rule set, whether it holds and by when it was there. Nothing here decides anything.
import type { Fact, ObjectReport, ProofEntry, Status, Words } from './model.ts';
import { statusOf, worst } from './model.ts';
import { titleOf, timeWords } from './words.ts';

export interface SummaryLine {
  readonly name: Words;
  readonly value: Words;
  readonly tone: 'passed' | 'open' | 'failed';
}

interface Group {
  readonly name: Words;
  readonly of: (object: ObjectReport) => boolean;
  /** Said even when there is none. */
  readonly always?: boolean;
}

const groups: readonly Group[] = [
  { name: { vi: 'Hồ sơ', en: 'Dossier' }, of: ({ name }) => name === 'dossier.xml', always: true },
  { name: { vi: 'Biên nhận', en: 'Receipt' }, of: ({ name }) => name === 'receipt.xml', always: true },
  { name: { vi: 'Kết quả', en: 'Result' }, of: ({ name }) => name.startsWith('results/'), always: true },
  { name: { vi: 'Thông báo', en: 'Notices' }, of: ({ name }) => name.startsWith('notices/'), always: true },
  { name: { vi: 'Văn bản của cơ quan BHXH', en: 'The agency’s own documents' }, of: ({ name }) => name.startsWith('agency/') },
];

/** Of a container; of anything else nothing. */
export function summaryOf(object: ObjectReport): readonly SummaryLine[] {
  if (object.what !== 'container' || object.objects.length === 0) return [];
  const ofKind = (kind: ProofEntry['kind']): readonly ProofEntry[] => [...object.objects, object].flatMap(({ proofs }) => proofs.filter((proof) => proof.kind === kind));
  const [seal] = object.signatures;
  return [
    { name: { vi: 'Gói', en: 'Container' }, value: seal === undefined ? { vi: 'KHÔNG đúng với chữ ký của cổng', en: 'NOT as the gateway signed it' } : titleOf(seal), tone: seal === undefined ? 'failed' : toneOf(seal) },
    ...groups.flatMap((group) => groupLine(group, object.objects)),
    proofLine({ vi: 'Nhật ký', en: 'Log' }, ofKind('log'), { vi: 'bằng chứng và điểm kiểm tra', en: 'proofs and checkpoint' }, ['Log', 'Witness']),
    proofLine({ vi: 'Dấu thời gian', en: 'Time stamps' }, ofKind('timestamp'), { vi: 'dấu', en: 'stamps' }, ['At', 'Proves by itself until']),
    proofLine({ vi: 'Dữ liệu thu hồi', en: 'Revocation data' }, ofKind('revocation'), undefined, ['Certificates', 'Revocation lists (CRL)', 'OCSP answers']),
    proofLine({ vi: 'Bộ quy tắc', en: 'Rule set' }, ofKind('rules'), undefined, ['Rule set']),
  ];
}

function groupLine({ name, of, always = false }: Group, objects: readonly ObjectReport[]): readonly SummaryLine[] {
  const found = objects.filter(of);
  if (found.length === 0) return always ? [{ name, value: { vi: 'không có trong gói', en: 'none in the container' }, tone: 'open' }] : [];
  const status = worst(found);
  const title = titleOf(status);
  const count = found.length === 1 ? '' : ` (${found.length})`;
  const times = joined(found.map(timeOf));
  return [{ name, value: { vi: `${title.vi}${count}; ${times.vi}`, en: `${title.en}${count}; ${times.en}` }, tone: toneOf(status) }];
}

function timeOf({ signatures: [first] }: ObjectReport): Words {
  return first === undefined ? { vi: 'không có chữ ký đọc được', en: 'no signature that can be read' } : timeWords(first.bestTime);
}

function proofLine(name: Words, proofs: readonly ProofEntry[], of: Words | undefined, told: readonly string[]): SummaryLine {
  if (proofs.length === 0) return { name, value: { vi: 'không có trong gói', en: 'none in the container' }, tone: 'open' };
  const counted = (state: ProofEntry['state']): number => proofs.filter((proof) => proof.state === state).length;
  const [right, wrong, open] = [counted('passed'), counted('failed'), counted('unchecked')];
  const verdict: Words = of === undefined ? states(wrong, open) : {
    vi: `${right}/${proofs.length} ${of.vi} đúng${wrong > 0 ? `, ${wrong} SAI` : ''}${open > 0 ? `, ${open} chưa kiểm tra` : ''}`,
    en: `${right}/${proofs.length} ${of.en} right${wrong > 0 ? `, ${wrong} WRONG` : ''}${open > 0 ? `, ${open} not checked` : ''}`,
  };
  const facts = [...new Map(proofs.flatMap(({ facts: all }) => all.filter(({ en }) => told.includes(en))).map((fact) => [`${fact.en} ${fact.value}`, fact])).values()];
  const said = (language: 'vi' | 'en'): string => facts.map((fact: Fact) => `; ${fact[language]} ${fact.value}`).join('');
  return { name, value: { vi: `${verdict.vi}${said('vi')}`, en: `${verdict.en}${said('en')}` }, tone: wrong > 0 ? 'failed' : open > 0 ? 'open' : 'passed' };
}

function states(wrong: number, open: number): Words {
  if (wrong > 0) return { vi: 'SAI', en: 'WRONG' };
  return open > 0 ? { vi: 'chưa kiểm tra', en: 'not checked' } : { vi: 'đúng', en: 'right' };
}

function joined(words: readonly Words[]): Words {
  const of = (language: 'vi' | 'en'): string => [...new Set(words.map((one) => one[language]))].join('; ');
  return { vi: of('vi'), en: of('en') };
}

function toneOf(status: Status): SummaryLine['tone'] {
  const { indication } = statusOf(status.indication);
  return ({ 'TOTAL-PASSED': 'passed', INDETERMINATE: 'open', 'TOTAL-FAILED': 'failed' } as const)[indication];
}
