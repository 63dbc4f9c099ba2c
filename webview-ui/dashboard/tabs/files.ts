import { html, nothing, render, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { filesDefaults } from '../../../src/core/dashboard/files.ts';
import {
  filesModel,
  fileShareReason,
  filesPageSize,
  filesTabId,
  tokensReason,
  type FilesModel,
  type FilesRow,
} from '../../../src/core/dashboard/files.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { formatBytes, formatCount, formatPercent } from '../../../src/core/format/numbers.ts';
import type { TreeNode } from '../../../src/core/set/fileTree.ts';
import { t } from '../../shared/l10n.ts';
import { fileCountText, leftOutReasonText } from '../../shared/words.ts';
import { checkField, pagerView } from '../fields.ts';
import { leftOutView, problemsView } from '../files/leftOutView.ts';
import { createTreemap, type Treemap } from '../files/treemapView.ts';
import { legendView } from '../files/treemapPaint.ts';
import { keepOneStop } from '../numbersTable.ts';
import type { ExportTable, Tab, TabContext, TabView } from '../tab.ts';
import { refreshWhy, why } from '../why.ts';
import { kindText } from '../words.ts';
import '../legend.css';
import '../files/files.css';

export const filesTab: Tab = { id: filesTabId, title: 'Files', mount };

function mount(host: HTMLElement, context: TabContext): TabView {
  const { store, api, fail, say } = context;
  let model: FilesModel | undefined;
  const set = (patch: Partial<typeof filesDefaults>) => store.setKnobs(filesTabId, patch);
  const zoomTo = (node: TreeNode) => {
    if (node.type !== 'folder') return;
    set({ zoomPath: node.path, page: 0 });
    say(`${node.path === '' ? t('All files') : shownName(node.path)}: ${folderText(node)}`);
  };
  const check = (node: TreeNode, checked: boolean) => {
    api.setChecked([[node.path, checked]]).catch(fail);
  };
  const treemap = createTreemap({
    openFile: (path) => {
      api.openFile(path).catch(fail);
    },
    zoomTo,
    zoomOut: () => {
      const crumbs = model?.crumbs ?? [];
      if (crumbs.length > 1) zoomTo(crumbs[crumbs.length - 2]);
    },
    toggle: (node) => check(node, model?.membershipOf(node) !== 'all'),
    say,
  });
  return {
    update: () => {
      const snapshot = context.snapshot();
      model = filesModel(snapshot, store.get());
      render(view(model, { context, treemap, set, zoomTo, check }), host);
      treemap.show(model);
      for (const table of host.querySelectorAll<HTMLElement>('.numbers')) keepOneStop(table);
      refreshWhy();
    },
    dispose: () => {
      treemap.dispose();
      render(nothing, host);
    },
    tables: () => (model === undefined ? [] : exportTables(model, context)),
    charts: () =>
      model === undefined || model.root.fileCount === 0
        ? []
        : [{ title: t('Files'), element: treemap.canvas, svg: () => treemap.svg() }],
  };
}

interface Parts {
  readonly context: TabContext;
  readonly treemap: Treemap;
  readonly set: (patch: Partial<typeof filesDefaults>) => void;
  readonly zoomTo: (node: TreeNode) => void;
  readonly check: (node: TreeNode, checked: boolean) => void;
}

function view(model: FilesModel, parts: Parts): TemplateResult {
  const { context, treemap, set } = parts;
  const { files } = context.snapshot();
  if (model.root.fileCount === 0 && files.paths.length === 0) {
    return html`<p class="quiet" id="no-files">${t('No file was counted yet.')}</p>
      <vscode-button
        @click=${() => {
          context.api.analyze().catch(context.fail);
        }}
      >
        ${t('Analyze Workspace')}
      </vscode-button>
      ${leftOutView(files.leftOut, context)} ${problemsView(files)}`;
  }
  return html`${toolsView(model, parts)} ${crumbsView(model, parts)} ${treemap.element}
    ${legendView(model.zoomed)}
    <p class="quiet">
      ${t(
        'Area is tokens. Click a file to open it, a folder’s name to look into it. With the keyboard: arrows move, Enter opens, Backspace goes out, Space checks.',
      )}
    </p>
    ${tableView(model, parts)}
    ${pagerView({
      page: model.page,
      pages: Math.ceil(model.listed.length / filesPageSize),
      label: t('Pages of the table'),
      change: (page) => set({ page }),
    })}
    ${leftOutView(files.leftOut, context)} ${problemsView(files)}`;
}

function toolsView(model: FilesModel, { context, set }: Parts): TemplateResult {
  const { knobs, found } = model;
  return html`<div class="row">
    <vscode-textfield
      type="search"
      id="files-query"
      .label=${t('Find files')}
      placeholder=${t('Find files')}
      .value=${live(knobs.query)}
      @input=${(event: Event) =>
        set({ query: (event.target as HTMLElement & { readonly value: string }).value, page: 0 })}
    ></vscode-textfield>
    ${
      found === undefined
        ? nothing
        : html`<span id="files-found" role="status"
            >${t('{0} found, {1} tokens', fileCountText(found.size), formatCount(model.foundTokens))}</span
          >`
    }
    ${checkField({
      id: 'all-below',
      label: t('Heaviest files of all folders'),
      checked: knobs.allBelow,
      change: (allBelow) => set({ allBelow, page: 0 }),
    })}
    ${
      model.hasSet
        ? html`${checkField({
              id: 'only-set',
              label: t('Checked files only'),
              checked: knobs.onlySet,
              change: (onlySet) => set({ onlySet, page: 0 }),
            })}
            <vscode-button
              secondary
              id="clear-set"
              @click=${() => {
                context.api.clearSet().catch(context.fail);
              }}
            >
              ${t('Uncheck all')}
            </vscode-button>`
        : nothing
    }
  </div>`;
}

function crumbsView(model: FilesModel, { context, zoomTo }: Parts): TemplateResult {
  const { crumbs, zoomed } = model;
  return html`<nav class="crumbs" aria-label=${t('Folder')}>
    ${crumbs.map((folder) => {
      const name = folder.path === '' ? t('All files') : shownName(folder.name);
      return folder === zoomed
        ? html`<strong aria-current="location" class="path">${name}</strong>`
        : html`<button class="link path" @click=${() => zoomTo(folder)}>${name}</button>
            <span aria-hidden="true">/</span>`;
    })}
    <span class="quiet" id="zoomed-text">${folderText(zoomed)}</span>
    ${
      zoomed.path === ''
        ? nothing
        : html`<button
            class="link"
            id="weigh-folder"
            @click=${() => context.store.set({ subject: { kind: 'folder', path: zoomed.path } })}
          >
            ${t('Weigh this folder')}
          </button>`
    }
  </nav>`;
}

function folderText(node: TreeNode): string {
  const tokens = t('{0} tokens', formatCount(node.tokens));
  return node.type === 'folder' ? `${fileCountText(node.fileCount)} · ${tokens}` : tokens;
}

function tableView(model: FilesModel, parts: Parts): TemplateResult {
  return html`<table class="files numbers" aria-label=${tableName(model)}>
    <thead>
      <tr>
        <th scope="col"><span class="hidden">${t('In the set')}</span></th>
        <th scope="col">${t('Name')}</th>
        <th scope="col" class="number">${t('Tokens')}</th>
        <th scope="col" class="number">${t('Share')}</th>
        <th scope="col" class="number">${t('Size')}</th>
        <th scope="col" class="wide">${t('Kind')}</th>
      </tr>
    </thead>
    <tbody>
      ${model.rows.map((row) => rowView(row, model, parts))}
    </tbody>
  </table>`;
}

function tableName({ found, knobs }: FilesModel): string {
  if (found !== undefined) return t('Files found, the heaviest first');
  return knobs.allBelow
    ? t('Files of all folders, the heaviest first')
    : t('What is in the folder, the heaviest first');
}

function rowView(
  row: FilesRow,
  model: FilesModel,
  { context, zoomTo, check }: Parts,
): TemplateResult {
  const { node, membership, share } = row;
  const isDirect = model.found === undefined && !model.knobs.allBelow;
  const name = shownName(isDirect ? node.name : node.path);
  const open = () => {
    if (node.type === 'folder') zoomTo(node);
    else context.api.openFile(node.path).catch(context.fail);
  };
  return html`<tr data-path=${node.path}>
    <td>
      <input
        type="checkbox"
        aria-label=${t('{0} in the set', name)}
        .checked=${live(membership === 'all')}
        .indeterminate=${live(membership === 'some')}
        @change=${(event: Event) => check(node, (event.target as HTMLInputElement).checked)}
      />
    </td>
    <th scope="row">
      <button class="link path" @click=${open}>${name}${node.type === 'folder' ? '/' : ''}</button>
      ${
        node.type === 'folder'
          ? html`<span class="quiet">${fileCountText(node.fileCount)}</span>`
          : nothing
      }
    </th>
    <td class="number">
      ${why(() => tokensReason(node, context.snapshot().files.encoding), {
        text: formatCount(node.tokens),
        label: t('Tokens of {0}', name),
        isInTable: true,
      })}
    </td>
    <td class="number">
      ${why(() => fileShareReason(node, model.zoomed), {
        text: formatPercent(100 * share),
        label: t('Share of {0}', name),
        isInTable: true,
      })}
    </td>
    <td class="number">${formatBytes(node.type === 'file' ? node.file.bytes : node.bytes)}</td>
    <td class="wide">${node.type === 'file' ? kindText(node.file.kind) : t('folder')}</td>
  </tr>`;
}

function exportTables(model: FilesModel, { snapshot }: TabContext): ExportTable[] {
  return [
    {
      title: t('Files'),
      columns: ['path', 'type', 'tokens', 'bytes', 'files', 'set'],
      rows: model.listed.map((node) => [
        node.path,
        node.type,
        node.tokens,
        node.type === 'file' ? node.file.bytes : node.bytes,
        node.type === 'file' ? 1 : node.fileCount,
        model.membershipOf(node),
      ]),
    },
    {
      title: t('Left out'),
      columns: ['reason', 'files', 'bytes'],
      rows: snapshot().files.leftOut.map(({ reason, fileCount, bytes }) => [
        leftOutReasonText(reason),
        fileCount,
        bytes,
      ]),
    },
  ];
}
