import type { Language } from '../outline.ts';
import { folderOf, join, nameOf, type ProjectPaths } from './projectPaths.ts';
import type { Resolution } from './resolution.ts';
import { resolveJavaScript } from './resolveJavaScript.ts';

/** A wildcard or package import means at most this many files; a larger package is linked through its symbols instead. */
const maxFilesOfPackage = 24;

export function resolveImport(
  specifier: string,
  fromPath: string,
  language: Language,
  project: ProjectPaths,
): Resolution {
  switch (language) {
    case 'typescript':
    case 'tsx':
    case 'javascript':
      return resolveJavaScript(specifier, fromPath, project);
    case 'python':
      return resolvePython(specifier, fromPath, project);
    case 'go':
      return resolveGo(specifier, project);
    case 'rust':
      return resolveRust(specifier, fromPath, project);
    case 'java':
      return resolveJava(specifier, project);
    case 'cpp':
      return resolveInclude(specifier, fromPath, project);
    case 'c-sharp':
      return packageFiles(project.filesOfPackage.get(specifier));
    case 'php':
      return resolvePhp(specifier, fromPath, project);
    case 'ruby':
      return resolveRuby(specifier, fromPath, project);
    case 'css':
    case 'bash':
      return relativeOrExternal(specifier, fromPath, project);
  }
}

function packageFiles(files: readonly number[] | undefined): Resolution {
  if (files === undefined) return 'external';
  return files.length <= maxFilesOfPackage ? files : [];
}

// --- Python: "a.b", ".a:name" (a module of a package, or a name in it)

function resolvePython(specifier: string, fromPath: string, project: ProjectPaths): Resolution {
  const [module, name] = specifier.split(':');
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const path = module.slice(dots).replaceAll('.', '/');
  let bases: string[];
  if (dots > 0) {
    let base = folderOf(fromPath);
    for (let up = 1; up < dots; up++) base = folderOf(base);
    bases = [base];
  } else {
    // Packages without __init__.py (namespace packages) resolve from the folders above the importing file.
    bases = [...project.pythonRoots, ...foldersAbove(fromPath)];
  }
  for (const base of bases) {
    const file =
      (name === undefined ? undefined : pythonFile(join(base, `${path}/${name}`), project)) ??
      pythonFile(join(base, path), project);
    if (file !== undefined) return [file];
  }
  return dots > 0 ? 'unresolved' : 'external';
}

function pythonFile(path: string, { fileIdxOfPath }: ProjectPaths): number | undefined {
  return (
    fileIdxOfPath.get(`${path}.py`) ??
    fileIdxOfPath.get(join(path, '__init__.py')) ??
    fileIdxOfPath.get(`${path}.pyi`)
  );
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return folders;
}

// --- Go: a package is a folder below its module

function resolveGo(specifier: string, project: ProjectPaths): Resolution {
  for (const { folder, modulePath } of project.goModules) {
    if (specifier !== modulePath && !specifier.startsWith(`${modulePath}/`)) continue;
    const files = project.filesOfFolder.get(join(folder, specifier.slice(modulePath.length)));
    return files === undefined ? 'unresolved' : packageFiles(files);
  }
  return 'external';
}

// --- Rust: "mod x", "crate::a::b", "super::a", "self::a"

function resolveRust(specifier: string, fromPath: string, project: ProjectPaths): Resolution {
  const isFolderModule = /^(mod|lib|main)\.rs$/.test(nameOf(fromPath));
  const ownFolder = isFolderModule ? folderOf(fromPath) : fromPath.replace(/\.rs$/, '');
  if (specifier.startsWith('mod ')) {
    const file = rustFile(join(ownFolder, specifier.slice(4)), project);
    return file === undefined ? 'unresolved' : [file];
  }
  const segments = specifier.split('::');
  let base: string;
  if (segments[0] === 'crate') base = crateRootOf(fromPath, project);
  else if (segments[0] === 'self') base = ownFolder;
  else if (segments[0] === 'super') base = folderOf(ownFolder);
  else return 'external';
  for (let length = segments.length; length > 1; length--) {
    const file = rustFile(join(base, segments.slice(1, length).join('/')), project);
    if (file !== undefined) return [file];
  }
  // The item stands in the crate's or module's own file.
  const own = ['lib.rs', 'main.rs', 'mod.rs'].map((name) =>
    project.fileIdxOfPath.get(join(base, name)),
  );
  const file = own.find((found) => found !== undefined) ?? project.fileIdxOfPath.get(`${base}.rs`);
  return file === undefined ? 'unresolved' : [file];
}

