import { html, nothing, type TemplateResult } from 'lit';
import type { RequestFacts } from '../../../../src/core/plans/plansReport.ts';
import type { StrategyId } from '../../../../src/core/plans/plan.ts';
import { formatCount } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import type { TabContext } from '../../tab.ts';
import { strategyName } from './words.ts';

/** Requests on one page, and stretches of files listed of one request: a page is to be read. */
const pageSize = 20;
const maxParts = 200;

export interface ShownRequests {
  readonly planId: number;
  readonly strategy: StrategyId;
  /** Undefined while they are on their way. */
  readonly requests?: readonly RequestFacts[];
  readonly page: number;
}

export function requestList(
  shown: ShownRequests,
  { api, fail }: TabContext,
  toPage: (page: number) => void,
): TemplateResult {
  const { planId, strategy, requests, page } = shown;
  if (requests === undefined) return html`<p class="quiet">${t('Reading requests')}</p>`;
  const pages = Math.max(1, Math.ceil(requests.length / pageSize));
  const first = page * pageSize;
  return html`<section id="requests" aria-label=${t('Requests')}>
    <h2>${t('{0}: {1} requests', strategyName(strategy), formatCount(requests.length))}</h2>
    <div class="row">
      <button id="save-plan" @click=${() => void api.savePlan(planId, strategy).catch(fail)}>
        ${t('Save requests…')}
      </button>
      ${
        pages > 1
          ? html`<button ?disabled=${page === 0} @click=${() => toPage(page - 1)}>
                ${t('Previous')}
              </button>
              <span>${t('Page {0} of {1}', page + 1, pages)}</span>
              <button ?disabled=${page === pages - 1} @click=${() => toPage(page + 1)}>
                ${t('Next')}
              </button>`
          : nothing
      }
    </div>
    <ol class="requests" start=${first + 1}>
      ${requests.slice(first, first + pageSize).map((request, i) => {
        const idx = first + i;
        return html`<li>
          <span>${headText(request)}</span>
          <button
            class="link"
            aria-label=${t('Open request {0}', idx + 1)}
            @click=${() => void api.showRequest(planId, strategy, idx).catch(fail)}
          >
            ${t('Open')}
          </button>
          <button
            class="link"
            aria-label=${t('Copy request {0}', idx + 1)}
            @click=${() => void api.copyRequest(planId, strategy, idx).catch(fail)}
          >
            ${t('Copy')}
          </button>
          <button
            class="link"
            aria-label=${t('Send to chat: request {0}', idx + 1)}
            @click=${() => void api.sendRequestToChat(planId, strategy, idx).catch(fail)}
          >
            ${t('Send to chat')}
          </button>
          ${request.parts.length === 0 ? nothing : partList(request)}
        </li>`;
      })}
    </ol>
  </section>`;
}

function headText({ role, tokens, answersOf }: RequestFacts): string {
  const size = t('{0} tokens', formatCount(tokens));
  if (answersOf.length === 0) return size;
  if (role === 'reduce') return t('{0}: combines {1} answers', size, formatCount(answersOf.length));
  return t('{0}: carries the note of request {1}', size, answersOf[0] + 1);
}

function partList({ parts }: RequestFacts): TemplateResult {
  const files = new Set(parts.map(({ path }) => path)).size;
  return html`<details>
    <summary>
      ${files === 1 ? t('1 file') : t('{0} files', formatCount(files))},
      ${parts.length === 1 ? t('1 stretch') : t('{0} stretches', formatCount(parts.length))}
    </summary>
    <ul>
      ${parts.slice(0, maxParts).map(
        ({ path, startLine, endLine }) =>
          html`<li>
            <span class="path">${path}</span>
            <span class="quiet">${t('lines {0} to {1}', startLine + 1, endLine + 1)}</span>
          </li>`,
      )}
    </ul>
    ${
      parts.length > maxParts
        ? html`<p class="quiet">${t('and {0} more', formatCount(parts.length - maxParts))}</p>`
        : nothing
    }
  </details>`;
}
