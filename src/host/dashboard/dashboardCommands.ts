import * as vscode from 'vscode';
import type { Rooms } from '../rooms.ts';

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
  return vscode.window.registerWebviewPanelSerializer('contextBudget.dashboard', {
    deserializeWebviewPanel: async (panel) => {
      (await rooms.dashboard()).restore(panel);
    },
  });
}
