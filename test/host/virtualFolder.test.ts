import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { contextBudget } from './support.ts';

/** A read-only folder that is on no disk, as the GitHub and other remote repositories are. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly #files: Readonly<Record<string, string>>;
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = files;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const text = this.#files[uri.path];
    const type = text === undefined ? vscode.FileType.Directory : vscode.FileType.File;
    return { type, ctime: 0, mtime: 0, size: Buffer.byteLength(text ?? '') };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const base = uri.path.endsWith('/') ? uri.path : `${uri.path}/`;
    const names = new Map<string, vscode.FileType>();
    for (const path of Object.keys(this.#files)) {
      if (!path.startsWith(base)) continue;
      const [name, ...rest] = path.slice(base.length).split('/');
      names.set(name, rest.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...names];
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const text = this.#files[uri.path];
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return Buffer.from(text);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}

describe('a virtual folder', () => {
  it('is analysed through workspace.fs by the same rules', async () => {
    const files = new MemoryFiles({
      '/repo/a.txt': 'Hello, world! This is a test.\n',
      '/repo/.gitignore': 'ignored.txt\n',
      '/repo/ignored.txt': 'not counted\n',
      '/repo/node_modules/x/index.js': 'x\n',
      '/repo/picture.png': 'not really\n',
      '/repo/src/b.ts': 'export const answer = 42;\n',
    });
    const provider = vscode.workspace.registerFileSystemProvider('memory', files);
    try {
      const { rooms } = await contextBudget();
      const counting = await rooms.counting();
      const uri = vscode.Uri.parse('memory:/repo');
      const report = await counting.scan(
        {
          folders: [{ folder: { uri, name: 'repo', index: 0 }, prefix: '' }],
          encoding: 'o200k_base',
          exclude: () => [],
        },
        () => {},
        new AbortController().signal,
      );
      const counted = report.files.map(({ path, tokens }) => `${path} ${tokens}`);
      assert.deepEqual(counted.slice(1), ['a.txt 9', 'src/b.ts 7']);
      assert.deepEqual(
        report.leftOut.map(({ path, reason }) => `${path} ${reason}`),
        ['ignored.txt ignored', 'node_modules/ dependencies', 'picture.png image'],
      );
      assert.deepEqual(report.problems, []);
    } finally {
      provider.dispose();
    }
  });
});
