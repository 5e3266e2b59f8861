// The static page: files and trust anchors from the disk → the same examination as `ivan verify`, shown row by row. Nothing is asked of a network: the page's
// own policy forbids it. Every text from a file is put in as text, never as markup.
import { examineFile } from '../client/examine-file.ts';
import { readVerifiers } from '../client/examine-log.ts';
import type { LogKeys } from '../client/examine-log.ts';
import { ClientError, reasonOf } from '../client/errors.ts';
import { Refusal } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { exitCodeOf, reportOf } from '../report/model.ts';
import type { ObjectReport, Words } from '../report/model.ts';
import { objectRows } from '../report/rows.ts';
import type { Row } from '../report/rows.ts';
import { reportXml } from '../report/xml.ts';
import { page } from './dom.ts';
import type { PageElement } from './dom.ts';
import { parseTrustMaterial } from '../trust/material.ts';
import type { TrustFile, TrustMaterial } from '../trust/material.ts';

type Language = 'vi' | 'en';

/** What was built into the page. */
export interface Embedded {
  readonly trust: readonly { readonly name: string; readonly base64: string }[];
}

export interface PageAnswer {
  readonly name: string;
  readonly exitCode: number;
  readonly report?: ObjectReport;
  /** Why nothing can be said. */
  readonly error?: Words;
}

interface Given {
  readonly trust: TrustFile[];
  readonly keys: { logs: LogKeys['logs']; witnesses: LogKeys['witnesses'] };
  /** Of the gateway's signing certificates, as the reader wrote them. */
  fingerprints: string;
  readonly files: { readonly name: string; readonly bytes: Buffer }[];
}

const texts: Readonly<Record<string, Words>> = {
  title: { vi: 'Kiểm tra chữ ký và chứng cứ hồ sơ BHXH', en: 'Verify signatures and evidence of social-insurance dossiers' },
  lead: { vi: 'Trang này chạy trên máy của bạn và không gửi gì đi đâu.', en: 'This page runs on your machine and sends nothing anywhere.' },
  drop: { vi: 'Thả hoặc chọn tệp cần kiểm tra (biên nhận, kết quả, thông báo, hồ sơ, gói chứng cứ)', en: 'Drop or choose files to verify (receipt, result, notice, dossier, evidence container)' },
  trust: { vi: 'Chứng thư gốc, chứng thư trung gian và danh sách thu hồi (.pem, .crt, .cer, .crl)', en: 'Roots, subordinate certificates and revocation lists (.pem, .crt, .cer, .crl)' },
  keys: { vi: 'Khóa của nhật ký và của nhân chứng (văn bản)', en: 'Keys of the log and of witnesses (text)' },
  fingerprints: { vi: 'Dấu vân tay SHA-256 của chứng thư ký của cổng, nhận qua đường khác', en: 'SHA-256 of the gateway’s signing certificate, got by another way' },
  none: { vi: 'Chưa có chứng thư gốc: chưa thể tin chữ ký nào.', en: 'There is no root certificate yet: no signature can be believed.' },
  anchors: { vi: 'Chứng thư gốc được tin', en: 'Roots believed' },
  other: { vi: 'English', en: 'Tiếng Việt' },
  save: { vi: 'Lưu báo cáo XML (ETSI TS 119 102-2)', en: 'Save the report as XML (ETSI TS 119 102-2)' },
};

const given: Given = { trust: [], keys: { logs: [], witnesses: [] }, fingerprints: '', files: [] };
let language: Language = 'vi';
let material: TrustMaterial | undefined;
let answers: readonly PageAnswer[] = [];
let judgedAt = new Date(performance.timeOrigin);
let rounds = 0;
const problems: string[] = [];

/** What the page says of these octets; also for tests. */
async function answerFor(name: string, bytes: Buffer, now: Date): Promise<PageAnswer> {
  if (material === undefined) return { name, exitCode: 3, error: texts['none'] ?? { vi: '', en: '' } };
  try {
    const { report } = await examineFile(name, bytes, { trust: material, now, logKeys: given.keys, fingerprints: fingerprintsOf(given.fingerprints) });
    return { name, exitCode: exitCodeOf(report), report };
  } catch (error) {
    return { name, exitCode: error instanceof ClientError ? 3 : 2, error: wordsOf(error) };
  }
}

/** Undefined where none is given. */
function fingerprintsOf(text: string): readonly string[] | undefined {
  const found = text.split(/[\s,;]+/).filter((one) => one !== '');
  return found.length === 0 ? undefined : found;
}

function wordsOf(error: unknown): Words {
  if (error instanceof ClientError) return { vi: error.vi, en: error.en };
  const [first] = error instanceof Refusal ? error.findings.map(publishedFinding) : [];
  return first ?? { vi: reasonOf(error), en: reasonOf(error) };
}

