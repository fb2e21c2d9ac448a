import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '../..');

/**
 * The titles of the tests in a file, named from the root of the repository, as they are written there: of each its own,
 * and its own after those of the groups around it, from the nearest on. A text takes the place of what is there.
 */
export function testTitles(file: string, text = readFileSync(path.join(root, file), 'utf8')): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? titled(node) : undefined;
    if (call?.what === 'test') namesOf(call.title, groups).forEach((title) => titles.add(title));
    const around = call?.what === 'describe' ? [...groups, call.title] : groups;
    ts.forEachChild(node, (child) => {
      visit(child, around);
    });
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true), []);
  return titles;
}

function namesOf(title: string, groups: readonly string[]): string[] {
  return [...groups.keys(), groups.length].map((from) => [...groups.slice(from), title].join(' '));
}

/** `test('…')`, `it.each(…)('…')`, `describe('…')`, and whatever else begins with these words. */
function titled(call: ts.CallExpression): { what: 'test' | 'describe'; title: string } | undefined {
  const [first] = call.arguments;
  const title = first && textOf(first);
  const [, word] = /^(test|it|describe)/.exec(call.expression.getText()) ?? [];
  if (title === undefined || word === undefined) return undefined;
  return { what: word === 'describe' ? 'describe' : 'test', title };
}

function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
