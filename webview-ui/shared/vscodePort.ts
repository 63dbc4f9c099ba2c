import type { Port } from '../../src/protocol/connection.ts';
import { keepFocus } from './keepFocus.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** This webview's end of the connection to the extension host. May be called once only. */
export function vscodePort(): Port & Pick<VsCodeApi, 'getState' | 'setState'> {
  const vscode = acquireVsCodeApi();
  keepFocus();
  return {
    getState: () => vscode.getState(),
    setState: (state) => {
      vscode.setState(state);
    },
    post: (message) => {
      vscode.postMessage(message);
    },
    listen: (listener) => {
      const receive = (event: MessageEvent<unknown>) => {
        listener(event.data);
      };
      window.addEventListener('message', receive);
      return () => {
        window.removeEventListener('message', receive);
      };
    },
  };
}
