// The plans' part of the host: a bundle of its own (src/host/rooms.ts), loaded when something is first planned.
export { openPlans } from './plans/planService.ts';
export type { Plans, PlansOptions } from './plans/planService.ts';
