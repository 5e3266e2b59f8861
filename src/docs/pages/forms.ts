// The forms: an index, and a page for each with every element of every version, its sample and its schema.
import { anchorOf, both, codes, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import { formIn, rowsIn } from '../material.ts';
import type { Material } from '../material.ts';
import { sampleBlock } from '../xml-sample.ts';
import { listed, rowsOf, textIn } from '../../standard/publication/tables.ts';
import { isMembers } from '../../standard/publication/value.ts';
import type { Members, Value } from '../../standard/publication/value.ts';
import { nameOf } from './procedures.ts';

const kinds: Readonly<Record<string, readonly [vi: string, en: string]>> = {
  envelope: ['Phong bì hồ sơ', 'Envelope'],
  declaration: ['Tờ khai', 'Declaration'],
  registration: ['Đăng ký I-VAN', 'I-VAN registration'],
  message: ['Thông báo của cổng', 'Message of the gateway'],
  internal: ['Mẫu nội bộ của cơ quan', 'Form of the agency itself'],
  attachment: ['Tệp đính kèm', 'Attachment'],
  '': ['Chưa có lược đồ', 'Without a schema'],
};

const confidences: readonly (readonly [mark: string, vi: string, en: string])[] = [
  ['A', 'thấy trong dữ liệu thật hoặc mã thật của I-VAN', 'seen in real data or real I-VAN code'],
  ['B', 'đọc được trong sản phẩm', 'read in a product'],
  ['C', 'suy ra', 'inferred'],
  ['L', 'do chúng tôi định nghĩa từ nội dung pháp lý của mẫu', 'defined by us from the form’s legal content'],
];

export function formPages(material: Material): readonly Page[] {
  return [formsPage(material), messagesPage(material), ...rowsIn(material, 'forms').map((row) => formPage(material, formIn(material, textIn(row, 'code'))))];
}

function formsPage(material: Material): Page {
  const rows = rowsIn(material, 'forms').filter((row) => row['kind'] !== 'message');
  const present = Object.keys(kinds).filter((kind) => rows.some((row) => kindOf(row) === kind));
  return {
    path: 'forms.html', vi: 'Biểu mẫu', en: 'Forms',
    body: html`<p>${both('Mã biểu mẫu ghi ở MaToKhai. Mỗi phiên bản có lược đồ XSD và một ví dụ hợp lệ; phiên bản áp dụng là phiên bản mới nhất có hiệu lực khi tiếp nhận.', 'The code stands in MaToKhai. Each version has an XSD and a valid sample; the newest version in force at reception judges.')}</p>
${present.map((kind) => html`<h2>${both(...(kinds[kind] ?? ['', '']))}</h2>
${formTable(rows.filter((row) => kindOf(row) === kind))}`)}`,
  };
}

function messagesPage(material: Material): Page {
  const rows = rowsIn(material, 'forms').filter((row) => row['kind'] === 'message');
  return {
    path: 'messages.html', vi: 'Thông báo của cổng', en: 'Messages of the gateway',
    body: html`<p>${both('Mọi thông báo có phần tử gốc BHXH và chữ ký của cổng (XML Signature, enveloped). Kiểm tra bằng xmlsec1, JDK, .NET hoặc ivan verify.', 'Every message has the root BHXH and the gateway’s enveloped XML signature. Verify it with xmlsec1, the JDK, .NET or ivan verify.')}</p>
${formTable(rows)}`,
  };
}

function formTable(rows: readonly Members[]): Html {
  return table([['Mã', 'Code'], ['Tên', 'Name'], ['Căn cứ', 'Basis'], ['Phiên bản', 'Versions']], rows.map((row) => [formLink(textIn(row, 'code')), nameOf(row), textIn(row, 'basis'), rowsOf(row['versions']).map((version) => textIn(version, 'version')).join(', ') || '–']));
}

export function formLink(code: string, up = ''): Html {
  return html`<a href="${up}form/${anchorOf(code)}.html"><code>${code}</code></a>`;
}

function formPage({ publication }: Material, row: Members): Page {
  const code = textIn(row, 'code');
  const versions = rowsOf(row['versions']).map((version) => {
    const schema = publication.schemas.find(({ form, version: number }) => form === code && number === version['version']);
    return versionSection(code, version, schema?.sample === undefined ? undefined : Buffer.from(schema.sample).toString('utf8'), schema !== undefined);
  });
  return {
    path: `form/${anchorOf(code)}.html`, vi: [code, textIn(row, 'nameVi')].filter((part) => part !== '').join(' · '), en: textIn(row, 'nameEn'),
    body: html`<dl>
<dt>${both('Loại', 'Kind')}</dt><dd>${both(...(kinds[kindOf(row)] ?? ['', '']))}</dd>
<dt>${both('Căn cứ', 'Basis')}</dt><dd>${textIn(row, 'basis') || '–'}</dd>
<dt>${both('Bắt buộc ở thủ tục', 'Required by')}</dt><dd>${procedureLinks(listed(row['requiredBy']))}</dd>
<dt>${both('Một trong các lựa chọn ở thủ tục', 'One of a choice in')}</dt><dd>${procedureLinks(listed(row['oneOfIn']))}</dd>
<dt>${both('Được kèm ở thủ tục', 'Allowed in')}</dt><dd>${procedureLinks(listed(row['optionalIn']))}</dd>
</dl>
${versions.reverse()}`,
  };
}

function versionSection(code: string, version: Members, sample: string | undefined, hasSchema: boolean): Html {
  const number = textIn(version, 'version');
  const folder = `../schemas/${code}/${number}`;
  const [from, until] = [textIn(version, 'from'), textIn(version, 'until')];
  return html`<section id="v${number}"><h2>${both(`Phiên bản ${number}`, `Version ${number}`)}</h2>
<p>${both(textIn(version, 'documentationVi'), textIn(version, 'documentationEn'))}</p>
<dl>
<dt>${both('Hiệu lực', 'In force')}</dt><dd>${from || '…'} – ${until || '…'}</dd>
<dt>${both('Phần tử gốc', 'Root element')}</dt><dd>${codes([textIn(version, 'root') || code])}</dd>
${hasSchema ? html`<dt>${both('Lược đồ', 'Schema')}</dt><dd><a href="${folder}/${code}.xsd">${code}.xsd</a> <code>${textIn(version, 'schemaSha256')}</code></dd>` : ''}
</dl>
${elementTable(rowsOf(version['elements']), number)}
${typeTable(rowsOf(version['types']), number)}
${sample === undefined ? '' : html`<h3>${both('Ví dụ hợp lệ (chưa ký)', 'Valid sample (unsigned)')} – <a href="${folder}/sample.xml">sample.xml</a></h3>
${sampleBlock(sample)}`}</section>
`;
}

function elementTable(elements: readonly Members[], version: string): Html {
  if (elements.length === 0) return html``;
  return html`<h3>${both('Phần tử', 'Elements')}</h3>
${table(
    [['Phần tử', 'Element'], ['Ý nghĩa', 'Meaning'], ['Kiểu', 'Type'], ['Bắt buộc', 'Required'], ['Nguồn', 'Source']],
    elements.map((element) => [
      html`<code title="${textIn(element, 'path')}">${indented(textIn(element, 'path'))}</code>`,
      [both(textIn(element, 'labelVi'), textIn(element, 'labelEn')), notes(element)],
      typeOf(element, version),
      [element['required'] === true ? '●' : '', textIn(element, 'repeats') === '' ? '' : html` × ${textIn(element, 'repeats').replace('unbounded', 'n')}`],
      html`${textIn(element, 'source')} ${textIn(element, 'confidence') === '' ? '' : html`[${textIn(element, 'confidence')}]`}`,
    ]),
  )}
<p><small>${confidences.map(([mark, vi, en]) => html`[${mark}] ${both(vi, en)}. `)}</small></p>`;
}

function notes(element: Members): Content {
  const [vi, en] = [textIn(element, 'noteVi'), textIn(element, 'noteEn')];
  return vi === '' && en === '' ? '' : html`<small>${both(vi, en)}</small>`;
}

/** The path's last name, as far in as it stands deep. */
function indented(path: string): string {
  const names = path.split('/');
  return `${'· '.repeat(names.length - 1)}${names.at(-1) ?? ''}`;
}

function typeOf(element: Members, version: string): Content {
  const unit = textIn(element, 'unit');
  const check = isMembers(element['check']) ? element['check'] : {};
  const list = textIn(check, 'list');
  return [
    textIn(element, 'type') === '' ? textIn(element, 'base') : html`<a href="#type-${version}-${anchorOf(textIn(element, 'type'))}">${textIn(element, 'type')}</a>`,
    unit === '' ? '' : html` <small>${unit}</small>`,
    list === '' ? '' : html` <small><a href="../codes.html#${anchorOf(list)}">${list}</a></small>`,
  ];
}

function typeTable(types: readonly Members[], version: string): Html {
  if (types.length === 0) return html``;
  return html`<h3>${both('Kiểu dữ liệu', 'Types')}</h3>
${table([['Kiểu', 'Type'], ['Ý nghĩa', 'Meaning'], ['Ràng buộc', 'Bounds'], ['Kiểm tra', 'Check']], types.map((type) => [
    html`<code id="type-${version}-${anchorOf(textIn(type, 'name'))}">${textIn(type, 'name')}</code>`,
    [both(textIn(type, 'labelVi'), textIn(type, 'labelEn')), notes(type)],
    [html`${textIn(type, 'base')} `, pairs(type['facets']), codes(listed(type['values']))],
    pairs(type['check']),
  ]))}`;
}

function pairs(value: Value | undefined): Content {
  return isMembers(value) ? Object.keys(value).map((name) => html`${name} <code>${textIn(value, name)}</code> `) : '';
}

function procedureLinks(procedures: readonly string[]): Content {
  return procedures.length === 0 ? '–' : procedures.map((code, index) => html`${index === 0 ? '' : ', '}<a href="../procedures.html#${anchorOf(code)}">${code}</a>`);
}

function kindOf(row: Members): string {
  const kind = textIn(row, 'kind');
  return kind in kinds ? kind : '';
}
