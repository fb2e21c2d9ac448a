import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One import of one file; paths are relative to the root of the repository, with forward slashes. */
export interface ImportEdge {
  /** The file that imports. */
  readonly from: string;
  /** A file of the repository, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** Whether nothing of it is left when the types are gone. */
  readonly isTypeOnly: boolean;
}

const root = path.join(__dirname, '../..');

/** The TypeScript files below folders of the repository. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  );
}

/** Everything that a file imports: by declaration, re-export, `import()`, `require`, `require.resolve` and in types. */
export function importsOf(file: string, text = readFileSync(path.join(root, file), 'utf8')): ImportEdge[] {
  const edges: ImportEdge[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly = false): void => {
    if (specifier && ts.isStringLiteralLike(specifier))
      edges.push(edge(file, { specifier: specifier.text, isTypeOnly }));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly || exportsTypesOnly(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isImportCall(node.expression)) add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return edges;
}

function edge(from: string, { specifier, isTypeOnly }: { specifier: string; isTypeOnly: boolean }): ImportEdge {
  if (!specifier.startsWith('.')) return { from, to: packageName(specifier), isPackage: true, isTypeOnly };
  const target = path.posix.join(path.posix.dirname(from), specifier.replace(/\.js$/, ''));
  return { from, to: resolveFile(target), isPackage: false, isTypeOnly };
}

function resolveFile(target: string): string {
  const folder = path.join(root, target);
  const isFolder = existsSync(folder) && statSync(folder).isDirectory() && !existsSync(`${folder}.ts`);
  return isFolder ? `${target}/index.ts` : `${target}.ts`;
}

function packageName(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return !name && !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every(isTypeElement);
}

function exportsTypesOnly({ exportClause }: ts.ExportDeclaration): boolean {
  return !!exportClause && ts.isNamedExports(exportClause) && exportClause.elements.every(isTypeElement);
}

function isTypeElement({ isTypeOnly }: ts.ImportSpecifier | ts.ExportSpecifier): boolean {
  return isTypeOnly;
}

function isImportCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || ['require', 'require.resolve'].includes(callee.getText());
}
