// `npm run page`: one HTML file, `dist/page/ivan-verify.html`, that verifies from the disk with no network. Everything is in it, and its policy allows the one
// script and the one style by their digests, the parser's kernel (WebAssembly, in the script), and nothing else. `--trust <folder or file>` puts certificates and lists in.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleText } from './bundle.ts';
import type { Embedded } from './verify-page.ts';
import { packageFile } from '../paths.ts';

const style = `:root{color-scheme:light;--good:#0b6b3a;--open:#8a5a00;--bad:#b00020}body{margin:0 auto;max-width:60rem;padding:1rem;font:15px/1.5 system-ui,sans-serif;color:#1a1a1a}h1{font-size:1.4rem}.switch{float:right}
.choose{display:block;border:2px dashed #9aa3af;border-radius:6px;padding:.6rem;margin:.5rem 0}.choose.files{padding:1.6rem .6rem;background:#f5f8fc}.choose input{display:block;margin-top:.3rem}
section{border:1px solid #c9ced6;border-radius:6px;margin:1rem 0;padding:.6rem}.row{display:grid;grid-template-columns:16rem 1fr;gap:.6rem;padding:.1rem .3rem;overflow-wrap:anywhere}.row.object,.row.signature,.row.proof{font-weight:bold;margin-top:.5rem;border-left:5px solid #9aa3af}
.row.reason,.row.action{grid-template-columns:1fr;padding-left:1.2rem}.row.action{padding-left:2.4rem;font-style:italic}.row.summary{font-weight:bold}.row.fact .n{color:#5b6470;padding-left:1.2rem}.d1{margin-left:1.2rem}.d2{margin-left:2.4rem}.d3{margin-left:3.6rem}.row.passed{border-color:var(--good)}.row.passed .v{color:var(--good)}.row.open,.open{border-color:var(--open);color:var(--open)}.row.failed,.failed{border-color:var(--bad);color:var(--bad)}`;

/** The page's text. */
export async function pageHtml(embedded: Embedded = { trust: [] }): Promise<string> {
  const script = await bundleText(`import { start } from './src/browser/verify-page.ts';\nstart(${JSON.stringify(embedded)});\n`, 'iife');
  // What would end the element, or begin a comment in it, can stand in texts of the script alone, where this says the same.
  const inline = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const policy = `default-src 'none'; script-src '${digestOf(inline)}' 'wasm-unsafe-eval'; style-src '${digestOf(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>ivan verify</title><style>${style}</style></head><body><script>${inline}</script></body></html>\n`;
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

async function embeddedFrom(path: string): Promise<Embedded> {
  const names = (await stat(path)).isDirectory() ? (await readdir(path)).filter((name) => /\.(?:pem|crt|cer|crl)$/i.test(name)).sort().map((name) => join(path, name)) : [path];
  return { trust: await Promise.all(names.map(async (name) => ({ name: basename(name), base64: (await readFile(name)).toString('base64') }))) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--trust');
  const path = flag < 0 ? undefined : process.argv[flag + 1];
  const file = packageFile('dist/page/ivan-verify.html');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await pageHtml(path === undefined ? undefined : await embeddedFrom(path)));
}
