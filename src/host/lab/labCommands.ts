import * as vscode from 'vscode';
import type { OpenDemo } from '../../lab/labMessages.ts';
import type { Rooms } from '../rooms.ts';

/** Beside the commands: activation registers it, and need not load the panel for it. */
export const labViewType = 'contextBudget.lab';
const demoPrefix = 'contextBudget.demo.';

type Commands = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * `openLab` (its argument a deep link: `{ "demoId": "slidingWindow", "compareId": "bigBird" }`, or a demo's id), and one
 * command for each demo of the manifest, which a test holds equal to the lab's list: activation need not load the lab.
 */
export function labCommands(rooms: Rooms, demoIds: readonly string[]): Commands {
  const show = async (demo: OpenDemo) => (await rooms.lab()).show(demo);
  const demos = demoIds.map((demoId) => [`demo.${demoId}`, () => show({ demoId })] as const);
  return {
    openLab: (link?: OpenDemo | string) =>
      show(typeof link === 'string' ? { demoId: link } : (link ?? {})),
    learn: () => show({ place: 'learn' }),
    ...Object.fromEntries(demos),
  };
}

/** What is read of package.json. */
export interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** The demos whose commands the manifest names. */
export function manifestDemoIds(manifest: Manifest): readonly string[] {
  return manifest.contributes.commands
    .map(({ command }) => command)
    .filter((command) => command.startsWith(demoPrefix))
    .map((command) => command.slice(demoPrefix.length));
}

export function registerLabPanel(rooms: Rooms): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(labViewType, {
    deserializeWebviewPanel: async (panel) => {
      (await rooms.lab()).restore(panel);
    },
  });
}
