import { html, nothing, type TemplateResult } from 'lit';
import type { Architecture } from '../../src/core/architectures/architecture.ts';
import type { DemoLink } from '../../src/protocol/dashboardMessages.ts';
import { t } from '../shared/l10n.ts';
import type { TabContext } from './tab.ts';

/** The demos of each shape, asked for once; undefined: on the way. */
const asked = new Map<string, readonly DemoLink[] | undefined>();
let isOpen = false;

/** What the shape is made of, as demos of the lab that run it on a text; the host is asked when somebody opens the list. */
export function demoLinks(
  { id }: Architecture,
  { api, fail, redraw }: Pick<TabContext, 'api' | 'fail' | 'redraw'>,
): TemplateResult {
  const ask = () => {
    if (asked.has(id)) return;
    asked.set(id, undefined);
    api.demosOf(id).then(
      (found) => {
        asked.set(id, found);
        redraw();
      },
      (error: unknown) => {
        asked.delete(id);
        // Asked again when somebody opens the list again, not by every drawing.
        isOpen = false;
        fail(error);
      },
    );
  };
  if (isOpen) ask();
  const demos = asked.get(id);
  return html`<details
    class="more demos"
    ?open=${isOpen}
    @toggle=${(event: Event) => {
      isOpen = (event.currentTarget as HTMLDetailsElement).open;
      if (isOpen) ask();
    }}
  >
    <summary>${t('How it works: demos of its mechanisms')}</summary>
    ${
      demos === undefined
        ? isOpen
          ? html`<p class="quiet">${t('Loading…')}</p>`
          : nothing
        : demos.length === 0
          ? html`<p class="quiet">${t('The lab knows none of this shape.')}</p>`
          : html`<ul>
              ${demos.map(
                (demo) =>
                  html`<li>
                    <button
                      class="link"
                      data-demo=${demo.id}
                      @click=${() => {
                        api.openDemo(demo.id).catch(fail);
                      }}
                    >
                      ${demo.title}
                    </button>
                    <span class="quiet">${demo.how}</span>
                  </li>`,
              )}
            </ul>`
    }
  </details>`;
}
