// eslint-disable-next-line no-control-regex -- control characters are exactly what is to be found
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A file's name as it is shown: what is invisible or turns the text around it (line ends, right-to-left marks) becomes a
 * sign that can be seen, so that no name looks like another. For showing only: the name itself stays as it is.
 */
export function shownName(name: string): string {
  return name.replace(invisible, '\ufffd');
}
