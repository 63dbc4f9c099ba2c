let strings: Readonly<Record<string, string>> = {};

/** Sets the display language's strings, keyed by the English text, before anything is drawn. */
export function setStrings(bundle: Readonly<Record<string, string>>): void {
  strings = bundle;
}

/** The text in the display language with `{0}`, `{1}` ... filled in. */
export function t(message: string, ...values: (string | number)[]): string {
  return (strings[message] ?? message).replace(/\{(\d+)\}/g, (hole, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? hole : String(value);
  });
}
