import { html, nothing, render, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { Explained, ExplainedInput } from '../../src/core/estimates/explained.ts';
import {
  formatBytes,
  formatCount,
  formatFlops,
  formatNumber,
  formatSeconds,
  formatUsd,
} from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import './why.css';

/** A number made when somebody asks why: drawing a slider's step need not write formulas that nobody reads. */
export type Why = Explained | (() => Explained);

export interface WhyOptions {
  /** What stands on the page; absent: the value with its unit. */
  readonly text?: string;
  /** What the number is, in the page's words; absent: its name in the formula. */
  readonly label?: string;
}

type WhyButton = HTMLButtonElement & { why?: Why; whyLabel?: string };

/**
 * A number with its reasons: hover or focus shows the formula with its values, inputs with source and date, and assumptions;
 * a click keeps them open, Escape closes them.
 */
export function why(explained: Why, options: WhyOptions = {}): TemplateResult {
  const text = options.text ?? explainedText(madeOf(explained));
  return html`<button
    type="button"
    class="why"
    .why=${explained}
    .whyLabel=${options.label}
    aria-label=${ifDefined(
      options.label === undefined ? undefined : t('{0}: {1}. Why?', options.label, text),
    )}
    aria-haspopup="dialog"
    @pointerenter=${onEnter}
    @pointerleave=${onLeave}
    @focus=${onFocus}
    @blur=${onLeave}
    @click=${onClick}
  >
    ${text}
  </button>`;
}

function madeOf(explained: Why): Explained {
  return typeof explained === 'function' ? explained() : explained;
}

/** "5.2 GiB", "1.2 s (0.96 to 1.4 s)", "unknown". */
export function explainedText({ value, band, unit }: Explained): string {
  if (value === undefined) return t('unknown');
  if (band === undefined) return unitText(value, unit);
  return t(
    '{0} ({1} to {2})',
    unitText(value, unit),
    unitText(band.low, unit),
    unitText(band.high, unit),
  );
}

/** The value alone, without its band. */
export function valueText({ value, unit }: Explained): string {
  return value === undefined ? t('unknown') : unitText(value, unit);
}

function unitText(value: number, unit: Explained['unit']): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatSeconds(value);
    case 'usd':
      return formatUsd(value);
    case 'flops':
      return formatFlops(value);
    case 'tokensPerSecond':
      return t('{0} tokens/s', formatNumber(value));
    case 'times':
      return t('{0} times', formatNumber(value));
    case 'tokens':
    case 'gpus':
    case 'users':
    case 'requests':
      return formatCount(value);
  }
}

/** The one panel of reasons; it is made when first needed and stays outside what the tabs draw. */
let panel: HTMLElement | undefined;
let shownFor: WhyButton | undefined;
let isPinned = false;
/** The number that takes the focus back does not ask anew. */
let isReturning = false;
let timer: number | undefined;
const showDelayMs = 250;
const hideDelayMs = 180;

function onEnter(event: Event): void {
  const button = event.currentTarget as WhyButton;
  window.clearTimeout(timer);
  if (isPinned) return;
  timer = window.setTimeout(() => show(button, false), showDelayMs);
}

/** The pointer may travel from the number to the panel, so both wait a moment. */
function onLeave(): void {
  window.clearTimeout(timer);
  if (isPinned) return;
  timer = window.setTimeout(hide, hideDelayMs);
}

function onFocus(event: Event): void {
  const button = event.currentTarget as WhyButton;
  if (!isPinned && !isReturning && button.matches(':focus-visible')) show(button, false);
}

function onClick(event: Event): void {
  const button = event.currentTarget as WhyButton;
  window.clearTimeout(timer);
  if (isPinned && shownFor === button) {
    hide();
    return;
  }
  show(button, true);
}

function show(button: WhyButton, pin: boolean): void {
  if (button.why === undefined || !button.isConnected) return;
  const own = (panel ??= makePanel());
  if (shownFor !== undefined && shownFor !== button) release(shownFor);
  const explained = madeOf(button.why);
  own.setAttribute('aria-label', t('Why {0}', button.whyLabel ?? explained.name));
  render(reasons(explained, button.whyLabel), own);
  shownFor = button;
  isPinned = pin;
  button.setAttribute('aria-expanded', 'true');
  button.setAttribute('aria-describedby', own.id);
  if (!own.matches(':popover-open')) own.showPopover();
  placeBeside(own, button);
  if (pin) own.focus({ preventScroll: true });
}

