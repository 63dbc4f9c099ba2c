import { html, nothing, type TemplateResult } from 'lit';
import type { PlannedModel } from '../../../../src/core/dashboard/strategies.ts';
import type { PlanCut } from '../../../../src/core/plans/plan.ts';
import type { NearestModel } from '../../../../src/core/plans/whatWouldFit.ts';
import { formatCount, formatInterval, formatTokens } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { usdIntervalText } from '../../../shared/words.ts';
import type { TabContext } from '../../tab.ts';

/** Files listed at once; the rest is a number. */
const maxFiles = 100;

/** The answer where not everything fits into one request: what to leave out, or which model to take. */
export function wouldFitView(
  { wouldFit, model }: PlannedModel,
  context: TabContext,
): TemplateResult | typeof nothing {
  if (wouldFit === undefined) return nothing;
  const { fit, cut, nearest } = wouldFit;
  const all = formatInterval(fit.lowTokens, fit.highTokens, formatCount);
  const limit = formatCount(fit.limitTokens);
  return html`<section id="would-fit" aria-label=${t('What would fit')}>
    <h2>${t('What would fit into one request')}</h2>
    <p>
      ${
        fit.verdict === 'doesNotFit'
          ? t('All of it does not fit: {0} tokens, and {1} takes {2}.', all, model.name, limit)
          : t(
              'Whether all of it fits is uncertain: {0} tokens, and {1} takes {2}.',
              all,
              model.name,
              limit,
            )
      }
    </p>
    <ul>
      <li>${cut === undefined ? t('Not even one whole file fits.') : cutView(cut)}</li>
      <li>
        ${
          nearest === undefined
            ? t('No model of the catalogue holds all of it for certain.')
            : nearestView(nearest, context)
        }
      </li>
    </ul>
  </section>`;
}

function cutView({ numFiles, tokens, files }: PlanCut): TemplateResult {
  const listed = files.slice(0, maxFiles);
  return html`<details>
    <summary>
      ${t(
        'Smallest cut: leave out {0} files with {1} tokens, the least important per token first.',
        formatCount(numFiles),
        formatCount(tokens),
      )}
    </summary>
    <ul class="cutFiles">
      ${listed.map(
        (file) =>
          html`<li>
            <span class="path">${file.path}</span>
            <span class="quiet">${t('{0} tokens', formatCount(file.tokens))}</span>
          </li>`,
      )}
    </ul>
    ${
      numFiles > listed.length
        ? html`<p class="quiet">${t('and {0} more', formatCount(numFiles - listed.length))}</p>`
        : nothing
    }
  </details>`;
}

function nearestView({ model, cost }: NearestModel, { api, fail }: TabContext): TemplateResult {
  return html`${t(
      'Nearest model that holds all of it: {0}, window {1}, {2} a request.',
      model.name,
      formatTokens(model.contextWindowTokens?.value ?? 0),
      usdIntervalText(cost),
    )}
    <button class="link" id="use-nearest" @click=${() => void api.useModel(model.id).catch(fail)}>
      ${t('Use This Model')}
    </button>`;
}
