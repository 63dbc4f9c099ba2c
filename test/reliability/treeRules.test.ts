// Trees that may not be read, and rules that were made to do harm.
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Scanner } from '../../src/node/scanner.ts';
import { walk, type WalkOptions } from '../../src/node/walk.ts';
import { tempTree, withoutPrivilege, writeTree } from '../node/tempTree.ts';
import { attack } from './attack.ts';
import { disposeScanners, newScanner, recordedWorker, requestFor } from './scanning.ts';

const hasLinks = process.platform !== 'win32';

let scanner: Scanner;

beforeAll(async () => {
  scanner = newScanner({ workerFile: await recordedWorker() });
});
afterAll(disposeScanners);

describe('a tree', () => {
  it.runIf(hasLinks)('that may not be read says what, and counts the rest', () =>
    attack('trees', 'permission denied', async (tally) => {
      const root = tempTree({
        'a.ts': 'const a = 1;\n',
        'closed/b.ts': 'b',
        'closed.ts': 'c',
        'half/d.ts': 'd',
        'ruled/.gitignore': '*.log',
        'ruled/e.ts': 'e\n',
      });
      chmodSync(path.join(root, 'closed'), 0);
      chmodSync(path.join(root, 'closed.ts'), 0);
      chmodSync(path.join(root, 'ruled/.gitignore'), 0);
      // Its names can be listed, and nothing in it opened.
      chmodSync(path.join(root, 'half'), 0o444);
      const met: string[] = [];
      const options: WalkOptions = {
        root,
        prefix: '',
        exclude: [],
        userRules: [],
        otherRoots: [],
        maxFileBytes: 1e6,
        shouldStop: () => false,
        needsStamp: () => true,
        onFile: (file) => met.push(file.path),
      };
      const found = await tally.try('walk', () => withoutPrivilege(root, () => walk(options)));
      const paths = [...met].sort();
      for (const only of ['closed/b.ts', 'closed', 'half/d.ts', 'closed/deeper/c.ts']) {
        const again = await tally.try(only, () =>
          withoutPrivilege(root, () => walk(options, only)),
        );
        tally.equal(again?.problems.length, 1, `${only} counted again: problems`);
      }
      for (const name of ['closed', 'half']) chmodSync(path.join(root, name), 0o700);
      if (found === undefined) return;
      tally.equal(paths, ['a.ts', 'closed.ts', 'ruled/.gitignore', 'ruled/e.ts'], 'files');
      const problems = found.problems.map((problem) => problem.path).sort();
      tally.equal(problems, ['closed/', 'half/d.ts', 'ruled/.gitignore'], 'problems');
    }),
  );

  it('with rules and globs made to take for ever is walked without those, which are named', () =>
    attack('trees', 'ignore rules and globs that take for ever', async (tally) => {
      const long = `b${'a'.repeat(200)}`;
      const deep = 'a/'.repeat(60);
      const harmless = [
        `${'*a'.repeat(30)}*b`,
        `${'a*'.repeat(60)}c`,
        `${'[ab]*'.repeat(40)}!`,
        `${'?*'.repeat(50)}b`,
        `${'*'.repeat(5000)}x`,
        '[z-a]',
        '\\',
        '(((((x{1,',
      ];
      const refused = [`${'**/a/'.repeat(12)}b`, `${'**/'.repeat(200)}x`, `${'a/**/'.repeat(9)}z`];
      const root = tempTree();
      writeTree(root, { [`${long}.ts`]: 'a\n', [`${deep}${long}.ts`]: 'b\n', 'x.log': 'x' });
      for (const rule of [...harmless, ...refused]) {
        const what = rule.slice(0, 30);
        writeTree(root, { '.gitignore': `${rule}\n*.log\n` });
        const report = await tally.try(what, () => scanner.scan(requestFor(root)), {
          limitSeconds: 60,
        });
        if (report === undefined) return;
        tally.equal(report.files.length, 3, `${what}: files`);
        tally.equal(report.problems.length, refused.includes(rule) ? 1 : 0, `${what}: problems`);
        const left = report.leftOut.map((entry) => entry.path);
        tally.equal(left, ['x.log'], `${what}: the rule after it is minded`);
      }
      for (const glob of ['*a'.repeat(9), '*[ab]'.repeat(12), ...refused]) {
        const exclude = [glob, '**/*.log'];
        const request = requestFor(root, { exclude, userRules: [glob] });
        const report = await tally.try(glob, () => scanner.scan(request), { limitSeconds: 60 });
        const named = report?.problems.some(({ message }) => message.includes(glob.slice(0, 20)));
        tally.equal(
          [report?.files.length, named],
          [3, true],
          `${glob.slice(0, 30)} of the settings`,
        );
      }
    }));
});
