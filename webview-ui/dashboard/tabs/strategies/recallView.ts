import { html, nothing, type TemplateResult } from 'lit';
import { countedReason } from '../../../../src/core/dashboard/planReasons.ts';
import {
  foundReason,
  intervalEndReason,
  tokensPerHitReason,
} from '../../../../src/core/dashboard/recallReasons.ts';
import type { PlannedModel } from '../../../../src/core/dashboard/strategies.ts';
import type { MeasuredRecall, RecallShare } from '../../../../src/core/plans/recall.ts';
import type { QuestionKind } from '../../../../src/core/plans/recallQuestions.ts';
import { formatCount, formatPercent } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { why, type Why } from '../../why.ts';
import { whyIn } from '../../whyIn.ts';

/** How well retrieval finds things in this code; measured only when asked for. */
export function recallView(
  { report }: PlannedModel,
  recall: { readonly planId: number; readonly measured?: MeasuredRecall } | undefined,
  measure: () => void,
): TemplateResult {
  if (recall?.planId !== report.planId) {
    return html`<p>
      <vscode-button secondary id="measure-recall" @click=${measure}
        >${t('Measure retrieval on this code')}</vscode-button
      >
    </p>`;
  }
  const { measured } = recall;
  if (measured === undefined) return html`<p role="status">${t('Measuring retrieval')}</p>`;
  if (measured.questions === 0) {
    return html`<p id="recall">
      ${t('Retrieval could not be measured: the code asks nothing of itself.')}
    </p>`;
  }
  const { retrieval, embeddings, pathOrder, random, byKind, at, tokensPerHit } = measured;
  return html`<section id="recall">
    <h2>${t('Retrieval, measured on this code')}</h2>
    <p>
      ${whyIn(
        t('{0} questions made from the code, {1} tokens retrieved for each.'),
        counted(t('Questions'), measured.questions, t('measured on this code')),
        counted(t('Tokens retrieved'), measured.budgetTokens, t('what retrieval sends at most')),
      )}
      ${
        tokensPerHit === undefined
          ? nothing
          : whyIn(
              t('{0} tokens for each hit.'),
              why(() => tokensPerHitReason(measured), {
                text: formatCount(tokensPerHit),
                label: t('Tokens for each hit'),
              }),
            )
      }
    </p>
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">${t('What')}</th>
          <th scope="col" class="number">${t('Found')}</th>
          <th scope="col" class="number">${t('95% interval')}</th>
        </tr>
      </thead>
      <tbody>
        ${shareRow(t('Retrieval by words'), retrieval)}
        ${
          embeddings === undefined
            ? nothing
            : html`${shareRow(t('Embeddings alone ({0})', embeddings.modelName), embeddings.alone)}
              ${shareRow(t('Both, their ranks fused'), embeddings.fused)}`
        }
        ${byKind.map((each) => shareRow(kindText(each.kind), each))}
        ${at.map((each) => shareRow(t('Among the first {0} pieces', each.k), each))}
        ${shareRow(t('The same tokens in path order'), pathOrder)}
        ${shareRow(t('The same tokens at random'), random)}
      </tbody>
    </table>
    <p class="quiet">
      ${t('It tells how well words lead to code here; not how well a model answers, nor anything of questions that need several places at once.')}
    </p>
  </section>`;
}

function counted(label: string, value: number, source: string): TemplateResult {
  return why(() => countedReason(label, value, source), { text: formatCount(value), label });
}

function shareRow(name: string, share: RecallShare): TemplateResult {
  const number = (label: string, value: number, reason: Why) =>
    why(reason, { text: formatPercent(value * 100), label, isInTable: true });
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number">${number(name, share.share, () => foundReason(share))}</td>
    <td class="number">
      ${number(t('{0}, at least', name), share.lowShare, () => intervalEndReason(share, 'low'))} –
      ${number(t('{0}, at most', name), share.highShare, () => intervalEndReason(share, 'high'))}
    </td>
  </tr>`;
}

function kindText(kind: QuestionKind): string {
  switch (kind) {
    case 'documentation':
      return t('Documentation asks for its declaration');
    case 'use':
      return t('A use asks for the definition');
    case 'import':
      return t('An import asks for its file');
  }
}
