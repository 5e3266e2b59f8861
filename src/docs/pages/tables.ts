// The other tables of the standard: agencies, provinces and I-VANs, the calendar, the code lists, rule sets and instruments. A table is shown by
// the members that its rows have, so that a new one needs nothing here.
import { anchorOf, both, html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import { noteOf, rowsIn } from '../material.ts';
import type { Material } from '../material.ts';
import { rowsOf, textIn } from '../../standard/publication/tables.ts';
import { isList, isMembers } from '../../standard/publication/value.ts';
import type { Members, Value } from '../../standard/publication/value.ts';

export function tablePages(material: Material): readonly Page[] {
  const note = (name: Parameters<typeof noteOf>[1]): Html => (noteOf(material, name) === '' ? html`` : html`<p lang="en">${noteOf(material, name)}</p>`);
  return [
    {
      path: 'agencies.html', vi: 'Cơ quan BHXH, tỉnh, I-VAN', en: 'Agencies, provinces, I-VANs',
      body: html`<h2>${both('Cơ quan', 'Agencies')}</h2>${note('agencies')}${rowTable(rowsIn(material, 'agencies'))}
<h2>${both('Tỉnh, thành phố trước và sau 01/7/2025', 'Provinces before and after 2025-07-01')}</h2>${note('provinces')}${rowTable(rowsIn(material, 'provinces'))}
<h2>I-VAN</h2>${note('ivans')}${rowTable(rowsIn(material, 'ivans'))}`,
    },
    {
      path: 'calendar.html', vi: 'Lịch làm việc', en: 'Calendar',
      body: html`<p>${both('Ngày nghỉ ngoài thứ Bảy, Chủ nhật, và thứ Bảy làm bù của khu vực công. Năm "derived" được tính trước khi công bố.', 'Days off besides Saturdays and Sundays, and Saturdays worked in exchange, of the public sector. A derived year was computed before its announcement.')}</p>${note('calendar')}
${rowsIn(material, 'calendar').toReversed().map((year) => html`<section id="y${textIn(year, 'year')}"><h2>${textIn(year, 'year')} <small>${textIn(year, 'status')}</small></h2><p>${textIn(year, 'basis')}</p>
${rowTable(rowsOf(year['holidays']))}<p>${both('Thứ Bảy làm bù', 'Saturdays worked')}: ${shown(year['workedSaturdays'])}</p></section>
`)}<h2>${both('Lý do nghỉ', 'Reasons')}</h2>${rowTable(rowsIn(material, 'calendar', 'reasons'))}`,
    },
    {
      path: 'codes.html', vi: 'Danh mục mã', en: 'Code lists',
      body: html`${note('code-lists')}${rowsIn(material, 'code-lists').map((list) => html`<section id="${anchorOf(textIn(list, 'name'))}"><h2>${both(textIn(list, 'nameVi'), textIn(list, 'nameEn'))}</h2><p><code>${textIn(list, 'name')}</code> <small>${textIn(list, 'source')}</small></p>${rowTable(rowsOf(list['codes']))}</section>
`)}`,
    },
    {
      path: 'instruments.html', vi: 'Căn cứ pháp lý và bộ quy tắc', en: 'Legal basis and rule sets',
      body: html`<h2>${both('Bộ quy tắc theo thời gian', 'Rule sets by date')}</h2>${note('rule-sets')}${rowTable(rowsIn(material, 'rule-sets'))}
<h2>${both('Văn bản', 'Instruments')}</h2>${note('instruments')}${rowTable(rowsIn(material, 'instruments'))}`,
    },
  ];
}

function rowTable(rows: readonly Members[]): Html {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length === 0) return html`<p>–</p>`;
  return html`<div class="wide"><table><thead><tr>${names.map((name) => html`<th><code>${name}</code></th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${names.map((name) => html`<td>${shown(row[name])}</td>`)}</tr>
`)}</tbody></table></div>`;
}

function shown(value: Value | undefined): Content {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item, index) => html`${index === 0 ? '' : ', '}${shown(item)}`);
  if (isMembers(value)) return Object.entries(value).map(([name, member], index) => html`${index === 0 ? '' : '; '}${name} ${shown(member)}`);
  return String(value);
}
