/** A titled table, to be printed as text or Markdown. */
export interface Section {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Said below the table. */
  readonly note?: string;
}

export interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  /** May be cut from the left when the terminal is narrow: a path. */
  readonly flexible?: boolean;
}

/** A file name may hold anything: control characters would drive the terminal, a line break would break the table. */
export function printable(text: string): string {
  return text.replace(
    // Control, format (bidirectional overrides) and separator characters.
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