function rustFile(path: string, { fileIdxOfPath }: ProjectPaths): number | undefined {
  return fileIdxOfPath.get(`${path}.rs`) ?? fileIdxOfPath.get(join(path, 'mod.rs'));
}

function crateRootOf(fromPath: string, { fileIdxOfPath }: ProjectPaths): string {
  const root = foldersAbove(fromPath).find(
    (folder) =>
      fileIdxOfPath.has(join(folder, 'lib.rs')) || fileIdxOfPath.has(join(folder, 'main.rs')),
  );
  return root ?? folderOf(fromPath);
}

// --- Java, C and C++, PHP, Ruby

function resolveJava(specifier: string, project: ProjectPaths): Resolution {
  if (specifier.endsWith('.*'))
    return packageFiles(project.filesOfPackage.get(specifier.slice(0, -2)));
  // "a.b.C", and for nested classes and static members "a.b.C.D".
  const segments = specifier.split('.');
  for (let length = segments.length; length > 1; length--) {
    const files = project.filesOfPackage.get(segments.slice(0, length - 1).join('.')) ?? [];
    const named = files.filter((fileIdx) =>
      fileNamed(fileIdx, `${segments[length - 1]}.java`, project),
    );
    if (named.length > 0) return named;
  }
  return 'external';
}

function fileNamed(fileIdx: number, name: string, { paths }: ProjectPaths): boolean {
  return nameOf(paths[fileIdx]) === name;
}

function resolveInclude(specifier: string, fromPath: string, project: ProjectPaths): Resolution {
  const quoted = specifier.startsWith('"');
  const header = specifier.replace(/^["<]|[">]$/g, '');
  const beside = project.fileIdxOfPath.get(join(folderOf(fromPath), header));
  if (beside !== undefined) return [beside];
  // Include paths are the build's: a header is taken where exactly one path of the workspace ends as it says.
  const paths = (project.filesOfName.get(nameOf(header)) ?? []).filter((fileIdx) =>
    pathEndsWith(project.paths[fileIdx], header),
  );
  if (paths.length === 1) return paths;
  return quoted ? 'unresolved' : 'external';
}

function pathEndsWith(path: string, ending: string): boolean {
  return path === ending || path.endsWith(`/${ending}`);
}

function resolvePhp(specifier: string, fromPath: string, project: ProjectPaths): Resolution {
  if (/\.\w+$/.test(specifier))
    return relativeOrExternal(specifier.replace(/^\//, ''), fromPath, project);
  const segments = specifier.replace(/^\\/, '').split('\\');
  const files = project.filesOfPackage.get(segments.slice(0, -1).join('\\')) ?? [];
  const named = files.filter((fileIdx) =>
    fileNamed(fileIdx, `${segments[segments.length - 1]}.php`, project),
  );
  return named.length > 0 ? named : 'external';
}

function resolveRuby(specifier: string, fromPath: string, project: ProjectPaths): Resolution {
  const { fileIdxOfPath } = project;
  if (specifier.startsWith('./')) {
    const file = fileIdxOfPath.get(`${join(folderOf(fromPath), specifier)}.rb`);
    return file === undefined ? 'unresolved' : [file];
  }
  const file = fileIdxOfPath.get(`lib/${specifier}.rb`) ?? fileIdxOfPath.get(`${specifier}.rb`);
  return file === undefined ? 'external' : [file];
}

function relativeOrExternal(
  specifier: string,
  fromPath: string,
  project: ProjectPaths,
): Resolution {
  if (/^[a-z]+:/i.test(specifier) || specifier.startsWith('/')) return 'external';
  const file = project.fileIdxOfPath.get(join(folderOf(fromPath), specifier));
  if (file !== undefined) return [file];
  return specifier.startsWith('.') ? 'unresolved' : 'external';
}
