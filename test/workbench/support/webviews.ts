// Webviews: each is an iframe in an iframe, with a document that may be replaced at any moment.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Frame, Page } from 'playwright-core';
import { waitUntil } from './waiting.ts';

/**
 * The document of the webview that holds an element with this selector, once it is visible.
 * Ask again after a reload or after the view was hidden: the document is a new one then.
 */
export async function webviewWith(page: Page, selector: string): Promise<Frame> {
  return waitUntil(`a webview with ${selector}`, async () => {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame() || frame.isDetached()) continue;
      try {
        if (await frame.locator(selector).first().isVisible()) return frame;
      } catch {
        // Replaced while it was asked; the next round sees the new one.
      }
    }
    return undefined;
  });
}

/** One fault that axe-core found: the rule, what it says, the elements. */
export interface AccessibilityFault {
  readonly rule: string;
  readonly help: string;
  readonly elements: readonly string[];
}

/** Runs axe-core inside a webview's document. */
export async function accessibilityFaults(frame: Frame): Promise<AccessibilityFault[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
  // Evaluated by the debugger, not by the page: the content security policy stays as it is.
  await frame.evaluate(`${source}; undefined`);
  return frame.evaluate<AccessibilityFault[]>(`axe.run(document).then(({ violations }) =>
    violations.map(({ id, help, nodes }) => ({
      rule: id, help, elements: nodes.map((node) => node.html.slice(0, 200)),
    })))`);
}

/** The webview's main colours as the theme gives them, CSS colours. */
export async function themeColours(
  frame: Frame,
): Promise<{ readonly kind: string; readonly foreground: string; readonly background: string }> {
  return frame.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    return {
      kind: document.body.dataset['vscodeThemeKind'] ?? '',
      foreground: style.getPropertyValue('--vscode-foreground').trim(),
      background: style.getPropertyValue('--vscode-editor-background').trim(),
    };
  });
}
