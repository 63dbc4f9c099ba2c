import * as vscode from 'vscode';
import type { Rooms } from '../rooms.ts';

/** Beside the commands: activation registers it, and need not load the panel for it. */
export const dashboardViewType = 'contextBudget.dashboard';

/** `openDashboard`; its argument may be a state string that a colleague copied from their dashboard. */
export function dashboardCommands(
  rooms: Rooms,
): Readonly<Record<string, (...args: never[]) => unknown>> {
  return {
    openDashboard: async (stateText?: unknown) => {
      (await rooms.dashboard()).show(typeof stateText === 'string' ? stateText : undefined);
    },
  };
}

export function registerDashboardPanel(rooms: Rooms): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(dashboardViewType, {
    deserializeWebviewPanel: async (panel) => {
      (await rooms.dashboard()).restore(panel);
    },
  });
}
