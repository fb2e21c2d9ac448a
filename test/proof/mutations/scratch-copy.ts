import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Edit } from './mutation';

const root = path.join(__dirname, '../../..');

/** What a copy has of its own accord, makes anew, or finds by a link. */
const leftOut = ['.git', '.rotor', 'coverage', 'dist', 'node_modules'];

/** A copy of the project's sources that defects are put into; the installed packages are the project's. */
export class ScratchCopy {
  private constructor(
    /** The root of the copy. */
    readonly folder: string,
  ) {}

  static create(): ScratchCopy {
    const folder = mkdtempSync(path.join(tmpdir(), 'rotor-mutations-'));
    cpSync(root, folder, {
      recursive: true,
      filter: (source) => !leftOut.includes(path.relative(root, source)),
    });
    symlinkSync(realpathSync(path.join(root, 'node_modules')), path.join(folder, 'node_modules'));
    return new ScratchCopy(folder);
  }

  /** Puts a defect in while something runs. */
  async with<Result>(edits: readonly Edit[], run: () => Promise<Result>): Promise<Result> {
    const before = new Map(edits.map(({ file }) => [file, this.#read(file)]));
    for (const edit of edits) this.#write(edit.file, edited(this.#read(edit.file), edit));
    try {
      return await run();
    } finally {
      for (const [file, text] of before) this.#write(file, text);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  #write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }
}

/** How often an edit's text stands in the project's file: once, or the edit is out of date. */
export function occurrences({ file, find }: Edit): number {
  return readFileSync(path.join(root, file), 'utf8').split(find).length - 1;
}

function edited(text: string, { file, find, replace }: Edit): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`The text to edit does not stand exactly once in ${file}: ${find}`);
  }
  return `${before}${replace}${after}`;
}
