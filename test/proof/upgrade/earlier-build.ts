import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { type Provision } from '../../support/servers/describe-on';

const root = path.join(__dirname, '../../..');

/** The last one that armed the Schedule by a step in every rotation. */
const commit = '2effa3b';

/** The sources of an earlier build, which the project's own history holds. */
export interface EarlierBuild {
  /** Makes the build; returns its file. */
  build(): Promise<{ codePath: string }>;
  remove(): void;
}

/** Missing where the history is not there, as in a shallow clone. */
export function findEarlierBuild(): Provision<() => EarlierBuild> {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root, stdio: 'ignore' });
    return { there: takeOut };
  } catch {
    return { missing: `the commit ${commit} is not in this clone` };
  }
}

function takeOut(): EarlierBuild {
  const folder = mkdtempSync(path.join(tmpdir(), 'rotor-earlier-'));
  const archive = execFileSync('git', ['archive', commit, 'workflows', 'rotation', 'activities'], { cwd: root });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(realpathSync(path.join(root, 'node_modules')), path.join(folder, 'node_modules'));
  return {
    build: async () => {
      const workflowsPath = path.join(folder, 'workflows/index.ts');
      const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
      const codePath = path.join(folder, 'earlier.js');
      writeFileSync(codePath, code);
      return { codePath };
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
