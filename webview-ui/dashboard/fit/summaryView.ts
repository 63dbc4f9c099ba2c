import { html, nothing, svg, type TemplateResult } from 'lit';
import { barReason } from '../../../src/core/dashboard/barReasons.ts';
import { budgetBar, type BarPart } from '../../../src/core/dashboard/budgetBar.ts';
import { chosenOf } from '../../../src/core/dashboard/chosen.ts';
import type { FitModel, FitRow } from '../../../src/core/dashboard/fit.ts';
import {
  countReason,
  factReason,
  marginReason,
  plainReasons,
  shareReason,
} from '../../../src/core/dashboard/fitReasons.ts';
import { instructionsReason, overheadReason } from '../../../src/core/dashboard/overheadReason.ts';
import { countedReason } from '../../../src/core/dashboard/planReasons.ts';
import { plainSize } from '../../../src/core/dashboard/plainSize.ts';
import { formatCount, formatTokens } from '../../../src/core/format/numbers.ts';
import { formatShareInterval, isManyTimes } from '../../../src/core/format/shares.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { t } from '../../shared/l10n.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { countText, freeText, verdictText } from '../../shared/words.ts';
import { checkField, numberField } from '../fields.ts';
import type { TabContext } from '../tab.ts';
import { why } from '../why.ts';
import { whyIn } from '../whyIn.ts';
import '../legend.css';
import './summary.css';

/** What the chosen model makes of the subject: verdict, size in words, and the window as a bar with its parts. */
export function summaryView(model: FitModel, context: TabContext): TemplateResult {
  const { chosen } = model;
  if (chosen === undefined) {
    return html`<p class="quiet" id="fit-nothing">
      ${t('Choose a model to see what its window holds.')}
    </p>`;
  }
  const { fit, count } = chosen;
  const free =
    fit.lowMarginTokens === undefined || fit.highMarginTokens === undefined
      ? undefined
      : { low: fit.lowMarginTokens, high: fit.highMarginTokens };
  const plain = plainSize(count.tokens, model.subject);
  const about = plain.isLinesCounted ? '' : '≈ ';
  const reasons = () => plainReasons(count, model.subject);
  return html`<section class="summary" aria-label=${t('The chosen model')}>
    <p class="verdict" id="fit-verdict">
      ${verdictIcon(fit.verdict)}<strong>${verdictText(fit.verdict)}</strong>
      <span
        >${why(() => marginReason(chosen.model, chosen.budget, fit, count), {
          text: freeText(free),
          label: t('Free'),
        })}</span
      >
      ${
        fit.sharePercent === undefined
          ? nothing
          : html`<span
              >${why(() => shareReason(chosen.model, chosen.budget, fit, count), {
                text: shareText(chosen),
                label: t('Share of the window'),
              })}</span
            >`
      }
    </p>
    <p>
      <span id="fit-tokens"
        >${why(() => countReason(count, model.subject), {
          text: t('{0} tokens', countText(count)),
          label: t('Tokens'),
        })},
        ${count.exact ? t('exact') : t('estimated')} ·</span
      >
      <span class="quiet" id="fit-plain">
        ${why(() => reasons().words, {
          text: t('about {0} words', formatTokens(plain.words)),
          label: t('Words'),
        })},
        ${why(() => reasons().pages, {
          text: t('{0} pages', formatTokens(Math.ceil(plain.pages))),
          label: t('Pages'),
        })},
        ${why(() => reasons().lines, {
          text: t('{0} lines', about + formatCount(plain.lines)),
          label: t('Lines'),
        })}
      </span>
    </p>
    ${barView(chosen, model, context)} ${overheadView(context)}
  </section>`;
}

/** "14.5% of what GPT-4o takes", "20× – 37.2× what GPT-4o takes". */
function shareText({ fit, model }: FitRow): string {
  const [low, high] = [fit.lowSharePercent ?? 0, fit.highSharePercent ?? 0];
  const text = formatShareInterval(low, high);
  return isManyTimes(high)
    ? t('{0} what {1} takes', text, model.name)
    : t('{0} of what {1} takes', text, model.name);
}

function partText(part: BarPart): string {
  switch (part) {
    case 'used':
      return t('Used');
    case 'usedAtMost':
      return t('Used at most');
    case 'setting':
      return t('Overhead (setting)');
    case 'systemPrompt':
      return t('System prompt');
    case 'toolDefinitions':
      return t('Tool definitions');
    case 'instructions':
      return t('Instruction files');
    case 'free':
      return t('Free');
    case 'over':
      return t('Too much');
    case 'reserved':
      return t('Reserved for the answer');
  }
}

