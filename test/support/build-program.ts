import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import ts from 'typescript';
import { identifyProcess } from '../../local/supervisor';

const root = path.join(__dirname, '../..');
const cache = path.join(root, 'node_modules/.cache');

/** The folders that make up the installed package. */
const sources = ['activities', 'adapters', 'cli', 'client', 'local', 'rotation', 'worker', 'workflows'];

/** A built Rotor, made from the sources as they are now. */
export interface BuiltProgram {
  /** Where the build is; removed by whoever asked for it. */
  readonly folder: string;
  /** The file of the `rotor` command. */
  readonly command: string;
  readonly workflowBundle: string;
}

/**
 * Builds Rotor as `npm run build` does, but without looking at types, and to a folder of its own, where the installed
 * packages are found as well.
 */
export async function buildProgram(): Promise<BuiltProgram> {
  const folder = path.join(cache, `rotor-${process.pid}`);
  await removeForgotten();
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  for (const source of sources) await transpile(source, { folder, options });

  const workflowBundle = path.join(folder, 'workflow-bundle.js');
  const workflowsPath = path.join(root, 'workflows/index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(workflowBundle, code);
  return { folder, command: path.join(folder, 'cli/main.js'), workflowBundle };
}

/** Removes the builds of runs that were killed, and one of an earlier process with this one's pid. */
async function removeForgotten(): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = Number(/^rotor-(\d+)$/.exec(name)?.[1] ?? NaN);
    const isForgotten = pid === process.pid || (pid > 0 && identifyProcess(pid) === undefined);
    if (isForgotten) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}

async function transpile(
  source: string,
  { folder, options }: { folder: string; options: ts.CompilerOptions },
): Promise<void> {
  const names = await readdir(path.join(root, source), { recursive: true });
  for (const name of names.filter((file) => file.endsWith('.ts'))) {
    const text = await readFile(path.join(root, source, name), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: path.join(source, name) });
    const output = path.join(folder, source, name.replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(output), { recursive: true });
    await writeFile(output, outputText);
  }
}
