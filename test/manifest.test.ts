import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: { commandPalette: { command: string; when: string }[] };
  };
}
const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

describe('the command palette', () => {
  it('offers the command first whose title was typed in full', () => {
    const { commands, menus } = (read('package.json') as Manifest).contributes;
    const texts = read('package.nls.json') as Record<string, string>;
    const hidden = new Set(
      menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command),
    );
    const titles = commands
      .filter(({ command }) => !hidden.has(command))
      .map(({ title }) => texts[title.slice(1, -1)]);
    expect(titles.length).toBeGreaterThan(70);
    // The palette keeps what has all the words, wherever they stand in it, and sorts that by name.
    for (const title of titles) {
      const words = title.toLowerCase().split(' ');
      const kept = titles.filter((other) =>
        words.every((word) => other.toLowerCase().includes(word)),
      );
      expect(kept.sort((a, b) => a.localeCompare(b))[0], title).toBe(title);
    }
  });
});
