import { parse } from 'jsonc-parser';
import { append } from '../../lists/append.ts';

/** What resolving needs to know of the files: their paths, and the few of them that configure how imports are read. */
export interface ProjectFile {
  readonly path: string;
  readonly packageName?: string;
}

export interface ProjectPaths {
  readonly paths: readonly string[];
  /** File index by path. */
  readonly fileIdxOfPath: ReadonlyMap<string, number>;
  /** Files of each folder, by the folder's path ('' is the root). */
  readonly filesOfFolder: ReadonlyMap<string, readonly number[]>;
  /** Files of each declared package or namespace (Java, C#, PHP). */
  readonly filesOfPackage: ReadonlyMap<string, readonly number[]>;
  /** Files by their last path segment. */
  readonly filesOfName: ReadonlyMap<string, readonly number[]>;
  /** Folder of each JavaScript package of the workspace by its name. */
  readonly packageFolders: ReadonlyMap<string, string>;
  /** Path aliases of tsconfig.json and jsconfig.json, the deepest folder first. */
  readonly pathAliases: readonly PathAlias[];
  /** `imports` of package.json files ("#x" to a path), the deepest folder first. */
  readonly packageImports: readonly PathAlias[];
  /** Go modules: folder and module path, the deepest folder first. */
  readonly goModules: readonly { readonly folder: string; readonly modulePath: string }[];
  /** Folders that hold Python packages. */
  readonly pythonRoots: readonly string[];
}

/** In files below `folder`, a specifier that matches `pattern` ("@/*") means one of `targets` ("src/*"). */
export interface PathAlias {
  readonly folder: string;
  readonly pattern: string;
  readonly targets: readonly string[];
}

export function projectPaths(
  files: readonly ProjectFile[],
  textOf: (fileIdx: number) => string,
): ProjectPaths {
  const fileIdxOfPath = new Map<string, number>();
  const filesOfFolder = new Map<string, number[]>();
  const filesOfPackage = new Map<string, number[]>();
  const filesOfName = new Map<string, number[]>();
  const packageFolders = new Map<string, string>();
  const pathAliases: PathAlias[] = [];
  const packageImports: PathAlias[] = [];
  const goModules: { folder: string; modulePath: string }[] = [];

  files.forEach(({ path, packageName }, fileIdx) => {
    const folder = folderOf(path);
    fileIdxOfPath.set(path, fileIdx);
    addTo(filesOfFolder, folder, fileIdx);
    addTo(filesOfName, nameOf(path), fileIdx);
    if (packageName !== undefined) addTo(filesOfPackage, packageName, fileIdx);
    switch (nameOf(path)) {
      case 'tsconfig.json':
      case 'jsconfig.json':
        append(pathAliases, aliasesOfTsconfig(folder, textOf(fileIdx)));
        break;
      case 'package.json': {
        const manifest = record(parsed(textOf(fileIdx)));
        if (typeof manifest.name === 'string') packageFolders.set(manifest.name, folder);
        append(packageImports, aliasesOfImports(folder, record(manifest.imports)));
        break;
      }
      case 'go.mod': {
        const modulePath = /^module\s+(\S+)/m.exec(textOf(fileIdx))?.[1];
        if (modulePath !== undefined) goModules.push({ folder, modulePath });
        break;
      }
    }
  });
  const deepestFirst = (a: { folder: string }, b: { folder: string }) =>
    b.folder.length - a.folder.length;
  return {
    paths: files.map((file) => file.path),
    fileIdxOfPath,
    filesOfFolder,
    filesOfPackage,
    filesOfName,
    packageFolders,
    pathAliases: pathAliases.sort(deepestFirst),
    packageImports: packageImports.sort(deepestFirst),
    goModules: goModules.sort(deepestFirst),
    pythonRoots: pythonRootsOf(filesOfFolder, fileIdxOfPath),
  };
}

/**
 * JSON, with comments and trailing commas where there are some; most files have none, and are read several times as fast.
 * Undefined where it is nested too deep to be read.
 */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return parse(text);
    } catch {
      return undefined;
    }
  }
}

function aliasesOfTsconfig(folder: string, text: string): PathAlias[] {
  const options = record(record(parsed(text)).compilerOptions);
  const baseUrl = typeof options.baseUrl === 'string' ? join(folder, options.baseUrl) : undefined;
  const aliases = Object.entries(record(options.paths)).map(([pattern, targets]) => ({
    folder,
    pattern,
    targets: strings(targets).map((target) => join(baseUrl ?? folder, target)),
  }));
  if (baseUrl !== undefined) aliases.push({ folder, pattern: '*', targets: [join(baseUrl, '*')] });
  return aliases;
}

function aliasesOfImports(folder: string, imports: Record<string, unknown>): PathAlias[] {
  return Object.entries(imports).map(([pattern, target]) => ({
    folder,
    pattern,
    targets: leafStrings(target).map((leaf) => join(folder, leaf)),
  }));
}

/** A folder whose child folders are Python packages (hold `__init__.py`) while it is none itself; the root always is one. */
function pythonRootsOf(
  filesOfFolder: ReadonlyMap<string, readonly number[]>,
  fileIdxOfPath: ReadonlyMap<string, number>,
): string[] {
  const isPackage = (folder: string) => fileIdxOfPath.has(join(folder, '__init__.py'));
  const roots = new Set(['']);
  for (const folder of filesOfFolder.keys()) {
    if (folder !== '' && isPackage(folder) && !isPackage(folderOf(folder)))
      roots.add(folderOf(folder));
  }
  return [...roots];
}

/** The strings in a value, in order. Without recursion: it may be nested as deep as somebody likes. */
function leafStrings(value: unknown): string[] {
  const leaves: string[] = [];
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string') leaves.push(next);
    else append(pending, Object.values(record(next)).reverse());
  }
  return leaves;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function addTo(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Joins and normalises; a path that leaves the root keeps its "..", and so matches no file. */
export function join(folder: string, relative: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${relative}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
