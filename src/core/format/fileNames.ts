// eslint-disable-next-line no-control-regex -- control characters are exactly what is to be found
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A file's name as it is shown: what is invisible or turns the text around it (line ends, right-to-left marks) becomes a
 * sign that can be seen, so that no name looks like another. For showing only: the name itself stays as it is.
 */
export function shownName(name: string): string {
  return name.replace(invisible, '\ufffd');
}

/** A name for a file that is to be saved: one segment, whatever was asked for, so that it leads to no other folder. */
export function plainFileName(asked: string): string {
  const last = asked.slice(Math.max(asked.lastIndexOf('/'), asked.lastIndexOf('\\')) + 1);
  const plain = last
    .replace(invisible, '')
    .replace(/[<>:"|?*]/g, '-')
    .slice(-120);
  return /^\.*\s*$/.test(plain) ? 'file' : plain;
}
