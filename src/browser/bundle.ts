// `npm run bundle`: one ES module, `dist/browser/ivan-judge.js`, with the judge, its XSD engine and the standard's files, for a page or a worker.
// Node's own modules are stood in for by `stand-in/`; whatever else of Node the judge came to use would stop the build here.
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

import { packageFile } from '../paths.ts';
import { readStandardFiles } from '../standard/standard-files.ts';

const standIns: ReadonlyMap<string, string> = new Map([
  ['node:crypto', 'src/browser/stand-in/crypto.ts'],
  ['node:buffer', 'src/browser/stand-in/buffer.ts'],
  ['xml2js', 'src/browser/stand-in/xml2js.ts'],
]);

const standInPlugin: Plugin = {
  name: 'stand-ins',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^(?:node:|xml2js$)/ }, ({ path, importer }) => {
      const standIn = standIns.get(path);
      if (standIn === undefined) return { errors: [{ text: `${importer} uses ${path}, which no browser has` }] };
      return { path: packageFile(standIn) };
    });
  },
};

/** @throws when the judge cannot be bundled. */
export async function bundleJudge(outfile: string): Promise<void> {
  const texts = Object.fromEntries([...readStandardFiles()].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
  const contents = `import { createBrowserJudge } from './src/browser/judge.ts';\nexport const { digest, judge } = createBrowserJudge(${JSON.stringify(texts)});\n`;
  await build({ ...optionsFor(contents, 'esm'), outfile });
}

/** The text of a script, of these contents in the package's folder. @throws when it cannot be bundled. */
export async function bundleText(contents: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles: [output] } = await build({ ...optionsFor(contents, format), write: false as const });
  return output?.text ?? '';
}

function optionsFor(contents: string, format: 'esm' | 'iife'): BuildOptions {
  return {
    stdin: { contents, resolveDir: packageFile(), loader: 'ts' },
    bundle: true,
    format,
    platform: 'browser',
    target: 'es2023',
    minify: true,
    inject: [packageFile('src/browser/stand-in/globals.ts')],
    plugins: [standInPlugin],
    logLevel: 'error',
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleJudge(packageFile('dist/browser/ivan-judge.js'));
