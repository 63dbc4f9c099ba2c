/** Rows of a long table that are drawn at once: those that somebody sees. The others follow when the slider rests. */
export interface RowsInView {
  /** What a row depends on: the same value again while the row need not be drawn, `undefined` before it ever was. */
  drawingOf(rowIdx: number): number | undefined;
  /** Before the rows are drawn: begins another drawing. */
  begin(): void;
  /** After the rows are drawn: watches them, and has the others drawn soon. */
  end(table: HTMLElement | null): void;
  dispose(): void;
}

const restMs = 120;
/** Before the table was ever laid out, so many of its first rows are taken to be seen. */
const firstRows = 6;

/** @param redraw draws the page anew */
export function createRowsInView(redraw: () => void): RowsInView {
  let drawing = 0;
  let isWhole = false;
  let areSomeOld = false;
  let timer: number | undefined;
  const drawnAt: (number | undefined)[] = [];
  let seen: Set<Element> | undefined;
  let rows: readonly Element[] = [];

  const observer = new IntersectionObserver(
    (entries) => {
      seen ??= new Set();
      let isOldSeen = false;
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) seen.delete(target);
        else {
          seen.add(target);
          isOldSeen ||= drawnAt[rows.indexOf(target)] !== drawing;
        }
      }
      if (isOldSeen && areSomeOld) redraw();
    },
    { rootMargin: '100px' },
  );

  const isSeen = (rowIdx: number) =>
    seen === undefined || rows[rowIdx] === undefined ? rowIdx < firstRows : seen.has(rows[rowIdx]);

  return {
    drawingOf: (rowIdx) => {
      if (isWhole || isSeen(rowIdx)) drawnAt[rowIdx] = drawing;
      else areSomeOld = true;
      return drawnAt[rowIdx];
    },
    begin: () => {
      drawing++;
      areSomeOld = false;
    },
    end: (table) => {
      isWhole = false;
      const now = [...(table?.querySelectorAll('tbody > tr') ?? [])];
      for (const gone of rows) {
        if (now.includes(gone)) continue;
        observer.unobserve(gone);
        seen?.delete(gone);
      }
      for (const row of now) if (!rows.includes(row)) observer.observe(row);
      rows = now;
      drawnAt.length = Math.min(drawnAt.length, Math.max(firstRows, now.length));
      window.clearTimeout(timer);
      if (!areSomeOld) return;
      timer = window.setTimeout(() => {
        isWhole = true;
        redraw();
      }, restMs);
    },
    dispose: () => {
      window.clearTimeout(timer);
      observer.disconnect();
    },
  };
}
