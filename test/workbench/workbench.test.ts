import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile, setTheme, treeRow } from './support/views.ts';
import { useWorkbench } from './support/workbench.ts';

describe('the workbench', () => {
  const workbench = useWorkbench({
    files: { 'hello.txt': 'Hello, workbench.\n' },
  });

  it('opens files of the workspace and sees those that change on disk', async () => {
    const { page, workspace } = workbench();
    await openFile(page, 'hello.txt');
    writeFileSync(path.join(workspace, 'later.txt'), 'Later.\n');
    await treeRow(page, 'later.txt').waitFor();
  });

  it('runs a command and picks an item: a theme of each kind', async () => {
    const { page } = workbench();
    await setTheme(page, 'Dark High Contrast');
    await setTheme(page, 'Light Modern');
  });

  it('asks nothing outside this machine', () => {
    expect(workbench().outsideRequests).toEqual([]);
  });
});
