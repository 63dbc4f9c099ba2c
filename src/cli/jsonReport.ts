import type { ModelFit } from '../core/weigh/modelFit.ts';
import { scanSchemaVersion } from '../core/files/scanReport.ts';
import { fileCounts } from './fileCounts.ts';
import type { FolderAnalysis } from './folderAnalysis.ts';

/** What `--json` prints; fields are only ever added within one `schemaVersion`. Unknown numbers are absent. */
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
    files: files.map(({ file, counts }) => ({
      path: file.path,
      bytes: file.bytes,
      lines: file.lines,
      kind: file.kind,
      counts,
    })),
    leftOut: scan.leftOut,
    problems: scan.problems,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
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
