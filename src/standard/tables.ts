// The connection standard of this package, from its disk. Whoever has the files already takes `readStandard`.
import { packageRoot } from '../paths.ts';
import { fieldPolicy, strictPolicy } from '../signature/policy.ts';
import type { JudgingPolicy } from '../signature/policy.ts';
import { readStandardFiles } from './standard-files.ts';
import { readStandard } from './standard.ts';
import type { Standard } from './standard.ts';

export { readStandardFiles } from './standard-files.ts';
export { readStandard } from './standard.ts';
export type { Standard } from './standard.ts';

/**
 * Reads the tables below `root`, the package's folder unless a test says otherwise.
 * @throws Error naming file and place when a table is missing, is not JSON or has the wrong shape.
 */
export function loadStandard(root: string = packageRoot, signaturePolicy: JudgingPolicy = fieldPolicy): Standard {
  return readStandard(readStandardFiles(root), signaturePolicy);
}

/** The rule sets that dossiers may have been judged by: one for each policy. */
export function loadStandards(): readonly Standard[] {
  const files = readStandardFiles();
  return [fieldPolicy, strictPolicy].map((policy) => readStandard(files, policy));
}
