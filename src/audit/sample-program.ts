// `ivan audit sample`: a sample of the dossiers that a published checkpoint fixed, chosen by what nobody could choose, each audited; the report lets anybody
// repeat the choice. Exit codes as those of an audit.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { parseVerifier } from '../log/note.ts';
import { createSchemas } from '../standard/schema-folder.ts';
import { loadStandards } from '../standard/tables.ts';
import type { Reader } from '../store/reader.ts';
import { openAuditor } from './auditor.ts';
import { readOutside } from './kept.ts';
import { attempt } from './lie.ts';
import type { Lie } from './lie.ts';
import type { Later } from './later.ts';
import { takeSample } from './sampling.ts';
import type { Sample } from './sampling.ts';

export const sampleHelp = `ivan audit sample --checkpoint SIZE --count N [--beacon TEXT | --cosigned FILE --witness-key KEY] [--log-key KEY]
  --checkpoint SIZE  điểm kiểm tra đã công bố trước / the checkpoint that was published first
  --count N          số hồ sơ / how many dossiers
  --beacon TEXT      giá trị công khai về sau, ví dụ một vòng drand; không có: điểm kiểm tra đầu tiên sau đó được bên làm chứng ký /
                     a later public value, such as a round of drand as published; without it: the first later checkpoint that a witness signed, as the store says
  --cosigned FILE    điểm kiểm tra có chữ ký của bên làm chứng, nhận từ chính họ / a checkpoint with a witness's cosignature, from the witness itself
  --witness-key KEY  khóa của bên làm chứng đó / that witness's verifier key
  --log-key KEY      khóa của nhật ký, nhận từ nơi khác / the log’s verifier key, or a file of them, from elsewhere than the store
`;

const options = { checkpoint: { type: 'string' }, count: { type: 'string' }, beacon: { type: 'string' }, cosigned: { type: 'string' }, 'witness-key': { type: 'string' }, 'log-key': { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function sampleProgram(words: readonly string[], { query }: Reader, { out, err }: { readonly out: (text: string) => void; readonly err: (text: string) => void }): Promise<0 | 1 | 2> {
  const { values } = parseArgs({ args: [...words], options });
  const [fixed, count] = [values.checkpoint, values.count].map((text) => (text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined));
  if (fixed === undefined || count === undefined) throw new Error(`--checkpoint and --count are numbers\n${sampleHelp}`);
  const later = laterFrom(values);
  const outside = readOutside(values['log-key'], []);
  const lies: Lie[] = [];
  const found = (lie: Lie): void => { lies.push(lie); };
  const schemas = createSchemas();
  try {
    let sample: Sample | undefined;
    await attempt(found, async () => {
      const auditor = await openAuditor({ query, standards: loadStandards(), schemas, found, ...(outside === undefined ? {} : { outside }) });
      sample = await takeSample(query, auditor, { fixed, count, later, keys: auditor.keys });
    });
    for (const { message } of lies) err(`LIE: ${message}\n`);
    const undecided = sample?.counts.otherRuleSets ?? 0;
    out(`${JSON.stringify({ holds: lies.length === 0 && undecided === 0, ...(lies.length === 0 ? {} : { lies: lies.map(({ where, message }) => ({ where, what: message })) }), counts: sample?.counts, ...sample?.report })}\n`);
    return lies.length > 0 ? 1 : undecided > 0 ? 2 : 0;
  } finally {
    schemas.dispose();
  }
}

function laterFrom({ beacon, cosigned, 'witness-key': text }: { readonly beacon?: string; readonly cosigned?: string; readonly 'witness-key'?: string }): Later {
  if (cosigned === undefined && text === undefined) return beacon === undefined ? 'cosigned' : { beacon };
  const key = text === undefined ? undefined : parseVerifier(text.trim());
  if (cosigned === undefined || beacon !== undefined || key?.kind !== 'witness') throw new Error(`--cosigned goes with --witness-key, the verifier key of a witness, and not with --beacon\n${sampleHelp}`);
  return { witnessed: readFileSync(cosigned, 'utf8'), key };
}
