import type { NumberRow } from '../../src/lab/demo.ts';
import type { ShownFrame } from '../../src/lab/labMessages.ts';
import { t } from '../shared/l10n.ts';

/** More changes at once nobody listens to; the table has them all. */
const mostChanges = 4;

/**
 * What a reader says of a new frame: all of a first one; of a next one of the same demo its caption and what changed, the number
 * the demo is about first.
 */
export function spokenText(before: ShownFrame | undefined, now: ShownFrame): string {
  const { frame, keyNumberId } = now;
  const key = frame.numbers.find(({ id }) => id === keyNumberId);
  if (before === undefined) {
    return [frame.caption, key === undefined ? '' : said(key), frame.pictures[0]?.summary ?? '']
      .filter((part) => part !== '')
      .join(' ');
  }
  const old = new Map(before.frame.numbers.map((row) => [row.id, row.text]));
  const changed = frame.numbers.filter(({ id, text }) => old.get(id) !== text);
  const ordered = [...changed].sort(
    (a, b) => Number(b.id === keyNumberId) - Number(a.id === keyNumberId),
  );
  const changes = ordered.slice(0, mostChanges).map((row) => {
    const was = old.get(row.id);
    return was === undefined ? said(row) : t('{0}: {1}, was {2}.', row.label, row.text, was);
  });
  const caption = frame.caption === before.frame.caption ? [] : [frame.caption];
  const text = [...caption, ...changes].join(' ');
  return text === '' ? t('Nothing changed.') : text;
}

function said({ label, text }: NumberRow): string {
  return `${label}: ${text}.`;
}
