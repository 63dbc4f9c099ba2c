import { html, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { t } from '../shared/l10n.ts';
import { explainedText } from './reasons.ts';
import { madeOf, watchNumbers, type Why } from './whyPanel.ts';
import './why.css';

export { valueText } from './reasons.ts';
export { refreshWhy, type Why } from './whyPanel.ts';

export interface WhyOptions {
  /** What stands on the page; absent: the value with its unit. */
  readonly text?: string;
  /** What the number is, in the page's words; absent: its name in the formula. */
  readonly label?: string;
  /** One of many in a table (`numbersTable`), which is one stop for Tab: arrow keys lead from number to number. */
  readonly isInTable?: boolean;
}

/**
 * A number with its reasons: hover or focus shows the formula with its values, inputs with source and date, and assumptions;
 * a click keeps them open, Escape closes them. The page listens for all numbers at once, so that each is one element and no more.
 */
export function why(explained: Why, options: WhyOptions = {}): TemplateResult {
  watchNumbers();
  const { label, isInTable } = options;
  const text = options.text ?? explainedText(madeOf(explained));
  return html`<button
    type="button"
    class="why"
    tabindex=${ifDefined(isInTable === true ? '-1' : undefined)}
    .why=${explained}
    .whyLabel=${label}
    aria-label=${ifDefined(label === undefined ? undefined : t('{0}: {1}. Why?', label, text))}
    aria-haspopup="dialog"
  >
    ${text}
  </button>`;
}
