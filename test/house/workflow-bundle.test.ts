import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = path.join(__dirname, '../..');
const logger = new DefaultLogger('ERROR', () => undefined); // what the bundler says of a planted fault is expected
const planted = path.join(root, 'node_modules/.cache', `planted-${process.pid}`);

/** All that may be in what the workflow sandbox runs; protobufjs and the rest of the SDK are not among it. */
const permitted = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];

/** What a bundle is made of: packages by name, and Rotor's own files by path. */
async function contentOf(workflowsPath: string): Promise<{ packages: string[]; files: string[] }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  const map = /sourceMappingURL=data:[^,]*,([A-Za-z0-9+/=]+)/.exec(code)?.[1] ?? '';
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  const packages = sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  const files = sources.filter((source) => source.startsWith(root) && !source.includes('node_modules'));
  return { packages: [...new Set(packages)].sort(), files: files.map((file) => path.relative(root, file)) };
}

afterAll(() => rm(planted, { recursive: true, force: true }));

test("the workflows carry no vendor's library, no client of Temporal's and nothing of Node", async () => {
  const { packages, files } = await contentOf(path.join(root, 'workflows/index.ts'));

  expect(packages).toEqual(permitted);
  expect(files).toContain('workflows/rotate-secret.ts');
  for (const file of files) expect(file).toMatch(/^(workflows|rotation)\//);
});

/** A workflow of this text, where the installed packages are found. */
async function plant(text: string): Promise<string> {
  await mkdir(planted, { recursive: true });
  const file = path.join(await mkdtemp(path.join(planted, 'workflow-')), 'index.ts');
  await writeFile(file, text);
  return file;
}

test('a library that is planted in a workflow is found', async () => {
  const file = await plant("import { parseTree } from 'jsonc-parser';\nexport const rotate = () => parseTree('1');\n");

  expect((await contentOf(file)).packages).toContain('jsonc-parser');
});

test('a workflow that reads files is not bundled at all', async () => {
  const file = await plant("import { readFileSync } from 'node:fs';\nexport const read = () => readFileSync('/x');\n");

  await expect(contentOf(file)).rejects.toThrow('Webpack finished with errors');
});
