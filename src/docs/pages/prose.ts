// The pages that are written by hand: where to begin, how to connect, and the list of changes.
import { both, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { menu } from '../layout.ts';
import type { Page } from '../layout.ts';
import { rowsIn } from '../material.ts';
import type { Material } from '../material.ts';

export function prosePages(material: Material): readonly Page[] {
  return [startPage(material), connectPage(), { path: 'changelog.html', vi: 'Thay đổi', en: 'Changelog', body: markdown(material.changelog) }];
}

function startPage(material: Material): Page {
  const counts: Readonly<Record<string, number>> = {
    'procedures.html': rowsIn(material, 'procedures').length,
    'forms.html': rowsIn(material, 'forms').filter((row) => row['kind'] !== 'message').length,
    'messages.html': rowsIn(material, 'forms').filter((row) => row['kind'] === 'message').length,
    'rules.html': rowsIn(material, 'rules').length,
    'agencies.html': rowsIn(material, 'agencies').length,
    'codes.html': rowsIn(material, 'code-lists').length,
    'api.html': material.operations.length,
  };
  return {
    path: 'index.html', vi: 'Quy định chuẩn kết nối', en: 'The connection standard',
    body: html`<p>${both('Mọi biểu mẫu, thủ tục, quy tắc và thông báo mà cổng giao dịch điện tử bảo hiểm xã hội áp dụng: đúng dữ liệu mà cổng đang chạy, được công bố cùng mã băm của bộ quy tắc. Biên nhận nào cũng ghi mã băm này (BO_QUYTAC).', 'Every form, procedure, rule and message of the social-insurance gateway: the very data that it runs on, published with the digest of the rule set, which stands in every receipt (BO_QUYTAC).')}</p>
<p>${both('Hồ sơ vừa bị từ chối?', 'A dossier was just refused?')} <a href="connect.html">${both('Năm bước kết nối', 'Five steps')}</a> · <a href="rules.html">${both('tra mã lỗi', 'look a code up')}</a></p>
${table([['Mục', 'Section'], ['Số lượng', 'Count']], menu.slice(1).map(([path, vi, en]) => [html`<a href="${path}">${both(vi, en)}</a>`, counts[path] ?? '']))}
<p>${both('Cùng dữ liệu dạng JSON và XML:', 'The same as JSON and XML:')} <a href="api.html"><code>GET /v1/procedures</code>, …</a></p>`,
  };
}

type Step = readonly [vi: string, en: string, textVi: Content, textEn: Content, commands: string];

const steps: readonly Step[] = [
  ['Thử trước, không ghi nhận gì', 'Try first; nothing is recorded',
    'Gửi đúng tệp vừa bị từ chối tới ?dry-run. Câu trả lời JSON nêu mọi lỗi cùng lúc và báo cáo của từng chữ ký.',
    'Send the very file that was refused to ?dry-run. The JSON answer names everything that is wrong at once, and reports on every signature.',
    `curl --cacert root.pem -H 'Content-Type: application/xml' --data-binary @ho-so.xml 'https://GATEWAY/v1/dossiers?dry-run'`],
  ['Đọc một lỗi', 'Read a finding',
    html`Mỗi lỗi có mã, tệp bên trong, XPath, dòng, cột, giá trị đã che và cách sửa. Tra mã ở <a href="rules.html">Quy tắc</a>: ví dụ vi phạm chỉ ra đúng dòng phải khác đi.`,
    html`Each has a code, the inner file, XPath, line, column, the masked value and what to do. Look the code up under <a href="rules.html">Rules</a>: the failing sample shows the very line.`,
    `{ "code": "PERIOD_INVALID", "wireCode": "GW318", "place": { "xpath": "/Hoso/NoiDung/ThongTinHoSo/KyKeKhai", "line": 1, "column": 803 }, "value": "13/2026" }`],
  ['So với ví dụ hợp lệ', 'Compare with the valid sample',
    html`Mỗi <a href="forms.html">biểu mẫu</a> có ví dụ và lược đồ XSD. Lược đồ kiểm nội dung không có chữ ký: để trống CKy_Dvi hoặc Cky khi tự kiểm.`,
    html`Every <a href="forms.html">form</a> has a sample and an XSD. The XSD judges the content without its signature: leave CKy_Dvi or Cky empty when you validate.`,
    `curl --cacert root.pem https://GATEWAY/v1/schemas/D02-TS/1 -o D02-TS.xsd\nxmllint --noout --schema D02-TS.xsd D02-TS.xml`],
  ['Ký đúng thứ tự', 'Sign in the right order',
    'Ký từng tờ khai trong <gốc>/Cky, mã hóa base64 vào NoiDungFile, ghi DoDaiFile, rồi mới ký cả hồ sơ trong Hoso/CKy_Dvi. Sau khi ký không đổi một byte nào, kể cả xuống dòng.',
    'Sign each declaration in <root>/Cky, put it into NoiDungFile as base64 with its DoDaiFile, and only then sign the whole dossier in Hoso/CKy_Dvi. Change no byte after signing, not even a line end.',
    `npx ivan sign to-khai.xml --p12 don-vi.p12 --out to-khai.signed.xml\nnpx ivan sign ho-so.xml --p12 don-vi.p12 --out ho-so.signed.xml`],
  ['Nộp, giữ SHA-256, theo dõi', 'File it, keep the SHA-256, follow it',
    html`Gửi lại cùng nội dung luôn an toàn và nhận lại đúng biên nhận cũ. Hỏi trạng thái và kết quả bằng SHA-256 của chính tệp đã gửi. Lời gọi: <a href="api.html">Giao diện</a>.`,
    html`Sending the same bytes again is always safe and returns the same receipt. Ask for state and result by the SHA-256 of the file you sent. The calls: <a href="api.html">Interface</a>.`,
    `npx ivan submit ho-so.signed.xml --url https://GATEWAY --ca root.pem --cert ivan.pem --key ivan.key --follow\nsha256sum ho-so.signed.xml\ncurl --cacert root.pem https://GATEWAY/v1/dossiers/SHA256\nxmlsec1 --verify --enabled-key-data x509 --trusted-pem root.pem --untrusted-pem subordinate.pem bien-nhan.xml`],
];

function connectPage(): Page {
  return {
    path: 'connect.html', vi: 'Kết nối trong năm bước', en: 'Connect in five steps',
    body: html`<p>${both('Dành cho người viết phần mềm mà hồ sơ đầu tiên vừa bị từ chối. I-VAN dùng chứng thư máy khách đã đăng ký theo hợp đồng; đơn vị nộp trực tiếp thì không cần và để trống MaIVAN.', 'For the developer whose first dossier was just refused. An I-VAN shows the client certificate registered with its contract; an employer that files directly shows none and leaves MaIVAN empty.')}</p>
${steps.map(([vi, en, textVi, textEn, commands], index) => html`<section><h2>${both(`${index + 1}. ${vi}`, en)}</h2>
<p><span lang="vi">${textVi}</span> <span lang="en">${textEn}</span></p>
<pre tabindex="0"><code>${commands}</code></pre></section>
`)}`,
  };
}

/** The little Markdown of the list of changes: headings, paragraphs, lists, code and emphasis by asterisks left as they are. */
function markdown(text: string): Html {
  const blocks = text.split(/\n{2,}/).map((block) => block.trim()).filter((block) => block !== '' && !block.startsWith('# '));
  return html`${blocks.map(blockOf)}`;
}

function blockOf(block: string): Html {
  if (block.startsWith('## ')) return html`<h2 lang="en">${block.slice(3)}</h2>
`;
  if (block.startsWith('### ')) return html`<h3 lang="en">${block.slice(4)}</h3>
`;
  if (block.startsWith('- ')) return html`<ul lang="en">${block.slice(2).split(/\n- /).map((item) => html`<li>${inline(item)}</li>
`)}</ul>
`;
  return html`<p lang="en">${inline(block)}</p>
`;
}

/** Code between backticks; a link is its text. */
function inline(text: string): Content {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}
