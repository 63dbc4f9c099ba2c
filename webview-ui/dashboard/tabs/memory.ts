import { html, nothing, render, type TemplateResult } from 'lit';
import { cardFits, memoryFigures } from '../../../src/core/dashboard/memory.ts';
import type { CardFit, MemoryFigures, MemorySetup } from '../../../src/core/dashboard/memory.ts';
import { knobsOf } from '../../../src/core/dashboard/state.ts';
import { memoryDefaults, memoryTabId } from '../../../src/core/dashboard/tabKnobs.ts';
import type { MemoryKnobs } from '../../../src/core/dashboard/tabKnobs.ts';
import { workloadOf } from '../../../src/core/dashboard/workload.ts';
import type { Workload } from '../../../src/core/dashboard/workload.ts';
import { policyNames } from '../../../src/core/estimates/cachePolicy.ts';
import type { PolicyName } from '../../../src/core/estimates/cachePolicy.ts';
import { gpuCount } from '../../../src/core/estimates/deployment.ts';
import { smallestLayout } from '../../../src/core/estimates/fit.ts';
import type { StackStep } from '../../../src/core/estimates/stack.ts';
import { formatCount, formatTokens } from '../../../src/core/format/numbers.ts';
import type { Hardware } from '../../../src/core/hardware/hardware.ts';
import { t } from '../../shared/l10n.ts';
import { verdictIcon } from '../../shared/verdictIcon.ts';
import { checkField, numberField, selectField } from '../fields.ts';
import type { Tab, TabContext, TabView } from '../tab.ts';
import { whyIn } from '../whyIn.ts';
import { refreshWhy, why } from '../why.ts';
import {
  cardName,
  deploymentKey,
  exampleNote,
  figuresTable,
  figuresView,
  keepLast,
  shapeLine,
  shapeName,
  withMember,
} from './parts.ts';
import type { Figure } from './parts.ts';
import { createMemoryCharts } from './memoryCharts.ts';
import { stackOf, stackTable, stackView } from './memoryStack.ts';
import { typedShapeView } from './memoryTyped.ts';

export const memoryTab: Tab = { id: memoryTabId, title: 'Memory', mount };

/** All that one drawing shows. */
interface Drawn {
  readonly workload: Workload;
  readonly knobs: MemoryKnobs;
  readonly setup: MemorySetup;
  readonly figures: MemoryFigures;
  readonly cards: readonly CardFit[];
  readonly stack: readonly StackStep[];
}

function mount(host: HTMLElement, context: TabContext): TabView {
  const charts = createMemoryCharts(context.nonce);
  const keptCards = keepLast<readonly CardFit[]>();
  const keptStack = keepLast<readonly StackStep[]>();
  let drawn: Drawn | undefined;

  const compute = (): Drawn => {
    const state = context.store.get();
    const knobs = knobsOf(state, memoryTabId, memoryDefaults);
    const workload = workloadOf(context.snapshot(), state, context.store.counted());
    const { architecture } = workload.shape;
    const { deployment } = workload.placed;
    const setup: MemorySetup = {
      architecture,
      deployment,
      policy: policyOf(knobs),
      sequences: Math.max(1, Math.round(knobs.users)),
    };
    const shown = shownCards(context, workload, knobs);
    const key = [architecture, deploymentKey(deployment), setup.policy, setup.sequences];
    const cards = keptCards([...key, ...shown], () => cardFits(setup, shown));
    // From one card on: how many there are now changes nothing.
    const { hardware, weightDtype, engine } = deployment;
    const stackKey = [architecture, hardware, weightDtype, engine, JSON.stringify(knobs)];
    const stack = keptStack(stackKey, () => stackOf(setup, knobs));
    const figures = memoryFigures(setup, workload.totalTokens);
    return { workload, knobs, setup, figures, cards, stack };
  };

  return {
    update: () => {
      drawn = compute();
      const { architectures } = context.snapshot().catalogue;
      render(view(drawn, context, charts.limits, charts.compared), host);
      charts.update({ ...drawn, architectures });
      refreshWhy();
    },
    dispose: () => {
      charts.dispose();
    },
    tables: () =>
      drawn === undefined
        ? []
        : [
            figuresTable(t('Memory'), figuresOf(drawn)),
            stackTable(drawn.stack),
            ...charts.tables(),
          ],
    charts: () => charts.charts(),
  };
}