function hide(): void {
  window.clearTimeout(timer);
  if (panel?.matches(':popover-open') === true) panel.hidePopover();
  if (shownFor !== undefined) release(shownFor);
  shownFor = undefined;
  isPinned = false;
}

function release(button: HTMLButtonElement): void {
  button.removeAttribute('aria-expanded');
  button.removeAttribute('aria-describedby');
}

function makePanel(): HTMLElement {
  const made = document.createElement('div');
  made.id = 'why-panel';
  made.className = 'whyPanel';
  made.popover = 'manual';
  made.tabIndex = -1;
  made.setAttribute('role', 'dialog');
  made.addEventListener('pointerenter', () => window.clearTimeout(timer));
  made.addEventListener('pointerleave', onLeave);
  document.body.append(made);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || shownFor === undefined) return;
    const button = shownFor;
    const wasInside = made.contains(document.activeElement);
    hide();
    isReturning = true;
    if (wasInside) button.focus();
    isReturning = false;
    event.stopPropagation();
  });
  document.addEventListener('pointerdown', ({ target }) => {
    const isOwn = target instanceof Node && (made.contains(target) || shownFor?.contains(target));
    if (isOwn !== true) hide();
  });
  // What it stands beside moves away under it.
  window.addEventListener('resize', hide);
  return made;
}

/** Under the number where there is room, else above; inside the page's width. Set by property: the policy lets that in. */
function placeBeside(own: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const size = own.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8));
  const below = at.bottom + 4;
  const hasRoom = below + size.height <= window.innerHeight - 8 || at.top < size.height + 12;
  own.style.left = `${left}px`;
  own.style.top = `${hasRoom ? below : at.top - size.height - 4}px`;
}

/** Formula, parts, inputs and assumptions of a number, as the panel and exports of a page show them. */
export function reasons(explained: Explained, label?: string): TemplateResult {
  const { formula, parts, inputs, assumptions, band, unknownBecause } = explained;
  return html`<h2>${label ?? explained.name}: ${valueText(explained)}</h2>
    ${unknownBecause === undefined ? nothing : html`<p class="error">${unknownBecause}</p>`}
    ${unknownBecause === undefined ? html`<p class="formula">= ${formula}</p>` : nothing}
    ${
      band === undefined
        ? nothing
        : html`<p>
            ${t('Expected within {0} to {1}: {2}.', unitText(band.low, explained.unit), unitText(band.high, explained.unit), band.basis)}
          </p>`
    }
    ${
      (parts?.length ?? 0) === 0
        ? nothing
        : html`<dl>
            ${parts?.map(
              (part) =>
                html`<dt>${part.name}</dt>
                  <dd>${valueText(part)} <span class="quiet">= ${part.formula}</span></dd>`,
            )}
          </dl>`
    }
    ${
      inputs.length === 0
        ? nothing
        : html`<h3>${t('Inputs')}</h3>
            <ul>
              ${inputs.map(inputView)}
            </ul>`
    }
    ${
      assumptions.length === 0
        ? nothing
        : html`<h3>${t('Assumptions')}</h3>
            <ul>
              ${assumptions.map((one) => html`<li>${one}</li>`)}
            </ul>`
    }`;
}

function inputView({ name, value, unit, source, asOf }: ExplainedInput): TemplateResult {
  const number = typeof value === 'number' ? formatNumber(value) : (value ?? t('unknown'));
  return html`<li>
    ${name} <strong>${number}${unit === undefined ? '' : ` ${unit}`}</strong>
    <span class="quiet">${source}${asOf === undefined ? '' : `, ${asOf}`}</span>
  </li>`;
}

/** Writes an open panel anew after its number was drawn anew; closes it when the number is gone. */
export function refreshWhy(): void {
  if (shownFor === undefined || panel === undefined) return;
  if (!shownFor.isConnected || shownFor.why === undefined) hide();
  else render(reasons(madeOf(shownFor.why), shownFor.whyLabel), panel);
}