/** Once for each that asks; of two at a time the later one counts alone, for only it has been given everything. */
async function judgeAll(): Promise<void> {
  const round = (rounds += 1);
  const now = new Date(performance.timeOrigin + performance.now());
  const found: PageAnswer[] = [];
  for (const { name, bytes } of [...given.files]) {
    found.push(await answerFor(name, bytes, now));
    if (round !== rounds) return;
  }
  [answers, judgedAt] = [found, now];
  show();
}

function takeTrust(files: readonly TrustFile[]): void {
  given.trust.push(...files);
  problems.length = 0;
  try {
    material = given.trust.length === 0 ? undefined : parseTrustMaterial(given.trust);
  } catch (error) {
    given.trust.splice(given.trust.length - files.length);
    problems.push(reasonOf(error));
  }
}

function takeKeys(name: string, text: string): void {
  try {
    const keys = readVerifiers(text, name);
    given.keys.logs = [...given.keys.logs, ...keys.filter(({ kind }) => kind === 'log')];
    given.keys.witnesses = [...given.keys.witnesses, ...keys.filter(({ kind }) => kind === 'witness')];
  } catch (error) {
    problems.push(`${name}: ${reasonOf(error)}`);
  }
}

async function octetsOf(file: File): Promise<Buffer> {
  return Buffer.from(await file.arrayBuffer());
}

async function take(kind: 'files' | 'trust' | 'keys', files: readonly File[]): Promise<void> {
  const read = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: await octetsOf(file) })));
  if (kind === 'trust') takeTrust(read);
  else if (kind === 'keys') for (const { name, bytes } of read) takeKeys(name, bytes.toString('utf8'));
  else given.files.splice(0, given.files.length, ...read);
  await judgeAll();
}

function element(name: string, text: string, className = ''): PageElement {
  const made = page.createElement(name);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

function chooser(kind: 'files' | 'trust' | 'keys', words: Words): PageElement {
  const label = element('label', words[language], `choose ${kind}`);
  const input = page.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.id = kind;
  input.addEventListener('change', () => void take(kind, [...(input.files ?? [])]));
  label.append(input);
  return label;
}

function fingerprintField(): PageElement {
  const label = element('label', of('fingerprints')[language], 'choose');
  const input = page.createElement('input');
  input.type = 'text';
  input.id = 'fingerprints';
  input.value = given.fingerprints;
  input.addEventListener('change', () => {
    given.fingerprints = input.value;
    void judgeAll();
  });
  label.append(input);
  return label;
}

function of(name: string): Words {
  return texts[name] ?? { vi: name, en: name };
}

function rowElement({ depth, kind, name, value, tone }: Row): PageElement {
  const row = element('div', '', `row ${kind} ${tone ?? ''} d${Math.min(depth, 3)}`);
  row.append(element('span', name[language], 'n'));
  if (value !== undefined) row.append(element('span', value[language], 'v'));
  return row;
}

function answerElement({ name, report, error, exitCode }: PageAnswer): PageElement {
  const section = element('section', '');
  section.dataset['file'] = name;
  section.dataset['code'] = String(exitCode);
  if (report !== undefined) section.append(...objectRows(report, 0).map(rowElement));
  if (error !== undefined) section.append(rowElement({ depth: 0, kind: 'object', name: { vi: name, en: name }, value: error, tone: 'open' }));
  return section;
}

function saveButton(): PageElement {
  const link = page.createElement('a');
  link.textContent = texts['save']?.[language] ?? '';
  link.download = 'bao-cao.xml';
  link.href = `data:application/xml;base64,${Buffer.from(reportXml(reportOf(judgedAt, answers.flatMap(({ report }) => report ?? [])))).toString('base64')}`;
  return link;
}

function show(): void {
  page.documentElement.lang = language;
  page.title = of('title')[language];
  const switcher = element('button', of('other')[language], 'switch');
  switcher.addEventListener('click', () => {
    language = language === 'vi' ? 'en' : 'vi';
    show();
  });
  const anchors = material === undefined ? element('p', of('none')[language], 'open') : element('p', `${of('anchors')[language]}: ${material.anchors.map(({ commonName, fingerprint }) => `${commonName} (${fingerprint})`).join('; ')}`);
  page.body.replaceChildren(
    switcher, element('h1', of('title')[language]), element('p', of('lead')[language]),
    chooser('trust', of('trust')), chooser('keys', of('keys')), fingerprintField(), anchors, ...problems.map((problem) => element('p', problem, 'failed')), chooser('files', of('drop')),
    ...answers.map(answerElement), ...(answers.some(({ report }) => report !== undefined) ? [saveButton()] : []),
  );
}

/** Starts the page. */
export function start({ trust }: Embedded): void {
  takeTrust(trust.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') })));
  page.addEventListener('dragover', (event) => { event.preventDefault(); });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    void take('files', [...(event.dataTransfer?.files ?? [])]);
  });
  show();
}