function policyOf({ policy }: MemoryKnobs): PolicyName {
  return policyNames.find((one) => one === policy) ?? 'vllm';
}

function shownCards(
  context: TabContext,
  { chosen }: Workload,
  { cards }: MemoryKnobs,
): readonly Hardware[] {
  const { hardware } = context.snapshot().catalogue;
  return hardware.filter(({ id }) => id === chosen.hardware.id || cards.includes(id));
}

function figuresOf({ figures, setup }: Drawn): readonly Figure[] {
  const gpus = gpuCount(setup.deployment);
  return [
    { id: 'kvCache', label: t('KV cache of the text'), explained: figures.kvCache },
    {
      id: 'perGpu',
      label: gpus > 1 ? t('Memory on each of {0} cards', gpus) : t('Memory on the card'),
      explained: figures.perGpu,
      ...(figures.usable.value !== undefined && {
        note: whyIn(
          t('of {0} that an engine may use'),
          why(figures.usable, { label: t('Usable') }),
        ),
      }),
    },
    {
      id: 'longest',
      label: t('Longest context that fits'),
      explained: figures.longest,
      ...(figures.longest.value !== undefined && {
        note: longestNote(figures.longest.value, setup.architecture.contextWindowTokens),
      }),
    },
    { id: 'users', label: t('Such texts at the same time'), explained: figures.users },
  ];
}

/** What memory has room for may be more than the model takes. */
function longestNote(tokens: number, windowTokens: number | undefined): string {
  if (tokens === 0) return t('not even one token');
  return windowTokens !== undefined && tokens > windowTokens
    ? t('tokens by memory; its window is {0}', formatCount(windowTokens))
    : t('tokens');
}

function view(
  drawn: Drawn,
  context: TabContext,
  limits: HTMLElement,
  compared: HTMLElement,
): TemplateResult {
  const { workload, knobs } = drawn;
  const { catalogue } = context.snapshot();
  const set = (patch: Partial<MemoryKnobs>) => context.store.setKnobs(memoryTabId, patch);
  const cardIds = catalogue.hardware.map(({ id }) => id);
  const shapeIds = catalogue.architectures.map(({ id }) => id);
  return html`${exampleNote(workload, context)} ${shapeLine(workload, context, memoryTabId)}
    ${verdictLine(drawn)} ${figuresView(figuresOf(drawn))}
    <div class="tabKnobs">
      ${selectField({
        id: 'memory-policy',
        label: t('Cache laid out as by'),
        value: policyOf(knobs),
        options: policyNames.map((name) => ({ value: name, text: policyText(name) })),
        change: (policy) => set({ policy }),
      })}
      ${numberField({
        id: 'memory-users',
        label: t('Texts at the same time'),
        value: knobs.users,
        min: 1,
        max: 100_000,
        step: 1,
        change: (users) => set({ users }),
      })}
    </div>
    <div class="columns">
      <section aria-label=${t('Where it stops fitting')}>
        ${limits}
        <details class="more">
          <summary>${t('Cards shown')}</summary>
          <div class="choices">
            ${catalogue.hardware.map((card) =>
              checkField({
                id: `card-${card.id}`,
                label: cardName(card),
                checked: card === workload.chosen.hardware || knobs.cards.includes(card.id),
                change: (isIn) => set({ cards: withMember(knobs.cards, card.id, isIn, cardIds) }),
              }),
            )}
          </div>
        </details>
      </section>
      <section aria-label=${t('What differs')}>
        ${compared}
        <div class="tabKnobs">
          ${selectField({
            id: 'memory-compare',
            label: t('Compare'),
            value: knobs.compare,
            options: [
              { value: 'architectures', text: t('Models') },
              { value: 'dtypes', text: t('Dtypes of the cache') },
            ],
            change: (compare) => set({ compare }),
          })}
        </div>
        ${
          knobs.compare === 'dtypes'
            ? nothing
            : html`<details class="more">
                <summary>${t('Models shown')}</summary>
                <div class="choices">
                  ${catalogue.architectures
                    .filter(({ mixers }) => mixers !== undefined)
                    .map((one) =>
                      checkField({
                        id: `shape-${one.id}`,
                        label: shapeName(one),
                        checked: knobs.others.includes(one.id),
                        change: (isIn) =>
                          set({ others: withMember(knobs.others, one.id, isIn, shapeIds) }),
                      }),
                    )}
                </div>
              </details>`
        }
      </section>
      <section aria-label=${t('The longest context of each card')}>
        <h2>${t('The longest context of each card')}</h2>
        ${cardTable(drawn)} ${typedShapeView(knobs, set)}
      </section>
      ${stackView(drawn.stack, knobs, set)}
    </div>`;
}

