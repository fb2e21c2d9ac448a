import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { type Edit } from '../mutations/mutation';
import { ScratchCopy } from '../mutations/scratch-copy';

/** How another build differs from this one. */
export const differences = {
  /** As a build before this one may: in what a person reads. */
  wording: {
    file: 'workflows/decision-text.ts',
    find: "'holds no label'",
    replace: "'is without a label'",
  },
  /** As no build may that meets rotations under way: setSecret and testSecret have changed places. */
  order: {
    file: 'workflows/carry-out.ts',
    find: "await timeline.run('setSecret', () => forward.setSecret(rotation));\n  await timeline.run('testSecret', () => forward.testSecret(rotation).then(proof));",
    replace:
      "await timeline.run('testSecret', () => forward.testSecret(rotation).then(proof));\n  await timeline.run('setSecret', () => forward.setSecret(rotation));",
  },
} as const satisfies Readonly<Record<string, Edit>>;

/** Builds of the workflows that differ from the sources as they are, each in one place. */
export class OtherBuilds {
  readonly #copy = ScratchCopy.create();

  /** The file of a build; its build id is another one, because the SDK makes that of what is in it. */
  async build(difference: keyof typeof differences): Promise<{ codePath: string }> {
    const { folder } = this.#copy;
    const workflowsPath = path.join(folder, 'workflows/index.ts');
    const { code } = await this.#copy.with([differences[difference]], () =>
      bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    );
    const codePath = path.join(folder, `${difference}.js`);
    await writeFile(codePath, code);
    return { codePath };
  }

  remove(): void {
    this.#copy.remove();
  }
}
