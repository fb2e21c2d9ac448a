import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A piece of source and how many lines it has. */
export interface Size {
  readonly name: string;
  readonly lines: number;
}

const root = path.join(__dirname, '../..');

/** How long a file is. */
export function sizeOfFile(file: string, text = readSource(file)): Size {
  return { name: file, lines: text.replace(/\n$/, '').split('\n').length };
}

/** How long each function of a file is, without lines that are blank or only a comment, as the linter counts them. */
export function sizesOfFunctions(file: string, text = readSource(file)): Size[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const sizes: Size[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      sizes.push({ name: `${file}: ${nameOf(node)}`, lines: linesOf(node, source) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sizes;
}

/** The longest, longest first, as lines to print. */
export function longest(sizes: readonly Size[], count = 10): string {
  const ranked = [...sizes].sort((a, b) => b.lines - a.lines).slice(0, count);
  return ranked.map(({ name, lines }) => `${String(lines).padStart(6)}  ${name}\n`).join('');
}

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText() ?? (ts.isConstructorDeclaration(node) ? 'constructor' : 'a function without a name');
}

function linesOf(node: ts.Node, source: ts.SourceFile): number {
  const ofCode = new Set<number>();
  const visit = (child: ts.Node): void => {
    const tokens = child.getChildren(source).filter((token) => !ts.isJSDoc(token));
    if (tokens.length > 0) {
      tokens.forEach(visit);
      return;
    }
    if (child.getWidth(source) === 0) return;
    const [first, last] = [child.getStart(source), child.getEnd()].map(
      (position) => source.getLineAndCharacterOfPosition(position).line,
    );
    for (let line = first ?? 0; line <= (last ?? 0); line++) ofCode.add(line);
  };
  visit(node);
  return ofCode.size;
}

function readSource(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