function policyText(policy: PolicyName): string {
  switch (policy) {
    case 'ideal':
      return t('nobody: the fewest bytes');
    case 'vllm':
      return 'vLLM';
    case 'llamaCpp':
      return 'llama.cpp';
    case 'huggingFace':
      return 'Hugging Face transformers';
  }
}

function verdictLine({ figures, setup, workload }: Drawn): TemplateResult {
  const { fits } = figures;
  const tokens = Math.max(1, workload.totalTokens);
  const verdict = fits === undefined ? 'unknown' : fits ? 'fits' : 'doesNotFit';
  const layout =
    fits === false
      ? smallestLayout(setup.architecture, setup.deployment, {
          tokens,
          policy: setup.policy,
          sequences: setup.sequences,
        })
      : undefined;
  const text =
    fits === undefined
      ? t('Whether it fits is unknown.')
      : fits
        ? t('{0} tokens fit into this memory.', formatTokens(tokens))
        : layout === undefined
          ? t('{0} tokens do not fit, on up to 512 of these cards.', formatTokens(tokens))
          : t(
              '{0} tokens do not fit; the fewest cards that hold them are {1}.',
              formatTokens(tokens),
              layout.gpus,
            );
  return html`<p class="verdict" id="memory-verdict">${verdictIcon(verdict)} ${text}</p>`;
}

function cardTable({ cards, workload }: Drawn): TemplateResult {
  const isNeeded = workload.totalTokens;
  return html`<div class="tableScroll">
    <table id="longest-by-card">
      <thead>
        <tr>
          <th scope="col">${t('Card')}</th>
          <th scope="col" class="number">${t('Usable')}</th>
          <th scope="col" class="number">${t('Longest context')}</th>
          <th scope="col">${t('This text')}</th>
        </tr>
      </thead>
      <tbody>
        ${cards.map(({ hardware, usable, longest }) => {
          const fits = longest.value === undefined ? undefined : longest.value >= isNeeded;
          const verdict = fits === undefined ? 'unknown' : fits ? 'fits' : 'doesNotFit';
          return html`<tr data-card=${hardware.id}>
            <th scope="row">${cardName(hardware)}</th>
            <td class="number">
              ${why(usable, { label: t('Usable of {0}', cardName(hardware)) })}
            </td>
            <td class="number">
              ${why(longest, { label: t('Longest context on {0}', cardName(hardware)) })}
            </td>
            <td>
              ${verdictIcon(verdict)}
              ${fits === undefined ? t('unknown') : fits ? t('fits') : t('does not fit')}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
