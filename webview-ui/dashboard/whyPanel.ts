import { render } from 'lit';
import type { Explained } from '../../src/core/estimates/explained.ts';
import { t } from '../shared/l10n.ts';
import { reasons } from './reasons.ts';
import { moveInTable } from './numbersTable.ts';

/** A number made when somebody asks why: drawing a slider's step need not write formulas that nobody reads. */
export type Why = Explained | (() => Explained);

/** What a number on the page carries. */
type WhyButton = HTMLButtonElement & { why?: Why; whyLabel?: string };

export function madeOf(explained: Why): Explained {
  return typeof explained === 'function' ? explained() : explained;
}

/** The one panel of reasons; it is made when first needed and stays outside what the tabs draw. */
let panel: HTMLElement | undefined;
let shownFor: WhyButton | undefined;
let isPinned = false;
/** The number that takes the focus back does not ask anew. */
let isReturning = false;
let isWatching = false;
let timer: number | undefined;
const showDelayMs = 250;
const hideDelayMs = 180;

/** Listens to the page once, for all its numbers, those to come included. */
export function watchNumbers(): void {
  if (isWatching) return;
  isWatching = true;
  document.addEventListener('pointerover', onOver);
  document.addEventListener('pointerout', onOut);
  document.addEventListener('pointerdown', onDown);
  document.addEventListener('focusin', onFocus);
  document.addEventListener('focusout', onOut);
  document.addEventListener('click', onClick);
  document.addEventListener('keydown', onKey);
  // What it stands beside moves away under it.
  window.addEventListener('resize', hide);
}

function numberAt(target: EventTarget | null): WhyButton | undefined {
  return target instanceof Element
    ? (target.closest<WhyButton>('button.why') ?? undefined)
    : undefined;
}

function isInPanel(target: EventTarget | null): boolean {
  return target instanceof Node && panel?.contains(target) === true;
}

function onOver({ target }: Event): void {
  if (isPinned) return;
  const button = numberAt(target);
  if (button !== undefined) {
    window.clearTimeout(timer);
    if (button !== shownFor) timer = window.setTimeout(() => show(button, false), showDelayMs);
  } else if (isInPanel(target)) window.clearTimeout(timer);
}

/** The pointer may travel from the number to the panel, so both wait a moment. */
function onOut({ target }: Event): void {
  if (isPinned || (numberAt(target) === undefined && !isInPanel(target))) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(hide, hideDelayMs);
}

function onFocus({ target }: Event): void {
  const button = numberAt(target);
  if (button === undefined || isPinned || isReturning || !button.matches(':focus-visible')) return;
  window.clearTimeout(timer);
  show(button, false);
}

function onClick({ target }: Event): void {
  const button = numberAt(target);
  if (button === undefined) return;
  window.clearTimeout(timer);
  if (isPinned && shownFor === button) hide();
  else show(button, true);
}

function onDown({ target }: Event): void {
  if (shownFor === undefined || isInPanel(target) || numberAt(target) === shownFor) return;
  hide();
}

function onKey(event: KeyboardEvent): void {
  if (event.key !== 'Escape') {
    const button = numberAt(event.target);
    if (button !== undefined) moveInTable(button, event);
    return;
  }
  if (shownFor === undefined) return;
  const button = shownFor;
  const wasInside = isInPanel(document.activeElement);
  hide();
  isReturning = true;
  if (wasInside) button.focus();
  isReturning = false;
  event.stopPropagation();
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
  document.body.append(made);
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

/** Writes an open panel anew after its number was drawn anew; closes it when the number is gone. */
export function refreshWhy(): void {
  if (shownFor === undefined || panel === undefined) return;
  if (!shownFor.isConnected || shownFor.why === undefined) hide();
  else render(reasons(madeOf(shownFor.why), shownFor.whyLabel), panel);
}
