import { html, type TemplateResult } from 'lit';

/** A sentence of the display language, with numbers that say why in place of its `{0}`, `{1}` ... */
export function whyIn(
  sentence: string,
  ...numbers: readonly (TemplateResult | number | string)[]
): TemplateResult {
  // Odd parts are the numbers of the holes.
  const parts = sentence.split(/\{(\d+)\}/);
  return html`${parts.map((part, idx) => (idx % 2 === 0 ? part : numbers[Number(part)]))}`;
}
