import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '../..');

/**
 * What files export, and the members of what they export, without a comment that says what it is: `client/x.ts: X.y`.
 * Files are named from the root of the repository; a text takes the place of what is there. What a file only hands on is
 * documented where it comes from.
 */
export function undocumentedExports(
  files: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
): string[] {
  const options: ts.CompilerOptions = { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options, true);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language) => {
    const text = texts.get(path.relative(root, file));
    return text === undefined
      ? getSourceFile(file, language)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram({ rootNames: files.map((file) => path.join(root, file)), options, host });
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const source = program.getSourceFile(path.join(root, file));
    const exported = source && checker.getSymbolAtLocation(source)?.exports;
    return [...(exported?.values() ?? [])]
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .filter(({ declarations = [] }) => declarations.some((declaration) => declaration.getSourceFile() === source))
      .flatMap((symbol) => undocumented(symbol, checker))
      .map((name) => `${file}: ${name}`);
  });
}

function undocumented(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const members = (symbol.declarations ?? []).flatMap(membersOf);
  const nameless = members.filter((member) => !hasComment(member)).map((member) => member.name?.getText() ?? '');
  const own = symbol.getDocumentationComment(checker).length > 0 ? [] : [symbol.name];
  return [...own, ...nameless.map((name) => `${symbol.name}.${name}`)];
}

/** What others call: methods of interfaces. Fields speak by their names, and a class keeps its interface's words. */
function membersOf(declaration: ts.Declaration): ts.TypeElement[] {
  return ts.isInterfaceDeclaration(declaration) ? declaration.members.filter(ts.isMethodSignature) : [];
}

function hasComment(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}
