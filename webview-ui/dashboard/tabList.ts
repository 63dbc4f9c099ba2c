import { html, type TemplateResult } from 'lit';
import { t } from '../shared/l10n.ts';
import type { Tab } from './tab.ts';
import { tabs } from './tabs.ts';
import './tabList.css';

/** The tabs' names, as the WAI-ARIA pattern has them: one stop for Tab, arrows, Home and End move and show. */
export function tabList(current: Tab, select: (tab: Tab) => void): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const to = placeAfter(event.key, tabs.indexOf(current));
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    select(tab);
    document.getElementById(`tab-${tab.id}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t('Dashboard')} @keydown=${onKey}>
    ${tabs.map(
      (tab) =>
        html`<button
          role="tab"
          id="tab-${tab.id}"
          aria-selected=${tab === current ? 'true' : 'false'}
          aria-controls="panel"
          tabindex=${tab === current ? '0' : '-1'}
          @click=${() => select(tab)}
        >
          ${t(tab.title)}
        </button>`,
    )}
  </div>`;
}

/**
 * Escape leads from anywhere in a tab back to its name: hundreds of models lie between the last of them and the next
 * tab. What closes or leaves something by Escape itself (a reason, a chart, the treemap, a field) comes first.
 */
export function leaveTabByEscape(): void {
  window.addEventListener('keydown', (event) => {
    const [target] = event.composedPath();
    if (event.key !== 'Escape' || event.defaultPrevented || !(target instanceof Element)) return;
    if (target.matches(':is(select, textarea, [role="combobox"])') || isWrittenIn(target)) return;
    const panel = document.getElementById('panel');
    if (panel === null || !event.composedPath().includes(panel)) return;
    document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  });
}

function isWrittenIn(target: Element): boolean {
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type)
  );
}

function placeAfter(key: string, at: number): number | undefined {
  const forward = getComputedStyle(document.body).direction === 'rtl' ? -1 : 1;
  switch (key) {
    case 'ArrowRight':
      return at + forward;
    case 'ArrowLeft':
      return at - forward;
    case 'Home':
      return 0;
    case 'End':
      return tabs.length - 1;
    default:
      return undefined;
  }
}
