// The procedures: which forms each requires and allows, how long the agency has, and on what basis; and the services of the national portal
// that they are.
import { anchorOf, both, codes, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import { membersIn, noteOf, rowsIn } from '../material.ts';
import type { Material } from '../material.ts';
import { listed, rowsOf, textIn } from '../../standard/publication/tables.ts';
import { isList } from '../../standard/publication/value.ts';
import type { Members } from '../../standard/publication/value.ts';

export function proceduresPage(material: Material): Page {
  const rows = rowsIn(material, 'procedures');
  return {
    path: 'procedures.html', vi: 'Thủ tục', en: 'Procedures',
    body: html`<p>${both('Mã thủ tục ghi ở MaThuTuc. Thời hạn tính bằng ngày làm việc kể từ khi tiếp nhận (ngày 0).', 'The code stands in MaThuTuc. Time limits are working days from reception, which is day 0.')}</p>
<p lang="en">${noteOf(material, 'procedures')}</p>
${table(
    [['Mã', 'Code'], ['Tên', 'Name'], ['Biểu mẫu bắt buộc', 'Required forms'], ['Ngày làm việc', 'Working days']],
    rows.map((row) => [html`<a href="#${anchorOf(textIn(row, 'code'))}">${textIn(row, 'code')}</a>`, nameOf(newestOf(row)), requiredForms(newestOf(row)), daysOf(newestOf(row))]),
  )}
${rows.map(section)}`,
  };
}

/** The services of the national portal, each with the procedures that it is here. */
export function servicesPage(material: Material): Page {
  const rows = rowsIn(material, 'services');
  return {
    path: 'services.html', vi: 'Dịch vụ công trực tuyến', en: 'Services of the national portal',
    body: html`<p lang="en">${noteOf(material, 'services')}</p>
<div class="wide"><table><thead><tr>${[['Mã quốc gia', 'National code'], ['Tên', 'Name'], ['Người nộp', 'Filed by'], ['Thủ tục', 'Procedures'], ['Căn cứ', 'Basis'], ['Tin cậy', 'Confidence']].map(([vi = '', en = '']) => html`<th>${both(vi, en)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr id="${anchorOf(textIn(row, 'code'))}"><td><code>${textIn(row, 'code')}</code></td><td>${nameOf(row)}</td><td>${filersOf(row)}</td><td>${procedureLinks(row)}</td><td>${textIn(row, 'basis')} <small>${textIn(row, 'remark')}</small></td><td>${textIn(row, 'confidence')}</td></tr>
`)}</tbody></table></div>`,
  };
}

function procedureLinks(service: Members): Content {
  const links = listed(service['procedures']).map((code) => html`<a href="procedures.html#${anchorOf(code)}">${code}</a> `);
  return links.length === 0 ? '–' : html`${links}<small>${textIn(service, 'match')}</small>`;
}

function newestOf(row: Members): Members {
  return rowsOf(row['versions']).at(-1) ?? {};
}

function section(row: Members): Html {
  const code = textIn(row, 'code');
  return html`<section id="${anchorOf(code)}"><h2>${code} · ${nameOf(newestOf(row))}</h2>
${rowsOf(row['versions']).toReversed().map(versionOf)}</section>
`;
}

function versionOf(row: Members): Html {
  const steps = rowsOf(row['steps']);
  return html`<h3>${textIn(row, 'from') || '…'} – ${textIn(row, 'until') || '…'}</h3>
<dl>
<dt>${both('Bắt buộc', 'Required')}</dt><dd>${requiredForms(row)}</dd>
<dt>${both('Được kèm', 'Allowed besides')}</dt><dd>${formLinks(listed(row['optionalForms']))}</dd>
<dt>${both('Ngày làm việc', 'Working days')}</dt><dd>${daysOf(row)} <small>${textIn(row, 'workingDaysBasis')}</small></dd>
${firstRegistration(membersIn(row, 'firstRegistration'))}
<dt>${both('Người nộp', 'Filed by')}</dt><dd>${filersOf(row)}</dd>
<dt>${both('Lệ phí', 'Fee')}</dt><dd>${row['fee'] === 0 ? both('Không', 'None') : textIn(row, 'fee')}</dd>
<dt>${both('Căn cứ', 'Basis')}</dt><dd>${textIn(row, 'basis')}</dd>
${serviceLink(textIn(row, 'nationalCode'))}${others(row)}</dl>
${table([['Bước', 'Step'], ['Đơn vị', 'Unit'], ['Ngày làm việc', 'Working days'], ['Hệ thống', 'System']], steps.map((step) => [textIn(step, 'step'), both(textIn(step, 'unit'), textIn(step, 'unitEn')), textIn(step, 'workingDays'), textIn(step, 'system')]))}
`;
}

const filers: Readonly<Record<string, readonly [vi: string, en: string]>> = { organisation: ['Đơn vị', 'Organisation'], individual: ['Cá nhân', 'Individual'] };

function filersOf(row: Members): Content {
  return listed(row['filedBy']).map((kind) => html`${both(...(filers[kind] ?? [kind, kind]))} `);
}

function serviceLink(code: string): Content {
  return code === '' ? '' : html`<dt>${both('Mã quốc gia', 'National code')}</dt><dd><a href="services.html#${anchorOf(code)}">${code}</a></dd>
`;
}

/** Those that must be there, then the choices of which one must be. */
function requiredForms(row: Members): Content {
  const choices = isList(row['requiredOneOf']) ? row['requiredOneOf'].map(listed) : [];
  const groups = [...listed(row['requiredForms']).map((form) => [form]), ...choices];
  return groups.length === 0 ? '–' : groups.map((group, index) => html`${index === 0 ? '' : ', '}${group.map((form, place) => html`${place === 0 ? '' : ' hoặc / or '}${formLinks([form])}`)}`);
}

const told: ReadonlySet<string> = new Set(['nameVi', 'nameEn', 'from', 'until', 'requiredForms', 'requiredOneOf', 'optionalForms', 'workingDays', 'workingDaysAssumed', 'workingDaysBasis', 'filedBy', 'fee', 'basis', 'nationalCode', 'steps', 'firstRegistration']);

/** Whatever else the table says of it. */
function others(row: Members): Content {
  return Object.entries(row).filter(([name, value]) => !told.has(name) && typeof value !== 'object').map(([name, value]) => html`<dt><code>${name}</code></dt><dd>${typeof value === 'object' ? '' : String(value)}</dd>
`);
}

export function nameOf(row: Members): Html {
  return both(textIn(row, 'nameVi') || textIn(row, 'name'), textIn(row, 'nameEn'));
}

/** How a unit without a code registers by it. */
function firstRegistration(terms: Members): Html | '' {
  if (textIn(terms, 'nameVi') === '') return '';
  return html`<dt>${both('Đăng ký lần đầu', 'First registration')} ${formLinks(['Hoso-DKLanDau'])}</dt><dd>${both(textIn(terms, 'nameVi'), textIn(terms, 'nameEn'))}; ${both('được kèm thêm', 'allowed besides')}: ${formLinks(listed(terms['optionalForms']))}; ${both('ngày làm việc', 'working days')}: ${textIn(terms, 'workingDays')} <small>${textIn(terms, 'workingDaysBasis')}</small></dd>`;
}

function daysOf(row: Members): Content {
  return row['workingDaysAssumed'] === true ? html`${textIn(row, 'workingDays')} ${both('(mặc định)', '(default)')}` : textIn(row, 'workingDays');
}

function formLinks(forms: readonly string[]): Content {
  return forms.length === 0 ? '–' : forms.map((form, index) => html`${index === 0 ? '' : ', '}<a href="form/${anchorOf(form)}.html">${codes([form])}</a>`);
}
