// The dashboard's part of the host: a bundle of its own (src/host/rooms.ts), loaded when the dashboard is first opened.
export { openDashboard } from './dashboard/dashboardPanel.ts';
export type { Dashboard, DashboardOptions } from './dashboard/dashboardPanel.ts';
