import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { demoTags, mostTokens, type DemoTag } from '../../src/lab/demo.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import type { MatrixPicture, Picture } from '../../src/lab/picture.ts';
import type { DemoCard } from '../../src/lab/labMessages.ts';
import { shareText } from '../../src/lab/words.ts';
import { t } from '../shared/l10n.ts';
import { drawMatrix } from './pictures/matrix.ts';
import { drawnPicture } from './pictureView.ts';
import { foundDemos, type State } from './state.ts';

export interface GalleryActions {
  search(query: string): void;
  tag(tag: DemoTag | undefined): void;
  open(demoId: string): void;
}

export function galleryView(state: State, actions: GalleryActions): TemplateResult {
  const found = foundDemos(state);
  const tags = demoTags.filter((tag) => state.demos.some((demo) => demo.tags.includes(tag)));
  return html`<label class="hidden" for="search">${t('Search demos')}</label>
    <input
      id="search"
      type="search"
      placeholder=${t('Search demos')}
      .value=${state.query}
      @input=${(event: Event) => actions.search((event.target as HTMLInputElement).value)}
    />
    <div class="row" role="group" aria-label=${t('Tags')}>
      ${[undefined, ...tags].map(
        (tag) =>
          html`<button
            class=${tag === state.tag ? 'primary' : 'secondary'}
            aria-pressed=${tag === state.tag}
            @click=${() => actions.tag(tag)}
          >
            ${tag ?? t('all')}
          </button>`,
      )}
    </div>
    <p class="quiet" role="status">
      ${found.length === 1 ? t('1 demo') : t('{0} demos', formatCount(found.length))}
    </p>
    <ul class="cards">
      ${found.map(
        (demo) =>
          html`<li>
            <button class="card" data-demo=${demo.id} @click=${() => actions.open(demo.id)}>
              <strong>${demo.title}</strong>
              ${thumbnailView(state.thumbnails.get(demo.id))}
              <span>${demo.line}</span>
              <span class="quiet">${demo.tags.join(' · ')}</span>
            </button>
          </li>`,
      )}
    </ul>`;
}

/** Decoration beside the demo's name and line: hidden from readers. Its place is kept while it is on its way. */
function thumbnailView(picture: Picture | undefined): TemplateResult {
  return html`<span class="thumbnail" aria-hidden="true"
    >${
      picture === undefined
        ? nothing
        : picture.kind === 'matrix'
          ? html`<canvas ${ref((element) => drawBare(element, picture))}></canvas>`
          : drawnPicture(picture)
    }</span
  >`;
}

function drawBare(element: Element | undefined, picture: MatrixPicture): void {
  if (element instanceof HTMLCanvasElement) drawMatrix(element, withoutLabels(picture), undefined);
}

export interface WallActions {
  tokens(numTokens: number): void;
  open(demoId: string): void;
}

const bare = new WeakMap<MatrixPicture, MatrixPicture>();

function withoutLabels(picture: MatrixPicture): MatrixPicture {
  const known = bare.get(picture);
  if (known !== undefined) return known;
  const unlabelled: MatrixPicture = { ...picture };
  delete (unlabelled as { rowLabels?: unknown }).rowLabels;
  delete (unlabelled as { columnLabels?: unknown }).columnLabels;
  bare.set(picture, unlabelled);
  return unlabelled;
}

const namedModels = 3;

/** "Used by Gemma 3 27B, … and 4 more", or what is said in place of a list. */
function usedBy(demos: readonly DemoCard[], demoId: string): string {
  const { models = [], note } = demos.find(({ id }) => id === demoId)?.models ?? {};
  if (models.length === 0) return note ?? '';
  const names = models.slice(0, namedModels).map(({ name }) => name);
  const more = models.length - names.length;
  return more === 0
    ? t('Used by {0}', names.join(', '))
    : t('Used by {0} and {1} more', names.join(', '), formatCount(more));
}

/** Every attention pattern on the same tokens. */
export function wallView(state: State, actions: WallActions): TemplateResult {
  return html`<h2>${t('Pattern wall')}</h2>
    <p>
      ${t('What every attention pattern sees of the same tokens, queries down and keys across, at the settings its demo starts with.')}
    </p>
    <div class="row">
      <label for="wall-tokens">${t('Tokens')}</label>
      <input
        id="wall-tokens"
        class="short"
        type="number"
        min="1"
        max=${mostTokens}
        .value=${String(state.wallTokens)}
        @change=${(event: Event) =>
          actions.tokens(Number((event.target as HTMLInputElement).value))}
      />
    </div>
    ${
      state.wall === undefined
        ? html`<p class="quiet">${t('Computing…')}</p>`
        : html`<ul class="cards wall">
            ${state.wall.map(
              ({ demoId, title, line, picture, seenCells, allCells }) =>
                html`<li>
                  <button class="card" data-demo=${demoId} @click=${() => actions.open(demoId)}>
                    <strong>${title}</strong>
                    <canvas
                      aria-hidden="true"
                      ${ref((element) => drawBare(element, picture))}
                    ></canvas>
                    <span>${t('Cells: {0}', shareText(seenCells, allCells))}</span>
                    <span class="quiet">${line}</span>
                    <span class="quiet uses">${usedBy(state.demos, demoId)}</span>
                  </button>
                </li>`,
            )}
          </ul>`
    }
    ${state.wall?.length === 0 ? html`<p>${t('There is no pattern to show.')}</p>` : nothing}`;
}
