import { html, nothing, render, type TemplateResult } from 'lit';
import {
  strategiesModel,
  strategiesTabId,
  taskKinds,
  type PlannedModel,
  type StrategiesKnobs,
  type StrategiesModel,
} from '../../../../src/core/dashboard/strategies.ts';
import { countedReason, ratioReason } from '../../../../src/core/dashboard/planReasons.ts';
import { fileOrders } from '../../../../src/core/plans/order.ts';
import type { PlansReport } from '../../../../src/core/plans/plansReport.ts';
import type { MeasuredRecall } from '../../../../src/core/plans/recall.ts';
import type { StrategyId } from '../../../../src/core/plans/plan.ts';
import { formatCount } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { numberField, selectField, textField } from '../../fields.ts';
import { keepOneStop } from '../../numbersTable.ts';
import type { Tab, TabContext, TabView } from '../../tab.ts';
import { refreshWhy, why } from '../../why.ts';
import { whyIn } from '../../whyIn.ts';
import { strategiesTable } from './exportTable.ts';
import { recallView } from './recallView.ts';
import { bestView, plansTable, rulesView } from './plansTable.ts';
import { requestTreeView, type ShownRequests } from './requestTreeView.ts';
import './strategies.css';
import { wouldFitView } from './wouldFitView.ts';
import { missingText, orderName, taskName } from './words.ts';

export const strategiesTab: Tab = { id: strategiesTabId, title: 'Strategies', mount };

/** What was planned last; it and what is under way outlive the tab, not the page. */
let report: PlansReport | undefined;
let isPlanning = false;
let recall: { readonly planId: number; readonly measured?: MeasuredRecall } | undefined;

function mount(host: HTMLElement, context: TabContext): TabView {
  const at = new Date();
  let shown: ShownRequests | undefined;
  let model: StrategiesModel | undefined;
  let isDisposed = false;

  const update = () => {
    if (isDisposed) return;
    const { snapshot, store } = context;
    model = strategiesModel(snapshot(), store.get(), report, at, store.counted());
    render(view(model), host);
    for (const table of host.querySelectorAll<HTMLElement>('.numbers')) keepOneStop(table);
    refreshWhy();
  };

  const plan = async () => {
    const question = model?.question;
    if (question === undefined || isPlanning) return;
    isPlanning = true;
    shown = undefined;
    update();
    try {
      report = await context.api.planStrategies(question);
      context.say(t('Strategies planned'));
    } catch (error) {
      context.fail(error);
    } finally {
      isPlanning = false;
      // The page may show another tab by now, or this one mounted anew.
      context.redraw();
    }
  };

  const leaveOut = async (planId: number) => {
    try {
      await context.api.leaveOutCut(planId);
      // What was planned for is the set now, without these files.
      context.store.set({ subject: { kind: 'set' } });
      update();
      await plan();
    } catch (error) {
      context.fail(error);
    }
  };

  /** A page that was hidden is made anew: the host still has the plans, and the knobs say whose requests were listed. */
  const takeUp = async () => {
    const made = (await context.api.madePlans()) ?? undefined;
    if (isDisposed || report !== undefined || made === undefined) return;
    report = made;
    update();
    const listed = made.planned.find(
      ({ strategy, plan }) => plan !== undefined && strategy === model?.knobs.shown,
    );
    if (listed !== undefined) await show(made.planId, listed.strategy);
  };

  const show = async (planId: number, strategy: StrategyId) => {
    const isClosing = shown?.strategy === strategy && shown.planId === planId;
    context.store.setKnobs(strategiesTabId, { shown: isClosing ? '' : strategy });
    if (isClosing) {
      shown = undefined;
      update();
      return;
    }
    const own: ShownRequests = { planId, strategy, page: 0, opened: new Set() };
    shown = own;
    update();
    try {
      const requests = await context.api.planRequests(planId, strategy);
      // Another one may be asked for by now, or none.
      if (shown !== own) return;
      // A single request is shown with what it holds; among many a person chooses.
      shown = { ...own, requests, opened: new Set(requests.length === 1 ? [0] : []) };
      update();
      host.querySelector('#requests')?.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      if (shown === own) shown = undefined;
      context.fail(error);
      update();
    }
  };

  const measure = async (planId: number) => {
    recall = { planId };
    update();
    try {
      recall = { planId, measured: await context.api.measureRecall(planId) };
    } catch (error) {
      recall = undefined;
      context.fail(error);
    }
    context.redraw();
  };

  const view = (now: StrategiesModel): TemplateResult =>
    html`${taskKnobs(now)} ${now.planned === undefined ? nothing : plannedView(now.planned, now)}`;

  const taskKnobs = ({ knobs, missing, planned }: StrategiesModel): TemplateResult => {
    const set = (patch: Partial<typeof knobs>) => {
      context.store.setKnobs(strategiesTabId, patch);
    };
    const hasWords = knobs.task === 'question' || knobs.task === 'migrate';
    return html`<div class="tabKnobs">
        ${selectField({
          id: 'strategies-task',
          label: t('What the prompt is for'),
          value: knobs.task,
          options: taskKinds.map((kind) => ({ value: kind, text: taskName(kind) })),
          change: (task) => {
            set({ task });
          },
        })}
        ${
          hasWords
            ? textField({
                id: 'strategies-words',
                label: knobs.task === 'question' ? t('Question') : t('Goal'),
                value: knobs.words,
                change: (words) => {
                  set({ words });
                },
              })
            : nothing
        }
        ${formKnobs(knobs, set)}
        <vscode-button
          id="plan"
          ?disabled=${isPlanning || missing !== undefined}
          @click=${() => void plan()}
        >
          ${planned === undefined ? t('Plan') : t('Plan again')}
        </vscode-button>
        ${
          isPlanning
            ? html`<vscode-button
                secondary
                @click=${() => void context.api.cancelPlans().catch(context.fail)}
              >
                ${t('Cancel')}
              </vscode-button>`
            : nothing
        }
      </div>
      ${missing === undefined ? nothing : html`<p class="notice">${missingText(missing)}</p>`}
      ${
        isPlanning
          ? html`<p class="quiet" role="status">${t('Reading the files and planning')}</p>`
          : planned === undefined && missing === undefined
            ? html`<p class="quiet">
                ${t('Planning reads the files, links them, and makes the requests of each strategy. Nothing is sent.')}
              </p>`
            : nothing
      }`;
  };

  const plannedView = (planned: PlannedModel, { workload }: StrategiesModel): TemplateResult => {
    const { planId } = planned.report;
    return html`${
        planned.isStale
          ? html`<p class="notice">${t('The knobs say something else by now: plan again.')}</p>`
          : nothing
      }
      ${bestView(planned)}
      <p class="quiet" id="whose-times">${timesText(workload)}</p>
      ${wouldFitView(planned, context, () => void leaveOut(planId))}
      ${plansTable(planned, workload, shown?.planId === planId ? shown.strategy : undefined, (strategy) => void show(planId, strategy))}
      ${rulesView()}
      <p class="quiet" id="index-facts">
        ${indexFacts(planned)}
        ${t('Asked again: the start of each call is read from the provider’s cache. A dependency is together as far as one request holds both its files: half of one beside all of the other counts half. That tells what was seen together, not that it was understood, and a reference by name can be a coincidence.')}
      </p>
      ${recallView(planned, recall, () => void measure(planId))}
      ${
        shown === undefined || shown.planId !== planId
          ? nothing
          : requestTreeView(shown, planned.report.encoding, context, (patch) => {
              if (shown !== undefined) shown = { ...shown, ...patch };
              update();
            })
      }`;
  };

  if (report === undefined) takeUp().catch(context.fail);

  return {
    update,
    dispose: () => {
      isDisposed = true;
      render(nothing, host);
    },
    tables: () => (model?.planned === undefined ? [] : [strategiesTable(model.planned)]),
    charts: () => [],
  };
}

