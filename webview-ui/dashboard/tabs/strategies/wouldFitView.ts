import { html, nothing, type TemplateResult } from 'lit';
import { factReason } from '../../../../src/core/dashboard/fitReasons.ts';
import { countedReason } from '../../../../src/core/dashboard/planReasons.ts';
import type { PlannedModel } from '../../../../src/core/dashboard/strategies.ts';
import {
  cutTokensReason,
  nearestCostReason,
  requestLimitReason,
  wholeRequestReason,
} from '../../../../src/core/dashboard/wouldFitReasons.ts';
import type { PlanCut } from '../../../../src/core/plans/plan.ts';
import type { NearestModel } from '../../../../src/core/plans/whatWouldFit.ts';
import { shownName } from '../../../../src/core/format/fileNames.ts';
import { formatCount, formatInterval, formatTokens } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { usdIntervalText } from '../../../shared/words.ts';
import type { TabContext } from '../../tab.ts';
import { why } from '../../why.ts';
import { whyIn } from '../../whyIn.ts';

/** Files listed at once; the rest is a number. */
const maxFiles = 100;

/** The answer where not everything fits into one request: what to leave out, or which model to take. */
export function wouldFitView(
  planned: PlannedModel,
  context: TabContext,
  leaveOut: () => void,
): TemplateResult | typeof nothing {
  const { wouldFit, model, facts } = planned;
  if (wouldFit === undefined) return nothing;
  const { fit, cut, nearest } = wouldFit;
  const all = why(() => wholeRequestReason(fit, facts), {
    text: formatInterval(
      fit.lowTokens,
      fit.highTokens,
      fit.lowTokens === fit.highTokens ? formatCount : formatTokens,
    ),
    label: t('All of it in one request'),
  });
  const limit = why(() => requestLimitReason(fit, facts), {
    text: formatCount(fit.limitTokens),
    label: t('What one request may hold'),
  });
  return html`<section id="would-fit" aria-label=${t('What would fit')}>
    <h2>${t('What would fit into one request')}</h2>
    <p>
      ${whyIn(
        fit.verdict === 'doesNotFit'
          ? t('All of it does not fit: {0} tokens, and {1} takes {2}.')
          : t('Whether all of it fits is uncertain: {0} tokens, and {1} takes {2}.'),
        all,
        model.name,
        limit,
      )}
    </p>
    <ul>
      <li>
        ${
          cut === undefined
            ? t('Not even one whole file fits.')
            : cutView(cut, facts.report.encoding, leaveOut)
        }
      </li>
      <li>
        ${
          nearest === undefined
            ? t('No model of the catalogue holds all of it for certain.')
            : nearestView(nearest, planned, context)
        }
      </li>
    </ul>
  </section>`;
}

function cutView(cut: PlanCut, encoding: string, leaveOut: () => void): TemplateResult {
  const { numFiles, tokens, files } = cut;
  const listed = files.slice(0, maxFiles);
  const countedWith = t('counted here with {0}', encoding);
  return html`${whyIn(
      t('Smallest cut: leave out {0} files with {1} tokens, the least important per token first.'),
      why(
        () => countedReason('files', numFiles, t('the fewest files without which the rest fits')),
        { text: formatCount(numFiles), label: t('Files to leave out') },
      ),
      why(() => cutTokensReason(cut, encoding), {
        text: formatCount(tokens),
        label: t('Tokens to leave out'),
      }),
    )}
    <details>
      <summary>${t('Files to leave out')}</summary>
      <ul class="cutFiles numbers">
        ${listed.map(
          (file) =>
            html`<li>
              <span class="path">${shownName(file.path)}</span>
              <span class="quiet"
                >${whyIn(
                  t('{0} tokens'),
                  why(() => countedReason('tokens', file.tokens, countedWith, 'tokens'), {
                    text: formatCount(file.tokens),
                    label: shownName(file.path),
                    isInTable: true,
                  }),
                )}</span
              >
            </li>`,
        )}
      </ul>
      ${
        numFiles > listed.length
          ? html`<p class="quiet">${t('and {0} more', formatCount(numFiles - listed.length))}</p>`
          : nothing
      }
    </details>
    <button
      class="link"
      id="leave-out-cut"
      title=${t('Takes these files out of the context set, and plans again')}
      @click=${leaveOut}
    >
      ${t('Leave Them Out')}
    </button>`;
}

function nearestView(
  nearest: NearestModel,
  { facts, at }: PlannedModel,
  { api, fail }: TabContext,
): TemplateResult {
  const { model, cost } = nearest;
  const { name, contextWindowTokens: window } = model;
  return html`${whyIn(
      t('Nearest model that holds all of it: {0}, window {1}, {2} a request.'),
      name,
      why(() => factReason('contextWindowTokens', window, 'tokens', name), {
        text: formatTokens(window?.value ?? 0),
        label: t('Window of {0}', name),
      }),
      why(() => nearestCostReason(nearest, facts, at), {
        text: usdIntervalText(cost),
        label: t('Cost of a request to {0}', name),
      }),
    )}
    <button class="link" id="use-nearest" @click=${() => void api.useModel(model.id).catch(fail)}>
      ${t('Use This Model')}
    </button>`;
}
