// Everything that is checked, each with what to do and a failing sample; and the problems of calls that are not admitted.
import { anchorOf, both, codes, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import { membersIn, rowsIn, sampleOf } from '../material.ts';
import type { Material } from '../material.ts';
import { changedLines } from '../xml-sample.ts';
import { listed, rowsOf, textIn } from '../../standard/publication/tables.ts';
import type { Members } from '../../standard/publication/value.ts';
import { formLink } from './forms.ts';

export function rulesPage(material: Material): Page {
  const rows = rowsIn(material, 'rules').toSorted((a, b) => (textIn(a, 'wireCode') < textIn(b, 'wireCode') ? -1 : 1));
  return {
    path: 'rules.html', vi: 'Quy tắc và mã lỗi', en: 'Rules and error codes',
    body: html`<p>${both('Mỗi mã là một quy tắc. Văn bản từ chối nêu mọi lỗi cùng lúc: mã (MA_LOI), tệp, XPath, dòng, cột, giá trị đã che, cách sửa.', 'One code is one rule. A refusal names everything at once: code (MA_LOI), file, XPath, line, column, masked value, what to do.')} <a href="problems.html">${both('Vấn đề của lời gọi', 'Problems of calls')}</a></p>
${table(
    [['Mã lỗi', 'Wire code'], ['Mã quy tắc', 'Rule'], ['Mức', 'Severity'], ['Nội dung', 'Sentence']],
    rows.map((row) => [textIn(row, 'wireCode'), html`<a href="#${anchorOf(textIn(row, 'code'))}">${textIn(row, 'code')}</a>`, severityOf(row), both(textIn(row, 'vi'), textIn(row, 'en'))]),
  )}
${rows.map((row) => section(material, row))}`,
  };
}

function section(material: Material, row: Members): Html {
  const code = textIn(row, 'code');
  const examples = material.examples.get(code) ?? [];
  return html`<section id="${anchorOf(code)}"><h2 id="${anchorOf(textIn(row, 'wireCode'))}">${textIn(row, 'wireCode')} · ${code}</h2>
<p>${severityOf(row)} · ${both(textIn(row, 'vi'), textIn(row, 'en'))}</p>
<dl>
<dt>${both('Cách sửa', 'What to do')}</dt><dd>${both(textIn(row, 'actionVi'), textIn(row, 'actionEn'))}</dd>
<dt>${both('Căn cứ', 'Clause')}</dt><dd>${textIn(row, 'clause')}</dd>
${listed(row['forms']).length === 0 ? '' : html`<dt>${both('Biểu mẫu', 'Forms')}</dt><dd>${listed(row['forms']).map((form) => html`${formLink(form)} `)}</dd>`}
${listed(row['fields']).length === 0 ? '' : html`<dt>${both('Phần tử', 'Elements')}</dt><dd>${codes(listed(row['lists']))}: ${codes(listed(row['fields']))}</dd>`}
${rowsOf(row['ruleSets']).map(underSet)}
</dl>
${examples.map((example) => exampleOf(material, example))}</section>
`;
}

/** A set under which it weighs otherwise, with its days. */
function underSet(set: Members): Html {
  const days = set['inForce'] === false ? both('chưa áp dụng', 'not in force') : html`${textIn(set, 'from')} – ${textIn(set, 'until') || '…'}`;
  return html`<dt>${both('Bộ quy tắc', 'Rule set')} <a href="instruments.html">${textIn(set, 'id')}</a></dt><dd>${days}: ${weights.has(textIn(set, 'severity')) ? severityOf(set) : both('không áp dụng', 'off')}</dd>`;
}

const weights: ReadonlySet<string> = new Set(['refuse', 'warn']);

/** What in a valid dossier is changed for exactly this finding to come. */
function exampleOf(material: Material, example: Members): Html {
  const where = textIn(example, 'where');
  if (where !== '') return html`<p><small>${both('Ví dụ vi phạm cần nhiều hơn một hồ sơ', 'The failing sample needs more than one dossier')}: <code>${where}</code></small></p>`;
  const form = textIn(example, 'form');
  const changes = rowsOf(example['changes']);
  const circumstances = [
    textIn(example, 'procedure') === '' ? '' : html`${both('thủ tục', 'procedure')} ${textIn(example, 'procedure')}; `,
    textIn(example, 'envelope') === '' ? '' : html`${both('trong phong bì', 'in the envelope')} ${formLink(textIn(example, 'envelope'))}; `,
    listed(example['with']).length === 0 ? '' : html`${both('kèm', 'with')} ${codes(listed(example['with']))}; `,
    textIn(example, 'sender') === '' ? '' : html`${both('bên gửi', 'sender')} ${textIn(example, 'sender')}; `,
    textIn(membersIn(example, 'certificate'), 'commonName') === '' ? '' : html`${both('chứng thư số', 'certificate')} ${textIn(membersIn(example, 'certificate'), 'commonName')}; `,
  ];
  const changed = new Set(changes.map((change) => textIn(change, 'form') || form));
  return html`<h3>${formLink(form)} <small>${circumstances}</small>· ${both('Ví dụ vi phạm', 'Failing sample')}</h3>
${changes.length === 0 ? html`<p>${both('Tài liệu không đổi; chỉ khác điều nêu trên.', 'The document is the valid one; only what is said above is different.')}</p>` : ''}${[...changed].map((document) => html`${document === form ? '' : formLink(document)}${changedLines(sampleOf(material, document), changes.filter((change) => (textIn(change, 'form') || form) === document).map(changeOf))}`)}`;
}

function changeOf(row: Members): { readonly find: string; readonly replace: string; readonly regex: boolean } {
  return { find: textIn(row, 'find'), replace: textIn(row, 'replace'), regex: row['regex'] === true };
}

function severityOf(row: Members): Content {
  return textIn(row, 'severity') === 'warn' ? html`<span class="warn">${both('Cảnh báo', 'warning')}</span>` : html`<span class="refuse">${both('Từ chối', 'refused')}</span>`;
}

export function problemsPage(material: Material): Page {
  const [problems, reasons] = [rowsIn(material, 'errors', 'problems'), rowsIn(material, 'errors', 'reasons')];
  return {
    path: 'problems.html', vi: 'Vấn đề và lý do', en: 'Problems and reasons',
    body: html`<p>${both('Yêu cầu không được tiếp nhận nhận application/problem+json (RFC 9457); không có gì được ghi nhận.', 'A call that is not admitted gets application/problem+json (RFC 9457); nothing was recorded.')}</p>
${table([['Mã', 'Code'], ['HTTP', ''], ['Nội dung', 'Sentence'], ['Cách sửa', 'What to do']], problems.map((row) => [html`<code id="${anchorOf(textIn(row, 'code'))}">${textIn(row, 'code')}</code>`, textIn(row, 'status'), both(textIn(row, 'vi'), textIn(row, 'en')), both(textIn(row, 'actionVi'), textIn(row, 'actionEn'))]))}
<h2>${both('Lý do trong câu', 'Reasons inside sentences')}</h2>
${table([['Mã', 'Code'], ['Nội dung', 'Text']], reasons.map((row) => [html`<code>${textIn(row, 'code')}</code>`, both(textIn(row, 'vi'), textIn(row, 'en'))]))}`,
  };
}
