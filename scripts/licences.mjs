// The licences of what is shipped: every package with code in a bundle of ours, named with its version and its own licence text.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folders of the packages that have bytes in the outputs of esbuild's metafiles. */
function packageFolders(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return folders;
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  if (typeof license !== 'string') throw new Error(`${folder} says no licence in its package.json`);
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return `${name} ${version}: ${license}\n\n${texts.join('\n\n') || '(The package has no text of it.)'}`;
}

/**
 * The text of dist/LICENSES.txt. Throws when a package names no licence.
 * @param metafiles esbuild's, of everything that is bundled
 * @param more folders of packages whose files are copied
 */
export function licencesText(metafiles, more) {
  const folders = [...packageFolders(metafiles), ...more].filter((folder) => existsSync(folder));
  const notices = [...new Set(folders.map(noticeOf))].sort();
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `Code of these packages is in the files beside this one. Made by scripts/licences.mjs.${rule}${notices.join(rule)}\n`;
}
