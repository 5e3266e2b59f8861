// The ledger of outages as a page for people: Vietnamese first, English beside it, every time with its zone; what lasts stands first, then the announced
// maintenance of I-VANs and what a unit does that cannot file. No script, nothing from elsewhere, every value escaped.
import { formatDateTime } from '../standard/time.ts';
import type { Maintenance } from '../store/maintenance.ts';
import type { Outage } from '../store/outages.ts';

const scopes = {
  gateway: ['Cổng tiếp nhận', 'Gateway'],
  portal: ['Hệ thống của cơ quan BHXH', 'Agency’s system'],
  ca: ['Tổ chức chứng thực', 'Certification authority'],
  network: ['Đường truyền', 'Network'],
  ivan: ['I-VAN', 'I-VAN'],
} as const;

const STYLE = 'body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.4rem;text-align:left;vertical-align:top}time{white-space:nowrap}[lang=en]{color:#555;display:block}.on{font-weight:bold}';
const MINUTE_MS = 60_000;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export interface OutagesPage {
  /** Of the gateway. */
  readonly name: string;
  readonly outages: readonly Outage[];
  /** Not over yet. */
  readonly maintenance: readonly Maintenance[];
  /** Names of an agency, or of the place whose agencies' codes begin like this. */
  readonly agencyNames: (prefix: string) => readonly [string, string] | undefined;
  readonly ivanName: (code: string) => string | undefined;
  readonly now: Date;
}

export function outagesPage(page: OutagesPage): string {
  const { name, outages, maintenance, now } = page;
  const lasting = outages.filter(({ endedAt }) => endedAt === null);
  const rows = [...lasting, ...outages.filter(({ endedAt }) => endedAt !== null)].map((outage) => outageCells(page, outage));
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sổ sự cố – ${escape(name)}</title><style>${STYLE}</style></head>
<body><h1>Sổ sự cố ${both('', 'Ledger of outages')}</h1>
<p class="${lasting.length > 0 ? 'on' : 'off'}">${lasting.length > 0 ? both(`Đang có ${lasting.length} sự cố chưa khắc phục.`, `${lasting.length} outage(s) not over.`) : both('Hiện không có sự cố.', 'There is no outage now.')}</p>
<p>${both('Mỗi thông báo là một tài liệu XML có chữ ký số của cổng; thời hạn rơi vào sự cố được gia hạn theo quy định.', 'Every statement is an XML document signed by the gateway; deadlines that fell into an outage are moved as the decrees say.')}</p>
${table([['Mã', 'Reference'], ['Hệ thống', 'System'], ['Cơ quan', 'Agencies'], ['Nguyên nhân', 'Cause'], ['Bắt đầu', 'Began'], ['Kết thúc', 'Ended'], ['Thời gian', 'Duration']], rows)}
<h2>Đơn vị không nộp được đúng hạn ${both('', 'A unit that could not file in time')}</h2>
<p>${both(
    'Nộp bản giấy tại cơ quan BHXH quản lý trong 3 ngày làm việc (hồ sơ thu) hoặc 7 ngày làm việc (hồ sơ khác) kể từ hạn nộp; sau khi sự cố được khắc phục, gửi lại bản điện tử (NĐ 164/2025/NĐ-CP Điều 12 khoản 7). Giấy chứng nhận sự cố có chữ ký: POST /v1/outages/{mã}/certificates.',
    'File on paper with the managing agency within 3 working days of the deadline (collection) or 7 (other); when the outage is over, send the electronic dossier as well. The signed certificate: POST /v1/outages/{reference}/certificates.',
  )}</p>
<h2>Bảo trì I-VAN đã thông báo ${both('', 'Announced maintenance of I-VANs')}</h2>
${maintenance.length === 0 ? `<p>${both('Không có.', 'None.')}</p>` : table([['I-VAN', 'I-VAN'], ['Từ', 'From'], ['Đến', 'Until'], ['Lý do', 'Reason'], ['Cách nộp trong thời gian đó', 'How to file meanwhile'], ['Thông báo lúc', 'Announced']], maintenance.map((window) => maintenanceCells(page, window)))}
<p>${both(`Lập lúc ${formatDateTime(now)} (giờ Việt Nam, +07:00).`, 'Vietnamese time, +07:00.')}</p></body></html>
`;
}

function table(heads: readonly (readonly [string, string])[], rows: readonly (readonly string[])[]): string {
  return `<table><thead><tr>${heads.map(([vi, en]) => `<th>${both(vi, en)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;
}

function outageCells({ agencyNames, ivanName, now }: OutagesPage, { reference, scope, agencyPrefix, ivanCode, causeVi, causeEn, startedAt, endedAt }: Outage): readonly string[] {
  const [vi, en] = scopes[scope];
  const system = ivanCode === null ? both(vi, en) : `I-VAN ${named(ivanCode, ivanName)}`;
  const ended = endedAt === null ? `<span class="on">${both('chưa khắc phục', 'not over')}</span>` : time(endedAt);
  return [`<a href="/v1/outages/${encodeURIComponent(reference)}">${escape(reference)}</a>`, system, agenciesOf(agencyPrefix, agencyNames), both(causeVi, causeEn), time(startedAt), ended, duration((endedAt ?? now).getTime() - startedAt.getTime())];
}

function agenciesOf(prefix: string, names: OutagesPage['agencyNames']): string {
  if (prefix === '') return both('Mọi cơ quan', 'All');
  const called = names(prefix);
  const code = prefix.length === 5 ? prefix : `${prefix}…`;
  return called === undefined ? escape(code) : both(`${called[0]} (${code})`, called[1]);
}

function maintenanceCells({ ivanName }: OutagesPage, { ivanCode, startsAt, endsAt, reason, mitigation, announcedAt }: Maintenance): readonly string[] {
  return [named(ivanCode, ivanName), time(startsAt), time(endsAt), escape(reason), escape(mitigation), time(announcedAt)];
}

function named(code: string, nameOf: OutagesPage['ivanName']): string {
  const name = nameOf(code);
  return escape(name === undefined ? code : `${name} (${code})`);
}

function time(at: Date): string {
  return `<time datetime="${at.toISOString()}">${formatDateTime(at)} +07:00</time>`;
}

function duration(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE_MS);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return both(`${hours} giờ ${rest} phút`, `${hours} h ${rest} min`);
}

function both(vi: string, en: string): string {
  return `${escape(vi)} <span lang="en">${escape(en)}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
