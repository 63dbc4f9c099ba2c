/**
 * What a page with our script may do: run that script, and take styles and fonts of the extension. It may fetch nothing.
 * @param source where the extension's files come from
 * @param charts also lets in what charts need: style elements that carry the nonce, and pictures that the page itself made
 */
export function scriptPolicy(source: string, nonce: string, charts: boolean): string {
  return [
    `default-src 'none'`,
    `style-src ${source}${charts ? ` 'nonce-${nonce}'` : ''}`,
    `font-src ${source}`,
    ...(charts ? ['img-src blob:'] : []),
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
}
