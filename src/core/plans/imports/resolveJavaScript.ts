import { folderOf, join, nameOf, type PathAlias, type ProjectPaths } from './projectPaths.ts';
import type { Resolution } from './resolution.ts';

const javaScriptExtensions = [
  '.ts',
  '.tsx',
  '.d.ts',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.json',
  '.css',
  '.vue',
];
/**
 * What else a named extension may mean: an emitted one the source it was compiled from, and a source's, in a package that ships
 * only what was made of it, its declarations or its output.
 */
const otherExtensions: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['.d.ts', '.js'],
  '.tsx': ['.d.ts', '.js'],
  '.mts': ['.d.mts', '.mjs'],
  '.cts': ['.d.cts', '.cjs'],
  '.js': ['.ts', '.tsx', '.d.ts', '.jsx'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/** Imports of JavaScript and TypeScript: relative paths, aliases, packages of this workspace. */
export function resolveJavaScript(
  specifier: string,
  fromPath: string,
  project: ProjectPaths,
): Resolution {
  const clean = specifier.replace(/[?#].*$/, (tail) => (specifier.startsWith('#') ? tail : ''));
  if (clean.startsWith('.')) {
    const file = javaScriptFile(join(folderOf(fromPath), clean), project);
    return file === undefined ? 'unresolved' : [file];
  }
  const aliases = clean.startsWith('#') ? project.packageImports : project.pathAliases;
  const aliased = byAlias(clean, fromPath, aliases, project);
  if (aliased !== undefined) return [aliased];
  const workspacePackage = workspacePackageFile(clean, project);
  if (workspacePackage !== undefined) return [workspacePackage];
  return clean.startsWith('#') ? 'unresolved' : 'external';
}

function javaScriptFile(path: string, { fileIdxOfPath }: ProjectPaths): number | undefined {
  const named = fileIdxOfPath.get(path) ?? withEnding(path, javaScriptExtensions, fileIdxOfPath);
  if (named !== undefined) return named;
  const extension = /\.[cm]?[jt]sx?$/.exec(path)?.[0];
  if (extension !== undefined) {
    const stem = path.slice(0, -extension.length);
    const other = withEnding(stem, otherExtensions[extension] ?? [], fileIdxOfPath);
    if (other !== undefined) return other;
  }
  return withEnding(path === '' ? 'index' : `${path}/index`, javaScriptExtensions, fileIdxOfPath);
}

function withEnding(
  stem: string,
  endings: readonly string[],
  fileIdxOfPath: ReadonlyMap<string, number>,
): number | undefined {
  for (const ending of endings) {
    const fileIdx = fileIdxOfPath.get(stem + ending);
    if (fileIdx !== undefined) return fileIdx;
  }
  return undefined;
}

function byAlias(
  specifier: string,
  fromPath: string,
  aliases: readonly PathAlias[],
  project: ProjectPaths,
): number | undefined {
  for (const { folder, pattern, targets } of aliases) {
    if (folder !== '' && !fromPath.startsWith(`${folder}/`)) continue;
    const star = pattern.indexOf('*');
    const prefix = star < 0 ? pattern : pattern.slice(0, star);
    const suffix = star < 0 ? '' : pattern.slice(star + 1);
    const matches =
      star < 0
        ? specifier === pattern
        : specifier.startsWith(prefix) &&
          specifier.endsWith(suffix) &&
          specifier.length >= prefix.length + suffix.length;
    if (!matches) continue;
    const middle = specifier.slice(prefix.length, specifier.length - suffix.length);
    for (const target of targets) {
      const file = javaScriptFile(target.replace('*', middle), project);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/** "@scope/pkg/sub" of a package of this workspace: its file, its index, or the same below its src folder. */
function workspacePackageFile(specifier: string, project: ProjectPaths): number | undefined {
  const segments = specifier.split('/');
  const nameLength = specifier.startsWith('@') ? 2 : 1;
  const folder = project.packageFolders.get(segments.slice(0, nameLength).join('/'));
  if (folder === undefined) return undefined;
  const rest = segments.slice(nameLength).join('/');
  const places = rest === '' ? ['src', '', 'lib'] : [rest, `src/${rest}`, `lib/${rest}`];
  for (const place of places) {
    const file = javaScriptFile(join(folder, place), project);
    if (file !== undefined && nameOf(place) !== 'package.json') return file;
  }
  return undefined;
}
