// Cross-checks with tools that are not npm packages. Where a tool is missing the test is reported as skipped; in CI it must be there.
import { spawnSync } from 'node:child_process';

import { expect, it } from '@jest/globals';

export function hasTool(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

/** `it`, when the tool is on this machine; a skipped test otherwise. With CI=true a missing tool fails. */
export function itWith(tool: string, name: string, run: () => void | Promise<void>): void {
  const present = hasTool(tool);
  const declare = present || process.env['CI'] === 'true' ? it : it.skip;
  declare(`${name} [${tool}]`, async () => {
    expect(hasTool(tool)).toBe(true);
    await run();
  });
}
