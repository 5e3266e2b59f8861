// Jest's transformer: the TypeScript compiler strips the types of one file at a time (the type check is a step of its own) and leaves ES modules.
const { createHash } = require('node:crypto');

const ts = require('typescript');

const compilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
  inlineSources: true,
};

module.exports = {
  process: (source, fileName) => ({ code: ts.transpileModule(source, { compilerOptions, fileName }).outputText }),
  getCacheKey: (source, fileName) => createHash('sha256').update(`${ts.version}\n${JSON.stringify(compilerOptions)}\n${fileName}\n${source}`).digest('hex'),
};
