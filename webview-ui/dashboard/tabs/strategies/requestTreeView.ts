import { html, nothing, type TemplateResult } from 'lit';
import {
  filesOfRequest,
  requestTree,
  type FileOfRequest,
  type RequestNode,
} from '../../../../src/core/plans/requestTree.ts';
import { partsReason, requestReason } from '../../../../src/core/dashboard/requestReasons.ts';
import type { RequestFacts } from '../../../../src/core/plans/plansReport.ts';
import type { StrategyId } from '../../../../src/core/plans/plan.ts';
import { shownName } from '../../../../src/core/format/fileNames.ts';
import { formatCount } from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';
import { fileCountText, strategyName } from '../../../shared/words.ts';
import { why } from '../../why.ts';
import { whyIn } from '../../whyIn.ts';
import { pagerView } from '../../fields.ts';
import type { TabContext } from '../../tab.ts';

/** Requests on one page, and files listed of one request: a page is to be read. */
const pageSize = 20;
const maxFiles = 200;

type Part = RequestFacts['parts'][number];

export interface ShownRequests {
  readonly planId: number;
  readonly strategy: StrategyId;
  /** Undefined while they are on their way. */
  readonly requests?: readonly RequestFacts[];
  readonly page: number;
  /** Requests whose rows are open, by their place in the plan: only those are drawn. */
  readonly opened: ReadonlySet<number>;
}

interface Drawing {
  /** What the tokens are counted with. */
  readonly encoding: string;
  readonly shown: ShownRequests;
  readonly requests: readonly RequestFacts[];
  readonly context: TabContext;
  readonly patch: (patch: Partial<ShownRequests>) => void;
}

/** The requests of a plan: what combines answers above the requests that give them, below each its files and their lines. */
export function requestTreeView(
  shown: ShownRequests,
  encoding: string,
  context: TabContext,
  patch: (patch: Partial<ShownRequests>) => void,
): TemplateResult {
  const { planId, strategy, requests, page } = shown;
  if (requests === undefined) return html`<p class="quiet">${t('Reading requests')}</p>`;
  const roots = requestTree(requests);
  const pages = Math.max(1, Math.ceil(roots.length / pageSize));
  const { api, fail } = context;
  const drawing: Drawing = { encoding, shown, requests, context, patch };
  return html`<section id="requests" aria-label=${t('Requests')}>
    <h2>
      ${
        requests.length === 1
          ? t('{0}: 1 request', strategyName(strategy))
          : t('{0}: {1} requests', strategyName(strategy), formatCount(requests.length))
      }
    </h2>
    <div class="row">
      <vscode-button
        secondary
        id="save-plan"
        @click=${() => void api.savePlan(planId, strategy).catch(fail)}
      >
        ${t('Save requests…')}
      </vscode-button>
      ${pagerView({
        page,
        pages,
        label: t('Pages of requests'),
        change: (next) => {
          patch({ page: next });
        },
      })}
    </div>
    <ul class="requests">
      ${roots
        .slice(page * pageSize, (page + 1) * pageSize)
        .map((node) => requestView(node, drawing))}
    </ul>
  </section>`;
}

function requestView(node: RequestNode, drawing: Drawing): TemplateResult {
  const { shown, requests, encoding, context, patch } = drawing;
  const { planId, strategy, opened } = shown;
  const { api, fail } = context;
  const { idx } = node;
  const isOpen = opened.has(idx);
  const toggle = (event: Event) => {
    const { open } = event.currentTarget as HTMLDetailsElement;
    if (open === isOpen) return;
    const next = new Set(opened);
    if (open) next.add(idx);
    else next.delete(idx);
    patch({ opened: next });
  };
  const button = (name: string, label: string, run: () => Promise<unknown>) =>
    html`<button class="link" aria-label=${label} @click=${() => void run().catch(fail)}>
      ${name}
    </button>`;
  return html`<li data-request=${idx + 1}>
    <details ?open=${isOpen} @toggle=${toggle}>
      <summary>${headText(idx, requests[idx])}</summary>
      ${isOpen ? insideView(node, drawing) : nothing}
    </details>
    <span class="actions">
      ${whyIn(
        t('{0} tokens'),
        why(() => requestReason(requests, idx, encoding), {
          text: formatCount(requests[idx].tokens),
          label: t('Request {0}', idx + 1),
        }),
      )}
      ${button(t('Open'), t('Open request {0}', idx + 1), () => api.showRequest(planId, strategy, idx))}
      ${button(t('Copy'), t('Copy request {0}', idx + 1), () => api.copyRequest(planId, strategy, idx))}
      ${button(t('Send to chat'), t('Send to chat: request {0}', idx + 1), () => api.sendRequestToChat(planId, strategy, idx))}
    </span>
  </li>`;
}

function insideView({ idx, children }: RequestNode, drawing: Drawing): TemplateResult {
  const files = filesOfRequest(drawing.requests[idx].parts, ({ path }) => path);
  return html`${
    children.length === 0
      ? nothing
      : html`<ul class="requests">
          ${children.map((child) => requestView(child, drawing))}
        </ul>`
  }
  ${
    files.length === 0
      ? nothing
      : html`<ul class="files numbers">
          ${files.slice(0, maxFiles).map((file) => fileView(file, drawing))}
        </ul>`
  }
  ${
    files.length > maxFiles
      ? html`<p class="quiet">${t('and {0} more', formatCount(files.length - maxFiles))}</p>`
      : nothing
  }`;
}

function fileView(file: FileOfRequest<Part>, { encoding, context }: Drawing): TemplateResult {
  const { path, tokens, parts } = file;
  const number = (label: string, of: readonly Part[], value: number) =>
    html`<span class="quiet"
      >${whyIn(
        t('{0} tokens'),
        why(() => partsReason(of, value, encoding), {
          text: formatCount(value),
          label,
          isInTable: true,
        }),
      )}</span
    >`;
  const head = html`<span class="path">${shownName(path)}</span>
    ${number(shownName(path), parts, tokens)}`;
  if (parts.length === 1) return html`<li>${head} ${lineButton(parts[0], context)}</li>`;
  return html`<li>
    ${head}
    <ul>
      ${parts.map(
        (part) =>
          html`<li>
            ${lineButton(part, context)} ${number(linesText(part), [part], part.tokens)}
          </li>`,
      )}
    </ul>
  </li>`;
}

/** Opens the file at these lines. */
function lineButton(part: Part, { api, fail }: TabContext): TemplateResult {
  const { path, startLine, endLine } = part;
  const lines = linesText(part);
  return html`<button
    class="link lines"
    aria-label=${t('Open {0}, {1}', shownName(path), lines)}
    @click=${() => void api.openPart(path, startLine, endLine).catch(fail)}
  >
    ${lines}
  </button>`;
}

function linesText({ startLine, endLine }: Part): string {
  return startLine === endLine
    ? t('line {0}', startLine + 1)
    : t('lines {0} to {1}', startLine + 1, endLine + 1);
}

function headText(idx: number, { role, answersOf, parts }: RequestFacts): string {
  const files = new Set(parts.map(({ path }) => path)).size;
  const said = [t('Request {0}', idx + 1), ...(files === 0 ? [] : [fileCountText(files)])];
  if (role === 'reduce') said.push(t('combines {0} answers', formatCount(answersOf.length)));
  else if (answersOf.length > 0) said.push(t('carries the note of request {0}', answersOf[0] + 1));
  return said.join(' · ');
}
