import { svg, type SVGTemplateResult } from 'lit';
import type { Verdict } from '../../src/core/budget/budget.ts';
import './verdictIcon.css';

/** A verdict by its shape; the words beside it say the same, so it is hidden from screen readers. */
export function verdictIcon(verdict: Verdict): SVGTemplateResult {
  return svg`<svg class="icon ${verdict}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <circle cx="8" cy="8" r="6.5"></circle>
    ${mark(verdict)}
  </svg>`;
}

function mark(verdict: Verdict): SVGTemplateResult {
  switch (verdict) {
    case 'fits':
      return svg`<path d="M5 8.3 7.2 10.5 11.2 5.8"></path>`;
    case 'uncertain':
      return svg`<path d="M6.2 6.4c0-2.4 3.7-2.3 3.7 0 0 1.5-1.9 1.4-1.9 3M8 11.4v.3"></path>`;
    case 'doesNotFit':
      return svg`<path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"></path>`;
    case 'unknown':
      return svg`<path d="M5 8h6"></path>`;
  }
}