/** How plans are made: the order of the files, the size and the overlap of windows. */
function formKnobs(
  { order, windowTokens, overlapPercent }: StrategiesKnobs,
  set: (patch: Partial<StrategiesKnobs>) => void,
): TemplateResult {
  return html`${selectField({
    id: 'strategies-order',
    label: t('Files of the full plan'),
    value: order,
    options: fileOrders.map((each) => ({ value: each, text: orderName(each) })),
    change: (chosen) => {
      set({ order: chosen });
    },
  })}
  ${numberField({
    id: 'strategies-window',
    label: t('Window, tokens (0: all there is)'),
    value: windowTokens,
    min: 0,
    max: 10_000_000,
    step: 1000,
    change: (tokens) => {
      set({ windowTokens: tokens });
    },
  })}
  ${numberField({
    id: 'strategies-overlap',
    label: t('Overlap, %'),
    value: overlapPercent,
    min: 0,
    max: 50,
    step: 5,
    change: (percent) => {
      set({ overlapPercent: percent });
    },
  })}`;
}

/** What the plans stand on, and how that was counted. */
function indexFacts({ report, facts }: PlannedModel): TemplateResult {
  const { index, encoding, counted } = report;
  const fact = (label: string, value: number) =>
    why(() => countedReason(label, value, t('found in the files when they were planned')), {
      text: formatCount(value),
      label,
    });
  return html`${whyIn(
    t(
      '{0} files, {1} pieces, {2} imports and {3} references by name; {4} imports lead outside, {5} are unresolved.',
    ),
    fact(t('Files'), index.files),
    fact(t('Pieces'), index.chunks),
    fact(t('Imports'), index.importDependencies),
    fact(t('References by name'), index.symbolDependencies),
    fact(t('Imports that lead outside'), index.externalImports),
    fact(t('Unresolved imports'), index.unresolvedImports),
  )}
  ${
    counted.highRatio === 1
      ? t('Counted exactly with {0}.', encoding)
      : whyIn(
          t('Planned by the upper end of the estimate, {0} times {1}.'),
          why(() => ratioReason(facts), {
            text: counted.highRatio.toFixed(2),
            label: t('Upper end of the estimate'),
          }),
          encoding,
        )
  }`;
}

/** Whose times they are. */
function timesText({ shape, placed }: StrategiesModel['workload']): string {
  const { tensorParallel, pipelineParallel, hardware, weightDtype } = placed.deployment;
  const where = t(
    '{0} on {1} × {2}, {3}',
    shape.architecture.id,
    tensorParallel * pipelineParallel,
    hardware.name,
    weightDtype,
  );
  return shape.origin === 'reference'
    ? t('Times are those of a reference, {0}: those of the hosted model are unknown.', where)
    : t('Times are those of {0}, calls one after the other.', where);
}
