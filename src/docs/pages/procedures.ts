// The procedures: which forms each requires and allows, how long the agency has, and on what basis.
import { anchorOf, both, codes, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import { noteOf, rowsIn } from '../material.ts';
import type { Material } from '../material.ts';
import { listed, rowsOf, textIn } from '../../standard/publication/tables.ts';
import type { Members } from '../../standard/publication/value.ts';

export function proceduresPage(material: Material): Page {
  const rows = rowsIn(material, 'procedures');
  return {
    path: 'procedures.html', vi: 'Thủ tục', en: 'Procedures',
    body: html`<p>${both('Mã thủ tục ghi ở MaThuTuc. Thời hạn tính bằng ngày làm việc kể từ khi tiếp nhận (ngày 0).', 'The code stands in MaThuTuc. Time limits are working days from reception, which is day 0.')}</p>
<p lang="en">${noteOf(material, 'procedures')}</p>
${table(
    [['Mã', 'Code'], ['Tên', 'Name'], ['Biểu mẫu bắt buộc', 'Required forms'], ['Ngày làm việc', 'Working days']],
    rows.map((row) => [html`<a href="#${anchorOf(textIn(row, 'code'))}">${textIn(row, 'code')}</a>`, nameOf(row), formLinks(listed(row['requiredForms'])), daysOf(row)]),
  )}
${rows.map(section)}`,
  };
}

function section(row: Members): Html {
  const code = textIn(row, 'code');
  const steps = rowsOf(row['steps']);
  return html`<section id="${anchorOf(code)}"><h2>${code} · ${nameOf(row)}</h2>
<dl>
<dt>${both('Bắt buộc', 'Required')}</dt><dd>${formLinks(listed(row['requiredForms']))}</dd>
<dt>${both('Được kèm', 'Allowed besides')}</dt><dd>${formLinks(listed(row['optionalForms']))}</dd>
<dt>${both('Ngày làm việc', 'Working days')}</dt><dd>${daysOf(row)}</dd>
<dt>${both('Căn cứ', 'Basis')}</dt><dd>${textIn(row, 'basis')}</dd>
${others(row)}</dl>
${table([['Bước', 'Step'], ['Đơn vị', 'Unit'], ['Ngày làm việc', 'Working days'], ['Hệ thống', 'System']], steps.map((step) => [textIn(step, 'step'), textIn(step, 'unit'), textIn(step, 'workingDays'), textIn(step, 'system')]))}</section>
`;
}

const told: ReadonlySet<string> = new Set(['code', 'name', 'nameVi', 'nameEn', 'requiredForms', 'optionalForms', 'workingDays', 'workingDaysAssumed', 'basis', 'steps']);

/** Whatever else the table says of it. */
function others(row: Members): Content {
  return Object.entries(row).filter(([name, value]) => !told.has(name) && typeof value !== 'object').map(([name]) => html`<dt><code>${name}</code></dt><dd>${textIn(row, name)}</dd>
`);
}

export function nameOf(row: Members): Html {
  return both(textIn(row, 'nameVi') || textIn(row, 'name'), textIn(row, 'nameEn'));
}

function daysOf(row: Members): Content {
  return row['workingDaysAssumed'] === true ? html`${textIn(row, 'workingDays')} ${both('(mặc định)', '(default)')}` : textIn(row, 'workingDays');
}

function formLinks(forms: readonly string[]): Content {
  return forms.length === 0 ? '–' : forms.map((form, index) => html`${index === 0 ? '' : ', '}<a href="form/${anchorOf(form)}.html">${codes([form])}</a>`);
}
