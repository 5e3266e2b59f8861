// Cross-checks with tools that are not npm packages. Where a tool is missing the test is reported as skipped; in CI it must be there.
import { spawnSync } from 'node:child_process';

import { expect, it } from '@jest/globals';

export function hasTool(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

/** Can a C program be compiled against this library (a name that pkg-config knows)? */
export function hasLibrary(library: string): boolean {
  return hasTool('cc') && hasTool('pkg-config') && spawnSync('pkg-config', ['--exists', library]).status === 0;
}

/** `it`, when the tool is on this machine; a skipped test otherwise. With CI=true a missing tool fails. */
export function itWith(tool: string, name: string, run: () => void | Promise<void>): void {
  itWhen(() => hasTool(tool), tool, name, run);
}

/** The same for a C library with its headers, and a compiler. */
export function itWithLibrary(library: string, name: string, run: () => void | Promise<void>): void {
  itWhen(() => hasLibrary(library), library, name, run);
}

function itWhen(present: () => boolean, what: string, name: string, run: () => void | Promise<void>): void {
  const declare = present() || process.env['CI'] === 'true' ? it : it.skip;
  declare(`${name} [${what}]`, async () => {
    expect(present()).toBe(true);
    await run();
  });
}
