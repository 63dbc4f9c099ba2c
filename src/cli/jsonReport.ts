import type { ModelFit } from '../core/weigh/modelFit.ts';
import { scanSchemaVersion } from '../core/files/scanReport.ts';
import { fileCounts } from './fileCounts.ts';
import type { FolderAnalysis } from './folderAnalysis.ts';

/**
 * What `--json` prints; fields are only ever added within one `schemaVersion`. Unknown numbers are absent. Each entry of
 * the long lists is one line: to read, to compare, and because breaking them all into lines takes as long as counting a megabyte.
 */
export function jsonReport(analysis: FolderAnalysis): string {
  const { scan, total, budget } = analysis;
  const asked = analysis.modelsAsked ? analysis.fits.map((fit) => fit.model) : [];
  const files = fileCounts(analysis.counts, asked);
  const report = {
    schemaVersion: scanSchemaVersion,
    folder: analysis.folder,
    encoding: scan.encoding,
    totals: {
      files: scan.files.length,
      bytes: scan.files.reduce((sum, file) => sum + file.bytes, 0),
      lines: scan.files.reduce((sum, file) => sum + file.lines, 0),
      count: { encoding: scan.encoding, ...total },
    },
    models: analysis.fits.map(modelEntry),
    budget: budget && {
      budgetTokens: budget.budgetTokens,
      over: budget.over.map(({ name }) => name),
    },
  };
  const lists = {
    files: files.map(({ file: { path, bytes, lines, kind }, counts }) => ({
      path,
      bytes,
      lines,
      kind,
      counts,
    })),
    leftOut: scan.leftOut,
    problems: scan.problems,
  };
  const head = JSON.stringify(report, undefined, 2).slice(0, -'\n}'.length);
  return `${head},\n${Object.entries(lists).map(listText).join(',\n')}\n}\n`;
}

function listText([name, entries]: [string, readonly object[]]): string {
  if (entries.length === 0) return `  "${name}": []`;
  return `  "${name}": [\n    ${entries.map((entry) => JSON.stringify(entry)).join(',\n    ')}\n  ]`;
}

function modelEntry({ model, count, budget, inputCost, ...fit }: ModelFit) {
  return {
    id: model.id,
    encoding: model.tokenizer.encoding,
    count,
    verdict: fit.verdict,
    budget,
    limitTokens: fit.limitTokens,
    freeTokens:
      fit.limitTokens === undefined
        ? undefined
        : {
            low: fit.lowMarginTokens,
            high: fit.highMarginTokens,
          },
    inputCostUsd: inputCost && {
      usd: inputCost.usd,
      low: inputCost.lowUsd,
      high: inputCost.highUsd,
    },
    windowSource: model.contextWindowTokens && sourceOf(model.contextWindowTokens),
    priceSource: model.prices && sourceOf(model.prices),
  };
}

function sourceOf({ source, asOf }: { readonly source: string; readonly asOf: string }) {
  return { source, asOf };
}
