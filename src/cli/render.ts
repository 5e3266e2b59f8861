// `ivan render`: a dossier, form or message for people to read and print, as HTML and PDF, with the verdict of every signature in it. It writes the
// page whatever the verdict is, for the page says it; the exit code says it too.
import { basename } from 'node:path';

import type { Command } from 'commander';

import { readSealed } from '../client/verify-message.ts';
import { documentKindOf } from '../client/verify-signed.ts';
import { renditionOf } from '../rendition/documents.ts';
import { htmlOf } from '../rendition/html.ts';
import { createDictionary } from '../rendition/labels.ts';
import type { Rendition } from '../rendition/page.ts';
import { pdfOf } from '../rendition/pdf.ts';
import { readStandardFiles } from '../standard/standard-files.ts';
import { formatInstant } from '../standard/time.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readTrust, stemOf, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { ExitCode, Outcome } from './outcome.ts';
import { instantOf } from './instants.ts';

interface RenderFlags extends CommonFlags {
  readonly trust: string;
  readonly html?: string;
  readonly pdf?: string;
  readonly at?: string;
}

export function addRender(program: Command, perform: Perform): void {
  withCommonFlags(program.command('render'))
    .description('bản đọc và in được của hồ sơ, tờ khai, thông điệp kèm kết luận về chữ ký / a dossier, form or message to read and print, with the verdict of its signatures')
    .argument('<file>')
    .requiredOption('--trust <folder or pem>', 'root and subordinate certificates with their CRLs')
    .option('--html <file>', 'ghi bản HTML vào tệp này / write the HTML page here (without --html and --pdf: FILE.html in this folder)')
    .option('--pdf <file>', 'ghi bản PDF vào tệp này / write the PDF here')
    .option('--at <time>', 'xét chứng thư tại thời điểm này / judge certificates as of this time, e.g. 2026-05-14T08:00:00+07:00 (a message’s own time; now for a dossier)')
    .action((file: string, flags: RenderFlags) => perform(flags, file, ({ now }) => render(file, flags, now())));
}

async function render(file: string, flags: RenderFlags, now: Date): Promise<Outcome> {
  const [bytes, trust] = [await readInput(file), await readTrust(flags.trust)];
  const isMessage = documentKindOf(bytes) === 'message';
  const at = instantOf(flags.at) ?? (isMessage ? await timeOfMessage(bytes, file, now) : now);
  const rendition = renditionOf(bytes, { trust, at, dictionary: createDictionary(readStandardFiles()) });
  const html = flags.html ?? (flags.pdf === undefined ? `${stemOf(basename(file))}.html` : undefined);
  if (html !== undefined) await writeNew(html, htmlOf(rendition));
  if (flags.pdf !== undefined) await writeNew(flags.pdf, await pdfOf(rendition));
  const written = { ...(html === undefined ? {} : { html }), ...(flags.pdf === undefined ? {} : { pdf: flags.pdf }) };
  return { exitCode: exitCodeOf(rendition), facts: factsOf(file, rendition, written), lines: linesOf(file, rendition, written) };
}

/** What it says of its own time when its signature holds, by whomever: only the verdict of the certificate rests on it, and the page names it. */
async function timeOfMessage(bytes: Buffer, file: string, now: Date): Promise<Date> {
  return readSealed(bytes, file).then(({ at }) => at, () => now);
}

/** As the gateway itself judges: whatever refuses is a refusal; not decided is only what revocation data were missing for. */
function exitCodeOf({ standing, parts }: Rendition): ExitCode {
  if (standing === 'passed') return exitCodes.done;
  const verdicts = parts.flatMap((part) => part.verdicts);
  const isRefused = verdicts.some((verdict) => verdict.standing !== 'passed' && (verdict.standing !== 'open' || verdict.findings.some(({ refuses }) => refuses)));
  return isRefused ? exitCodes.refused : exitCodes.indeterminate;
}

interface Written {
  readonly html?: string;
  readonly pdf?: string;
}

function factsOf(file: string, { digest, standing, at, parts }: Rendition, written: Written): Outcome['facts'] {
  const shown = parts.map(({ title, file: inner, verdicts }) => ({ title: title.en, ...(inner === undefined ? {} : { file: inner.name, digest: inner.digest }), signatures: verdicts.map((verdict) => verdict.standing) }));
  return { file, digest, standing, at: formatInstant(at), parts: shown, ...written };
}

function linesOf(file: string, { standing, parts }: Rendition, { html, pdf }: Written): readonly Line[] {
  const [vi, en] = standing === 'passed' ? ['mọi chữ ký đúng và được tin cậy', 'every signature right and trusted'] : ['CÓ PHẦN KHÔNG ĐƯỢC CHỮ KÝ BẢO ĐẢM', 'PART OF IT IS VOUCHED FOR BY NO SIGNATURE'];
  return [
    { vi: `${file}: ${vi}`, en: `${file}: ${en}` },
    ...parts.flatMap(({ title, file: inner, verdicts }) => verdicts.map((verdict): Line => ({ vi: `  ${inner?.name ?? title.vi}: ${verdict.title.vi}`, en: `  ${inner?.name ?? title.en}: ${verdict.title.en}` }))),
    ...factLine('HTML', 'HTML', html),
    ...factLine('PDF', 'PDF', pdf),
  ];
}
