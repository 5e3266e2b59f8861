// One page of the reference: works from a disk, without a network and without a script, and prints.
import { both, html } from './html.ts';
import type { Content, Html } from './html.ts';

export interface Page {
  /** Path below the folder of the reference, with slashes. */
  readonly path: string;
  readonly vi: string;
  readonly en: string;
  readonly body: Html;
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--quiet:#667;--mark:#a3262a;--good:#1d6b3f}
@media (prefers-color-scheme:dark){:root{--quiet:#99a;--mark:#f08a8d;--good:#7fd0a2}}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;margin:0 auto;padding:0 1.2rem 4rem;max-width:72rem;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:.9rem 0;border-bottom:1px solid var(--line);font-size:.92rem}
nav a[aria-current]{font-weight:600;text-decoration:none;color:inherit}
h1{font-size:1.7rem;line-height:1.25;margin:1.6rem 0 .8rem}h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1.05rem;margin:1.6rem 0 .4rem}
[lang=en]{color:var(--quiet)}h1>[lang=en],h2>[lang=en],h3>[lang=en],p>[lang=en],li>[lang=en],dd>[lang=en]{display:block;font-size:.92em;font-weight:400}
nav [lang=en]{font-size:.85em}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6rem 0 1rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}th{white-space:nowrap;background:var(--soft)}
td [lang=en],th [lang=en]{display:block;font-size:.92em;font-weight:400}
code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,monospace;font-size:.88em}code{background:var(--soft);padding:.05em .25em;border-radius:3px;overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;overflow:auto;max-height:34rem;line-height:1.45}pre code{background:none;padding:0;font-size:1em;white-space:pre}
pre i{font-style:normal;color:#2563a8}pre b{font-weight:600}pre del{text-decoration:none;color:var(--mark);background:#a3262a1a}pre ins{text-decoration:none;color:var(--good);background:#1d6b3f1a}
@media (prefers-color-scheme:dark){pre i{color:#8bb8ea}}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem;margin:.4rem 0}dt{color:var(--quiet)}dd{margin:0}
section{border-top:1px solid var(--line);margin-top:1.4rem}section:target>h2,section:target>h3{background:#f5d90a33}
.refuse{color:var(--mark);font-weight:600}.warn{font-weight:600}a{color:#1b5fad}@media (prefers-color-scheme:dark){a{color:#8bb8ea}}
@media (max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
@media print{nav{display:none}body{max-width:none;font-size:10pt;padding:0}pre{max-height:none;white-space:pre-wrap}section,tr{break-inside:avoid}a{color:inherit}}
`;

/** The pages that stand in the menu of every page. */
export const menu: readonly (readonly [path: string, vi: string, en: string])[] = [
  ['index.html', 'Trang đầu', 'Start'],
  ['connect.html', 'Kết nối', 'Connect'],
  ['procedures.html', 'Thủ tục', 'Procedures'],
  ['services.html', 'Dịch vụ công', 'National services'],
  ['forms.html', 'Biểu mẫu', 'Forms'],
  ['rules.html', 'Quy tắc', 'Rules'],
  ['messages.html', 'Thông báo', 'Messages'],
  ['agencies.html', 'Cơ quan', 'Agencies'],
  ['calendar.html', 'Lịch', 'Calendar'],
  ['codes.html', 'Danh mục mã', 'Code lists'],
  ['instruments.html', 'Căn cứ', 'Legal basis'],
  ['api.html', 'Giao diện', 'Interface'],
  ['changelog.html', 'Thay đổi', 'Changes'],
];

export function documentOf({ path, vi, en, body }: Page, digest: string): string {
  const up = '../'.repeat(path.split('/').length - 1);
  const entries: Content = menu.map(([target, name, english]) => html`<a href="${up}${target}"${target === path ? html` aria-current="page"` : ''}>${both(name, english)}</a>
`);
  return html`<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${vi} · ${en} – ivan-gateway</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<nav>${entries}</nav>
<main>
<h1>${both(vi, en)}</h1>
${body}
</main>
<footer><p><small>${both('Bộ quy tắc', 'Rule set')} <code>${digest}</code></small></p></footer>
</body>
</html>
`.markup;
}
