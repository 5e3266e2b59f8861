// `npm run bundle`: one ES module, `dist/browser/ivan-judge.js`, with the judge, its XSD engine and the standard's files, for a page or a worker.
// Node's own modules are stood in for by `stand-in/`; whatever else of Node the judge came to use would stop the build here.
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

import { packageFile } from '../paths.ts';
import { readStandardFiles } from '../standard/standard-files.ts';

const standIns: ReadonlyMap<string, string> = new Map([
  ['node:crypto', 'src/browser/stand-in/crypto.ts'],
  ['node:buffer', 'src/browser/stand-in/buffer.ts'],
]);

const standInPlugin: Plugin = {
  name: 'stand-ins',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const standIn = standIns.get(path);
      if (standIn === undefined) return { errors: [{ text: `${importer} uses ${path}, which no browser has` }] };
      return { path: packageFile(standIn) };
    });
  },
};

/** @throws when the judge cannot be bundled. */
export async function bundleJudge(outfile: string): Promise<void> {
  const texts = Object.fromEntries([...readStandardFiles()].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
  await build({
    stdin: {
      contents: `import { createBrowserJudge } from './src/browser/judge.ts';\nexport const { digest, judge } = createBrowserJudge(${JSON.stringify(texts)});\n`,
      resolveDir: packageFile(),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    outfile,
    inject: [packageFile('src/browser/stand-in/globals.ts')],
    plugins: [standInPlugin],
    logLevel: 'error',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleJudge(packageFile('dist/browser/ivan-judge.js'));
