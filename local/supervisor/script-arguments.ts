/**
 * Compiles each TypeScript file in memory as it is required, so that a script runs from its sources. Only the tests, which
 * run from the sources themselves, come to this; the compiler is the one that their runner uses.
 */
const RUN_TYPESCRIPT = `
const { createRequire } = require('node:module');
const fromScript = createRequire(process.argv[1]);
const { transformFileSync } = fromScript('@swc/core');
require.extensions['.ts'] = (module, file) => {
  const options = { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } };
  module._compile(transformFileSync(file, options).code, file);
};
fromScript(process.argv[1]);
`;

/**
 * The arguments with which node runs a script of this package, compiled or not: the script has the extension of the
 * module that asks.
 *
 * @param script - the path of the script, without extension
 */
export function scriptArguments(script: string): string[] {
  return __filename.endsWith('.ts') ? ['--eval', RUN_TYPESCRIPT, `${script}.ts`] : [`${script}.js`];
}
