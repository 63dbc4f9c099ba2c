import { html, nothing, type TemplateResult } from 'lit';
import {
  mostNamed,
  type FileTable,
  type LeftOutGroup,
} from '../../../src/core/dashboard/snapshot.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { formatBytes, formatCount } from '../../../src/core/format/numbers.ts';
import { t } from '../../shared/l10n.ts';
import { fileCountText, leftOutReasonText } from '../../shared/words.ts';
import type { TabContext } from '../tab.ts';

/** What is not counted, by reason; each reason lists its largest. */
export function leftOutView(
  groups: readonly LeftOutGroup[],
  { api, fail }: Pick<TabContext, 'api' | 'fail'>,
): TemplateResult | typeof nothing {
  if (groups.length === 0) return nothing;
  const files = groups.reduce((sum, { fileCount }) => sum + fileCount, 0);
  return html`<h2>${t('Left out: {0}', fileCountText(files))}</h2>
    ${groups.map(
      (group) =>
        html`<details class="left-out">
          <summary>
            ${leftOutReasonText(group.reason)}
            <span class="quiet"
              >${fileCountText(group.fileCount)} · ${formatBytes(group.bytes)}</span
            >
          </summary>
          <ul>
            ${group.largest.map(
              ({ path, bytes, fileCount }) =>
                html`<li>
                  ${
                    path.endsWith('/')
                      ? html`<span class="path">${shownName(path)}</span>`
                      : html`<button
                          class="link path"
                          @click=${() => {
                            api.openFile(path).catch(fail);
                          }}
                        >
                          ${shownName(path)}
                        </button>`
                  }
                  <span class="quiet"
                    >${formatBytes(bytes)}${fileCount > 1 ? ` · ${fileCountText(fileCount)}` : nothing}</span
                  >
                </li>`,
            )}
          </ul>
          ${
            group.largest.length === mostNamed
              ? html`<p class="quiet">${t('The largest {0}.', formatCount(mostNamed))}</p>`
              : nothing
          }
        </details>`,
    )}`;
}

export function problemsView({
  problems,
  numProblems,
}: FileTable): TemplateResult | typeof nothing {
  if (numProblems === 0) return nothing;
  const more = numProblems - problems.length;
  return html`<h2>${t('Could not be counted: {0}', fileCountText(numProblems))}</h2>
    <ul>
      ${problems.map(
        ({ path, message }) =>
          html`<li><span class="path">${shownName(path)}</span>: ${shownName(message)}</li>`,
      )}
    </ul>
    ${more === 0 ? nothing : html`<p class="quiet">${t('and {0} more', formatCount(more))}</p>`}`;
}
