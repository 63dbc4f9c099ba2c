import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Port } from '../../protocol/connection.ts';
import { scriptPolicy } from './webviewPolicy.ts';

export interface WebviewPage {
  /** File names in dist/. */
  readonly script: string;
  readonly stylesheet: string;
  readonly title: string;
  /** Also lets in what charts need: style elements that carry the script's nonce, and pictures that the page itself made. */
  readonly charts?: boolean;
}

/** The shell of a webview: nothing but our own script runs, nothing is fetched; all data comes by messages. */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: WebviewPage,
): string {
  const nonce = randomBytes(16).toString('base64');
  const dist = (file: string) =>
    escapedHtml(webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', file)).toString());
  const policy = scriptPolicy(webview.cspSource, nonce, page.charts === true);
  return `<!DOCTYPE html>
<html lang="${escapedHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapedHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${dist(page.stylesheet)}">
<title>${escapedHtml(page.title)}</title>
</head>
<body>
<main id="root"></main>
<script type="module" nonce="${nonce}" src="${dist(page.script)}"></script>
</body>
</html>`;
}

/** A page without scripts: HTML that we made, and one stylesheet of ours. */
export function staticHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: { readonly stylesheet: string; readonly title: string; readonly body: string },
): string {
  const stylesheet = vscode.Uri.joinPath(extensionUri, 'dist', page.stylesheet);
  const policy = `default-src 'none'; style-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapedHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapedHtml(webview.asWebviewUri(stylesheet).toString())}">
<title>${escapedHtml(page.title)}</title>
</head>
<body><main>${page.body}</main></body>
</html>`;
}

/** The tab's icon; unlike the one of the activity bar it is drawn in the colours it has. */
export function panelIcon(extensionUri: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const media = (file: string) => vscode.Uri.joinPath(extensionUri, 'media', file);
  return { light: media('panelLight.svg'), dark: media('panelDark.svg') };
}

/** Where a webview may load files from: the built scripts and styles, nothing else. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/** A webview's messages as one end of a connection. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => {
      // A page that goes at this moment reads nothing more.
      webview.postMessage(message).then(undefined, () => undefined);
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}

export function escapedHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
