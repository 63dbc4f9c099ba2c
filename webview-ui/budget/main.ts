import { html, nothing, render, type TemplateResult } from 'lit';
import type {
  BudgetApi,
  BudgetEvent,
  BudgetSnapshot,
  PromptDraft,
  PromptWeight,
} from '../../src/protocol/budgetMessages.ts';
import { connect } from '../../src/protocol/connection.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { vscodePort } from '../shared/vscodePort.ts';
import { budgetSection } from './budgetSection.ts';
import { promptBox } from './promptBox.ts';
import './budget.css';

/** All that is drawn; every change draws it anew. */
interface State {
  snapshot?: BudgetSnapshot;
  draft: PromptDraft;
  weight?: PromptWeight;
  error?: string;
}

const weighDelayMs = 120;
const root = document.getElementById('root') ?? document.body;
const state: State = { draft: { text: '', outputTokens: 0, turns: 1 } };
let weighTimer: number | undefined;
let weighings = 0;

const { api } = connect<BudgetApi, BudgetEvent>(vscodePort(), (event) => {
  switch (event.type) {
    case 'budgetChanged':
      // Until the first answer is here the draft is not yet the person's: weighing it would keep it in place of theirs.
      if (state.snapshot === undefined) return;
      state.snapshot = event.snapshot;
      draw();
      weighSoon();
      break;
    case 'focusPrompt':
      focusPrompt();
      break;
  }
});

function focusPrompt(): void {
  document.getElementById('prompt')?.focus();
}

function run(action: Promise<void>): void {
  action.then(
    () => {
      if (state.error === undefined) return;
      state.error = undefined;
      draw();
    },
    (error: unknown) => {
      state.error = error instanceof Error ? error.message : String(error);
      draw();
    },
  );
}

function changeDraft(change: Partial<PromptDraft>): void {
  state.draft = { ...state.draft, ...change };
  draw();
  weighSoon();
}

/** Typing comes in bursts; each burst is weighed once, and only the last answer counts. */
function weighSoon(): void {
  window.clearTimeout(weighTimer);
  weighTimer = window.setTimeout(() => run(weigh()), weighDelayMs);
}

async function weigh(): Promise<void> {
  if (state.snapshot?.model === undefined) return;
  const weighing = ++weighings;
  const weight = await api.weighPrompt(state.draft);
  if (weighing !== weighings) return;
  state.weight = weight;
  draw();
}

function view({ snapshot, draft, weight, error }: State): TemplateResult {
  if (snapshot === undefined) return html`<p class="quiet">${error ?? t('Loading…')}</p>`;
  return html`
    <h1>${t('Context Budget')}</h1>
    ${error === undefined ? nothing : html`<p class="error" role="alert">${error}</p>`}
    ${budgetSection(snapshot, {
      analyze: () => run(api.analyze()),
      cancelAnalysis: () => run(api.cancelAnalysis()),
      chooseModel: () => run(api.chooseModel()),
      openSettings: (key) => run(api.openSettings(key)),
    })}
    ${promptBox(draft, weight, {
      change: changeDraft,
      copy: () => run(api.copyPromptWithContext(state.draft)),
      openInChat: () => run(api.openInChat(state.draft)),
    })}
  `;
}

function draw(): void {
  render(view(state), root);
}

async function start(): Promise<void> {
  const { strings, draft, snapshot, promptIsWanted } = await api.ready();
  setStrings(strings);
  document.title = t('Budget');
  state.draft = draft;
  state.snapshot = snapshot;
  draw();
  if (promptIsWanted) focusPrompt();
  await weigh();
}

draw();
run(start());
