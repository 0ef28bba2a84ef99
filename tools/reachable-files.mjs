// node tools/reachable-files.mjs ENTRY…: prints the files of the repository that the entries reach by imports of values, and their number.
// A name that an index exports counts as the file that declares it.
import { relative, resolve } from 'node:path';
import ts from 'typescript';

const entries = process.argv.slice(2).map((path) => resolve(path));
const { config } = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();
const reached = new Set();

/** The identifiers that an import declaration binds to values. */
function getImportedNames({ importClause }) {
  if (!importClause || importClause.isTypeOnly) return [];
  const { name, namedBindings } = importClause;
  const bound = namedBindings?.elements?.filter(({ isTypeOnly }) => !isTypeOnly) ?? [namedBindings];
  return [name, ...bound.map((element) => element?.name)].filter(Boolean);
}

/** The files that declare what the identifier is bound to; none for a type. */
function getDeclaringFiles(identifier) {
  const local = checker.getSymbolAtLocation(identifier);
  const isAlias = local !== undefined && (local.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(local) : local;
  if (!symbol || (symbol.flags & ts.SymbolFlags.Value) === 0) return [];
  return (symbol.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName);
}

function visit(path) {
  if (reached.has(path) || path.includes('/node_modules/') || path.endsWith('.d.ts')) return;
  reached.add(path);
  for (const statement of program.getSourceFile(path)?.statements ?? []) {
    if (!ts.isImportDeclaration(statement)) continue;
    const module = statement.moduleSpecifier.text;
    if (module.endsWith('.lua')) reached.add(resolve(path, '..', module));
    else getImportedNames(statement).flatMap(getDeclaringFiles).forEach(visit);
  }
}

entries.forEach(visit);
console.log(
  [...reached]
    .map((path) => relative('.', path))
    .sort()
    .join('\n'),
);
console.log(`${reached.size} files`);
