import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { boundaryWindows } from '../../src/host/boundaryWindows.ts';
import { markdownCode, visibleText } from '../../src/host/markdownCode.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { answering, contextBudget, setSetting, until } from './support.ts';

const toggle = 'contextBudget.showTokenBoundaries';
const hostile = '`code` [x](command:evil) <img src=x> **b** $(zap) | \u202e\u200b\\ 😀\n';

/** A new document takes the name, and with it the text, of one that was closed and is still on its way out: then once more. */
async function openText(content: string): Promise<vscode.TextEditor> {
  const lines = (text: string) => text.replaceAll('\r\n', '\n');
  for (;;) {
    const document = await vscode.workspace.openTextDocument({ content });
    if (lines(document.getText()) === lines(content))
      return vscode.window.showTextDocument(document);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function hoverTexts(editor: vscode.TextEditor, unit: number): Promise<string[]> {
  const { document } = editor;
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(unit),
  );
  return hovers.flatMap(({ contents }) =>
    contents.map((part) => (typeof part === 'string' ? part : part.value)),
  );
}

describe('token boundaries', () => {
  let api: ContextBudgetApi;

  before(async () => {
    api = await contextBudget();
    await useModel('openai/gpt-4o');
  });

  afterEach(async () => {
    api.parts.marks.hideAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function useModel(id: string): Promise<void> {
    await setSetting('contextBudget.model', id);
    await until('the model', () => api.session.settings.modelId === id);
  }

  const marked = () => api.parts.boundaries.marked;
  const idsInSight = () => marked()?.spans.flatMap((span) => [...span.ids]) ?? [];

  async function encoded(text: string, encoding = 'o200k_base'): Promise<number[]> {
    const counter = await (await api.rooms.counting()).local(encoding);
    return (counter.spans(text) ?? []).flatMap((span) => [...span.ids]);
  }

  it('are those of the document, in two colours that alternate', async () => {
    const text = 'export const answer = 42;\r\n'.repeat(5) + hostile;
    const { document } = await openText(text);
    await vscode.commands.executeCommand(toggle);
    assert.deepEqual(idsInSight(), await encoded(document.getText()));
    const colours = marked()?.spans.map(({ startUnit }) => marked()?.colours.get(startUnit)) ?? [];
    assert.ok(colours.length > 30);
    assert.ok(colours.every((colour, idx) => idx === 0 || colour !== colours[idx - 1]));
  });

  it('follow edits', async () => {
    const editor = await openText('const a = 1;\n');
    await vscode.commands.executeCommand(toggle);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 5), 'ellation of words'));
    const text = editor.document.getText();
    await until('the new tokens', () => marked()?.version === editor.document.version);
    assert.deepEqual(idsInSight(), await encoded(text));
  });

  it('cover only what is in sight, and follow the scrolling', async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `const value${line} = ${line};`);
    const editor = await openText(lines.join('\n'));
    await vscode.commands.executeCommand(toggle);
    await until('the first lines', () => idsInSight().length > 0);
    assert.ok(idsInSight().length < 2000);
    const far = new vscode.Range(15_000, 0, 15_000, 0);
    editor.revealRange(far, vscode.TextEditorRevealType.AtTop);
    const offset = editor.document.offsetAt(far.start);
    await until('the lines far below', () =>
      (marked()?.spans ?? []).some((span) => span.startUnit <= offset && offset < span.endUnit),
    );
    assert.ok(idsInSight().length < 2000);
  });

  it('are the tokens of the whole document wherever a window of it is', async () => {
    const parts = [
      hostile,
      'word '.repeat(40),
      '\t\tif (a) {\r\n',
      '    \n\n\n',
      '数字と漢字12345\r\n',
    ];
    const text = Array.from({ length: 120 }, (_, idx) => parts[(idx * 7) % 5]).join('');
    const { document } = await openText(text);
    const counter = await (await api.rooms.counting()).local('o200k_base');
    const whole = counter.spans(document.getText()) ?? [];
    const isSafeSplit = (part: string, unit: number) => counter.isSafeSplit(part, unit);
    for (let line = 0; line < document.lineCount; line += 3) {
      const seen = [new vscode.Range(line, 0, line + 5, 0)];
      const { windows, cut } = boundaryWindows(document, seen, isSafeSplit);
      assert.equal(cut, false);
      for (const window of windows) {
        const endUnit = window.startUnit + window.text.length;
        const expected = whole.filter(
          (span) => span.startUnit >= window.startUnit && span.endUnit <= endUnit,
        );
        const found = counter.spans(window.text) ?? [];
        assert.deepEqual(
          found.map((span) => ({ start: span.startUnit + window.startUnit, ids: span.ids })),
          expected.map((span) => ({ start: span.startUnit, ids: span.ids })),
        );
        assert.ok(window.startUnit <= window.seenStartUnit && endUnit >= window.seenEndUnit);
      }
    }
  });

  it('begin with the document where an encoding puts a space before every text', async () => {
    const { document } = await openText('word and word\n'.repeat(400));
    const seen = [new vscode.Range(300, 0, 310, 0)];
    const { windows, cut } = boundaryWindows(document, seen, () => true, false);
    assert.equal(cut, false);
    assert.deepEqual(
      windows.map(({ startUnit, seenStartUnit }) => [startUnit, seenStartUnit]),
      [[0, 300 * 14]],
    );
  });

  it('of a line without end are marked as far as it is drawn', async () => {
    await openText('{"key":"value 123"},'.repeat(60_000));
    await vscode.commands.executeCommand(toggle);
    const last = marked()?.spans.at(-1);
    assert.ok(last !== undefined && last.startUnit < 10_000 && last.endUnit >= 10_000);
  });

  it('tell id, bytes, text and encoding in the hover, and nothing of the text means anything', async () => {
    const editor = await openText(hostile);
    await vscode.commands.executeCommand(toggle);
    const [first] = idsInSight();
    const [atStart] = await hoverTexts(editor, 0);
    assert.match(atStart, new RegExp(`\\*\\*Token&nbsp;${first}\\*\\*`));
    assert.match(atStart, /1&nbsp;byte:&nbsp;`60`/);
    assert.match(atStart, /`` "`" ``/);
    assert.match(atStart, /o200k\\?_base/);
    for (let unit = 0; unit < hostile.length; unit++) {
      const [text] = await hoverTexts(editor, unit);
      const outside = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
      assert.doesNotMatch(outside, /[<[\u202e\u200b]|\$\(zap/, `at ${unit}: ${text}`);
    }
  });

  it('go by the same command, and by "Hide All Marks", with their hovers', async () => {
    const editor = await openText('const a = 1;\n');
    for (const off of [toggle, 'contextBudget.hideMarks']) {
      await vscode.commands.executeCommand(toggle);
      assert.ok(api.parts.marks.isShown('tokenBoundaries'));
      assert.equal((await hoverTexts(editor, 1)).length, 1);
      await vscode.commands.executeCommand(off);
      assert.equal(marked(), undefined);
      assert.equal(api.parts.marks.isShown('tokenBoundaries'), false);
      assert.deepEqual(await hoverTexts(editor, 1), []);
    }
  });

  it('are shown once when they are asked for twice before they are there', async () => {
    await openText('const a = 1;\n');
    const { boundaries, marks } = api.parts;
    await Promise.all([boundaries.toggle(), boundaries.toggle()]);
    assert.equal(marks.isShown('tokenBoundaries'), true);
    assert.ok((marked()?.spans.length ?? 0) > 0);
  });

  it('of a model without a public vocabulary are not shown unless as another encoding’s', async () => {
    await useModel('anthropic/claude-sonnet-4-5');
    const editor = await openText('const a = 1;\n');
    const show = () => Promise.resolve(vscode.commands.executeCommand(toggle));
    const asked = await answering('showInformationMessage', undefined, show);
    assert.match(asked[0], /Claude Sonnet 4.5 .*not known.*Anthropic publishes no vocabulary/);
    assert.equal(marked(), undefined);
    await answering('showInformationMessage', 'Show o200k_base', show);
    assert.deepEqual(idsInSight(), await encoded('const a = 1;\n'));
    assert.match(
      (await hoverTexts(editor, 1))[0],
      /not&nbsp;the&nbsp;vocabulary&nbsp;of&nbsp;Claude/,
    );
    await useModel('openai/gpt-4');
    await until('the other vocabulary', () => marked()?.encoding === 'cl100k_base');
    assert.deepEqual(idsInSight(), await encoded('const a = 1;\n', 'cl100k_base'));
    await useModel('openai/gpt-4o');
  });
});

describe('a text as inline code of Markdown', () => {
  it('has a longer fence than any run of backticks in it', () => {
    assert.equal(markdownCode('a'), '`a`');
    assert.equal(markdownCode('``'), '``` `` ```');
  });

  it('shows what can not be seen as escapes, in one line', () => {
    assert.equal(visibleText(' a\n\t"\u00a0\u202e'), '" a\\n\\t\\"\\u{a0}\\u{202e}"');
  });
});