function barView(
  row: FitRow,
  { subject }: FitModel,
  { snapshot, store }: TabContext,
): TemplateResult {
  const { budget, count } = row;
  if (budget === undefined) {
    return html`<p class="quiet">${t('The context window of {0} is unknown.', row.model.name)}</p>`;
  }
  const { overhead } = chosenOf(snapshot(), store.get());
  const { scaleTokens, segments } = budgetBar(
    budget.contextWindowTokens,
    count,
    overhead,
    budget.reservedOutputTokens,
  );
  const x = (tokens: number) => (1000 * tokens) / scaleTokens;
  const label = segments
    .map(({ part, tokens }) => `${partText(part)}: ${formatCount(tokens)}`)
    .join(', ');
  return html`<svg
      class="bar"
      id="budget-bar"
      viewBox="0 0 1000 16"
      preserveAspectRatio="none"
      role="img"
      aria-label=${label}
    >
      ${segments.map(
        ({ part, startTokens, tokens }) =>
          svg`<rect class=${part} x=${x(startTokens)} width=${x(tokens)} height="16"></rect>`,
      )}
      ${
        scaleTokens > budget.contextWindowTokens
          ? svg`<line class="end" x1=${x(budget.contextWindowTokens)} x2=${x(budget.contextWindowTokens)} y1="0" y2="16"></line>`
          : nothing
      }
    </svg>
    <ul class="legend" id="bar-legend">
      ${segments.map((segment) => {
        const name = partText(segment.part);
        return html`<li data-part=${segment.part}>
          <i class="swatch ${segment.part}" aria-hidden="true"></i>${name}
          ${why(() => barReason(segment, row, subject, snapshot().now), {
            text: formatCount(segment.tokens),
            label: name,
          })}
        </li>`;
      })}
      <li>
        ${t('Context window')}
        ${why(
          () =>
            factReason(
              'contextWindowTokens',
              row.model.contextWindowTokens,
              'tokens',
              row.model.name,
            ),
          {
            text: formatCount(budget.contextWindowTokens),
            label: t('Context window'),
          },
        )}
      </li>
    </ul>`;
}

/** What a tool sends besides the code, split: each part shown and to be changed. */
function overheadView({ store, snapshot, api, fail }: TabContext): TemplateResult {
  const state = store.get();
  const { now, files } = snapshot();
  const { overheadFiles, settings } = now;
  const { encoding } = files;
  const fileTokens = overheadFiles.reduce((sum, { tokens }) => sum + tokens, 0);
  const { overhead } = chosenOf(snapshot(), state);
  return html`<div id="overhead">
    <span
      >${whyIn(
        t('Overhead: {0} tokens'),
        why(() => overheadReason(overhead, snapshot()), {
          text: formatCount(overhead.totalTokens),
          label: t('Overhead'),
        }),
      )}</span
    >
    <details>
      <summary class="quiet">${t('system prompt, tool definitions, instruction files')}</summary>
      <div class="row">
        <span
          >${whyIn(
            t('By the setting: {0}'),
            why(
              () =>
              countedReason('overheadTokens', settings.overheadTokens, 'the setting contextBudget.overheadTokens', 'tokens'), // prettier-ignore
              { text: formatCount(settings.overheadTokens), label: t('Overhead (setting)') },
            ),
          )}
          <button
            class="link"
            @click=${() => {
              api.openSettings('overheadTokens').catch(fail);
            }}
          >
            ${t('Change in Settings')}
          </button></span
        >
        ${numberField({
          id: 'system-prompt-tokens',
          label: t('System prompt'),
          value: state.systemPromptTokens,
          min: 0,
          max: 10_000_000,
          step: 500,
          change: (systemPromptTokens) => store.set({ systemPromptTokens }),
        })}
        ${numberField({
          id: 'tool-definition-tokens',
          label: t('Tool definitions'),
          value: state.toolDefinitionTokens,
          min: 0,
          max: 10_000_000,
          step: 500,
          change: (toolDefinitionTokens) => store.set({ toolDefinitionTokens }),
        })}
      </div>
      ${
        overheadFiles.length === 0
          ? html`<p class="quiet">
              ${t('No instruction file (AGENTS.md, CLAUDE.md, .github/copilot-instructions.md …) was found.')}
            </p>`
          : html`${checkField({
                id: 'count-instruction-files',
                label: t('Count the instruction files in:'),
                checked: state.countInstructionFiles,
                change: (countInstructionFiles) => store.set({ countInstructionFiles }),
              })}
              ${whyIn(
                t('{0} tokens'),
                why(() => instructionsReason(snapshot().now, encoding), {
                  text: formatCount(fileTokens),
                  label: t('Instruction files'),
                }),
              )}
              <ul>
                ${overheadFiles.map(
                  ({ path, tokens }) =>
                    html`<li>
                      <button
                        class="link path"
                        @click=${() => {
                          api.openFile(path).catch(fail);
                        }}
                      >
                        ${shownName(path)}
                      </button>
                      <span class="quiet"
                        >${whyIn(
                          t('{0} tokens'),
                          why(
                            () =>
                            countedReason(shownName(path), tokens, t('counted here with {0}', encoding), 'tokens'), // prettier-ignore
                            { text: formatCount(tokens), label: shownName(path) },
                          ),
                        )}</span
                      >
                    </li>`,
                )}
              </ul>`
      }
    </details>
  </div>`;
}
