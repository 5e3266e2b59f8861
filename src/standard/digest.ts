// The rule-set digest of every receipt: it names the tables, schemas, code and signature policy by which a dossier was judged. Built so that common
// tools repeat it: SHA-256 over the lines that `sha256sum` prints for the files, sorted by path; `signature-policy` is a file that holds
// the policy's name and a line end, `judging-code` one that holds such lines itself (`judging-code.ts`).
import { createHash } from 'node:crypto';

/** Where the files that it covers stand in the package: `.json` in the one, `.xsd` in the other. */
export const TABLES_FOLDER = 'src/standard/tables';
export const SCHEMAS_FOLDER = 'schemas';

export interface RuleFile {
  /** Path inside the package with forward slashes, ASCII. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Lower-case hex SHA-256, 64 characters; independent of the order of `files`. */
export function ruleSetDigest(files: readonly RuleFile[]): string {
  const lines = files.map((file) => ({ path: file.path, line: `${sha256(file.bytes)}  ${file.path}\n` }));
  lines.sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(Buffer.from(lines.map((entry) => entry.line).join('')));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
