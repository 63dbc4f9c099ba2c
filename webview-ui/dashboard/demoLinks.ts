import { html, type TemplateResult } from 'lit';
import type { Architecture } from '../../src/core/architectures/architecture.ts';
import { mechanismsOf } from '../../src/core/architectures/mechanisms.ts';
import { t } from '../shared/l10n.ts';
import type { TabContext } from './tab.ts';

let isOpen = false;

/** What the shape is made of, as demos of the lab that run it on a text; worked out when somebody opens the list. */
export function demoLinks(
  architecture: Architecture,
  { api, fail, redraw }: Pick<TabContext, 'api' | 'fail' | 'redraw'>,
): TemplateResult {
  const uses = isOpen ? mechanismsOf(architecture) : [];
  return html`<details
    class="more demos"
    ?open=${isOpen}
    @toggle=${(event: Event) => {
      const { open } = event.currentTarget as HTMLDetailsElement;
      if (open === isOpen) return;
      isOpen = open;
      redraw();
    }}
  >
    <summary>${t('How it works: demos of its mechanisms')}</summary>
    ${
      isOpen && uses.length === 0
        ? html`<p class="quiet">${t('The lab knows none of this shape.')}</p>`
        : html`<ul>
            ${uses.map(
              ({ demoId, title, how }) =>
                html`<li>
                  <button
                    class="link"
                    data-demo=${demoId}
                    @click=${() => {
                      api.openDemo(demoId).catch(fail);
                    }}
                  >
                    ${title}
                  </button>
                  <span class="quiet">${how}</span>
                </li>`,
            )}
          </ul>`
    }
  </details>`;
}
