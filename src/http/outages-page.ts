// The ledger of outages as a page for people: Vietnamese first, English beside it; no script, nothing from elsewhere, every value escaped.
import { formatDateTime } from '../standard/time.ts';
import type { Outage } from '../store/outages.ts';

const scopes = {
  gateway: ['Cổng tiếp nhận', 'Gateway'],
  portal: ['Cổng của cơ quan BHXH', 'Agency’s portal'],
  ca: ['Tổ chức chứng thực', 'Certification authority'],
  network: ['Đường truyền', 'Network'],
  ivan: ['I-VAN', 'I-VAN'],
} as const;

const STYLE = 'body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.4rem;text-align:left;vertical-align:top}[lang=en]{color:#555;display:block}.on{font-weight:bold}';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function outagesPage(name: string, outages: readonly Outage[], now: Date): string {
  const rows = outages.map((outage) => `<tr>${cells(outage).map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  const heads = [['Mã', 'Reference'], ['Hệ thống', 'System'], ['Cơ quan', 'Agencies'], ['Nguyên nhân', 'Cause'], ['Bắt đầu', 'Began'], ['Kết thúc', 'Ended']];
  const lasting = outages.filter(({ endedAt }) => endedAt === null).length;
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sổ sự cố – ${escape(name)}</title><style>${STYLE}</style></head>
<body><h1>Sổ sự cố ${both('', 'Ledger of outages')}</h1>
<p class="${lasting > 0 ? 'on' : 'off'}">${lasting > 0 ? both(`Đang có ${lasting} sự cố chưa khắc phục.`, `${lasting} outage(s) not over.`) : both('Hiện không có sự cố.', 'There is no outage now.')}</p>
<p>${both('Mỗi thông báo là một tài liệu XML có chữ ký số của cổng; thời hạn rơi vào sự cố được gia hạn theo quy định.', 'Every statement is an XML document signed by the gateway; deadlines that fell into an outage are moved as the decrees say.')}</p>
<table><thead><tr>${heads.map(([vi, en]) => `<th>${both(vi ?? '', en ?? '')}</th>`).join('')}</tr></thead>
<tbody>${rows}</tbody></table>
<p>${both(`Lập lúc ${formatDateTime(now)} (giờ Việt Nam).`, 'Vietnamese time.')}</p></body></html>
`;
}

function cells({ reference, scope, agencyPrefix, ivanCode, causeVi, causeEn, startedAt, endedAt }: Outage): readonly string[] {
  const [vi, en] = scopes[scope];
  const system = ivanCode === null ? both(vi, en) : `I-VAN ${escape(ivanCode)}`;
  const agencies = agencyPrefix === '' ? both('Mọi cơ quan', 'All') : `${escape(agencyPrefix)}…`;
  const ended = endedAt === null ? `<span class="on">${both('chưa khắc phục', 'not over')}</span>` : formatDateTime(endedAt);
  return [`<a href="/v1/outages/${encodeURIComponent(reference)}">${escape(reference)}</a>`, system, agencies, both(causeVi, causeEn), formatDateTime(startedAt), ended];
}

function both(vi: string, en: string): string {
  return `${escape(vi)} <span lang="en">${escape(en)}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
