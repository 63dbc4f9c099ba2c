import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** What each folder may import: other folders by name, packages by name; nothing else. */
const rules: Record<string, { folders: string[]; packages: RegExp | null }> = {
  'src/engine': { folders: [], packages: null },
  'src/core': { folders: [], packages: /^(graphology|d3-|jsonc-parser)/ },
  'src/protocol': { folders: ['src/core'], packages: null },
  'src/lab': { folders: ['src/core', 'src/engine'], packages: null },
  'src/node': {
    folders: ['src/core', 'src/engine', 'src/protocol', 'src/lab'],
    packages: /^(?!vscode$)/,
  },
  'src/cli': {
    folders: ['src/core', 'src/node', 'src/protocol', 'package.json'],
    packages: /^(?!vscode$)/,
  },
  'src/host': {
    folders: ['src/core', 'src/engine', 'src/protocol', 'src/node', 'src/lab'],
    packages: /./,
  },
  'src/extension.ts': { folders: ['src/host'], packages: /^vscode$/ },
  // For its version.
  'package.json': { folders: [], packages: null },
  'webview-ui': {
    folders: ['src/core', 'src/engine', 'src/protocol', 'src/lab'],
    packages: /^(?!vscode$|node:)/,
  },
};

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    const file = `${folder}/${name}`;
    if (statSync(path.join(root, file)).isDirectory()) return sourceFiles(file);
    return file.endsWith('.ts') && !file.endsWith('.as.ts') ? [file] : [];
  });
}

function roomOf(file: string): string {
  const room = Object.keys(rules).find((name) => file === name || file.startsWith(`${name}/`));
  if (room === undefined) throw new Error(`${file} is in no room that the dependency rule knows`);
  return room;
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return ts.preProcessFile(text).importedFiles.map((imported) => imported.fileName);
}

function faultOf(file: string, specifier: string): string | undefined {
  const room = roomOf(file);
  const rule = rules[room];
  if (specifier.startsWith('.')) {
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
    const targetRoom = roomOf(target);
    if (targetRoom === room || rule.folders.includes(targetRoom)) return undefined;
    return `${file} imports ${specifier}: ${room} may not import ${targetRoom}`;
  }
  if (rule.packages?.test(specifier) === true) return undefined;
  return `${file} imports the package ${specifier}: not allowed in ${room}`;
}

describe('the dependency rule', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('webview-ui')];

  it('holds for every import of every file', () => {
    const faults = files.flatMap((file) =>
      importsOf(file)
        .map((specifier) => faultOf(file, specifier))
        .filter((fault) => fault !== undefined),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it('catches vscode and node in the core, and the host reaching from the engine', () => {
    expect(faultOf('src/core/a.ts', 'vscode')).toContain('not allowed');
    expect(faultOf('src/core/a.ts', 'node:fs')).toContain('not allowed');
    expect(faultOf('src/engine/a.ts', '../core/a.ts')).toContain('may not import');
    expect(faultOf('webview-ui/a.ts', '../src/host/a.ts')).toContain('may not import');
    expect(faultOf('webview-ui/a.ts', 'node:fs')).toContain('not allowed');
    expect(faultOf('src/cli/a.ts', 'vscode')).toContain('not allowed');
  });
});
