import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension host', () => {
  it('opened a copy of the suite’s workspace', async () => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folders.length, 1);
    const readme = vscode.Uri.joinPath(folders[0].uri, 'README.md');
    const document = await vscode.workspace.openTextDocument(readme);
    assert.match(document.getText(), /A small workspace/);
  });
});
