import { countForModel, type CountsByEncoding } from '../core/weigh/modelFit.ts';
import type { Model } from '../core/catalog/model.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import { exactCount } from '../core/tokens/estimate/estimateTokens.ts';
import type { EncodingName, TokenCount } from '../core/tokens/tokenCounter.ts';

/** A count with what it was made with. */
export interface NamedCount extends TokenCount {
  readonly encoding: EncodingName;
  /** Id of the model it is for; absent: the encoding's own count. */
  readonly model?: string;
}

export interface FileCounts {
  readonly file: FileCount;
  readonly counts: readonly NamedCount[];
}

/** Each file's counts: by each encoding it was counted with, and for each of the models. */
export function fileCounts(counts: CountsByEncoding, models: readonly Model[]): FileCounts[] {
  // A file that vanished between two scans is in only one of them.
  const byEncoding = [...counts].map(
    ([encoding, files]) => [encoding, new Map(files.map((file) => [file.path, file]))] as const,
  );
  return [...byEncoding[0][1].values()].map((file) => {
    const own = byEncoding.flatMap(([encoding, files]) => {
      const counted = files.get(file.path);
      return counted === undefined ? [] : [[encoding, [counted]] as const];
    });
    const exact = own.map(([encoding, [{ tokens }]]) => ({
      encoding,
      ...exactCount(tokens, encoding),
    }));
    if (models.length === 0) return { file, counts: exact };
    const ofFile = new Map(own);
    const forModels = models
      .filter((model) => isCountedFor(model, ofFile))
      .map((model) => ({
        encoding: model.tokenizer.encoding,
        model: model.id,
        ...countForModel(model, ofFile),
      }));
    return { file, counts: [...exact, ...forModels] };
  });
}

function isCountedFor({ tokenizer }: Model, counts: CountsByEncoding): boolean {
  return counts.has('o200k_base') || (tokenizer.exact && counts.has(tokenizer.encoding));
}
