import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * The declarations that the entries reach, redis-kit's among them, as `[path in the package, text]`. All are `.d.cts` files
 * under types/; ES modules see the same ones, since they may import from CommonJS.
 */
export function emitDeclarations({ root, entries, mayImport }) {
  const { declarations, resolve } = compile(root, Object.values(entries));
  const typesPath = (source) =>
    join('types', relative(join(root, 'libs'), source).replace('/src/', '/')).replace(/\.ts$/, '.cjs');
  const files = new Map();

  const visit = (source) => {
    const path = typesPath(source);
    const declarationPath = path.replace(/\.cjs$/, '.d.cts');
    if (files.has(declarationPath)) return;
    files.set(declarationPath, '');
    const text = rewriteImports(declarations.get(source), (specifier) => {
      const target = resolve(specifier, source);
      if (!declarations.has(target)) {
        if (mayImport.includes(specifier)) return specifier;
        throw new Error(`${source} has ${specifier} in its types: no dependency of package.json`);
      }
      visit(target);
      return relativeSpecifier(dirname(path), typesPath(target));
    });
    files.set(declarationPath, text);
  };

  for (const [name, source] of Object.entries(entries)) {
    visit(source);
    const text = `export * from '${relativeSpecifier('', typesPath(source))}';\n`;
    files.set(`${name}.d.cts`, text).set(`${name}.d.mts`, text);
  }
  return files;
}

/** What tsc declares for each source, and which source an import leads to. */
function compile(root, sources) {
  const configFile = join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile);
  const files = [...sources, join(root, 'text-files.d.ts')];
  const libs = join(root, 'libs');
  const emit = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: libs, outDir: libs };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files }, ts.sys, root, emit, configFile);
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(files, options, host);
  const declarations = new Map();
  const { diagnostics } = program.emit(undefined, (_path, text, _bom, _onError, [{ fileName }]) => {
    declarations.set(fileName, text);
  });
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, host));
  const resolve = (specifier, from) =>
    ts.resolveModuleName(specifier, from, options, host).resolvedModule?.resolvedFileName;
  return { declarations, resolve };
}

function rewriteImports(text, rewrite) {
  const { importedFiles } = ts.preProcessFile(text);
  return importedFiles.reduceRight((rest, { fileName, pos }) => {
    const start = pos + 1;
    return rest.slice(0, start) + rewrite(fileName) + rest.slice(start + fileName.length);
  }, text);
}

function relativeSpecifier(from, to) {
  const path = relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}
