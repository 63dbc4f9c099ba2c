/**
 * A table with hundreds of numbers is one stop for Tab, as WAI-ARIA's grid pattern has it: arrow keys lead from number to
 * number, up and down from row to row. The table carries the class `numbers`, its numbers are buttons `why` with tabindex -1.
 * A list whose items have numbers is such a table too.
 */

const stop = 'button.why';
const rowSelector = 'tr, li';

/** The number of each table that Tab leads to. */
const stops = new WeakMap<HTMLElement, HTMLElement>();

/** Makes sure that exactly one number can be reached with Tab; called after the table was drawn. */
export function keepOneStop(table: HTMLElement): void {
  const now = stops.get(table);
  if (now !== undefined && table.contains(now)) return;
  const first = table.querySelector<HTMLButtonElement>(stop);
  if (first !== null) stopAt(table, first);
}

function stopAt(table: HTMLElement, number: HTMLButtonElement): void {
  stops.get(table)?.setAttribute('tabindex', '-1');
  number.setAttribute('tabindex', '0');
  stops.set(table, number);
}

/** Moves on from a number by an arrow key, Home or End; anything else, and numbers outside such a table, are left alone. */
export function moveInTable(from: HTMLButtonElement, event: KeyboardEvent): void {
  const row = from.closest<HTMLElement>(rowSelector);
  const table = from.closest<HTMLElement>('.numbers');
  if (row === null || table === null) return;
  const to = target(from, row, table, event.key);
  if (to === undefined) return;
  event.preventDefault();
  if (to === from) return;
  stopAt(table, to);
  to.focus();
}

function target(
  from: HTMLButtonElement,
  row: HTMLElement,
  table: HTMLElement,
  key: string,
): HTMLButtonElement | undefined {
  // Not those of a list inside an item.
  const numbersOf = (one: HTMLElement) =>
    [...one.querySelectorAll<HTMLButtonElement>(stop)].filter(
      (number) => number.closest(rowSelector) === one,
    );
  const own = numbersOf(row);
  const at = own.indexOf(from);
  const forward = getComputedStyle(table).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight':
      return own.at(key === forward ? Math.min(own.length - 1, at + 1) : Math.max(0, at - 1));
    case 'Home':
      return own[0];
    case 'End':
      return own.at(-1);
    case 'ArrowUp':
    case 'ArrowDown': {
      const rows = [...table.querySelectorAll<HTMLElement>(rowSelector)].filter(
        (one) => numbersOf(one).length > 0,
      );
      const next = rows.at(
        Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + (key === 'ArrowDown' ? 1 : -1))),
      );
      return next === undefined ? undefined : besideIn(next, from, numbersOf);
    }
    default:
      return undefined;
  }
}

/** The number of the same place in the same cell of another row, else the nearest one before it. */
function besideIn(
  row: HTMLElement,
  from: HTMLButtonElement,
  numbersOf: (one: HTMLElement) => readonly HTMLButtonElement[],
): HTMLButtonElement | undefined {
  const cellOf = (one: HTMLElement) => one.closest<HTMLTableCellElement>('td, th');
  const own = cellOf(from);
  const column = own?.cellIndex ?? 0;
  const place = own === null ? 0 : [...own.querySelectorAll<HTMLButtonElement>(stop)].indexOf(from);
  const there = numbersOf(row).filter((one) => (cellOf(one)?.cellIndex ?? 0) <= column);
  const sameCell = there.filter((one) => cellOf(one)?.cellIndex === column);
  return sameCell.at(Math.min(place, sameCell.length - 1)) ?? there.at(-1) ?? numbersOf(row)[0];
}
