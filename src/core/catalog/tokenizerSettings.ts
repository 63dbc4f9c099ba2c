import { isRecord } from '../format/isRecord.ts';
import { jsonText } from '../format/jsonText.ts';
import { isSplitName, namedSplits } from '../tokenizerFiles/readRankFile.ts';

/** A tokenizer's file for a model, as a person names it. */
export interface TokenizerSetting {
  readonly modelId: string;
  /** Absolute, or relative to a folder of the workspace. */
  readonly file: string;
  /** Name of the rule that a tiktoken rank file is split by. */
  readonly split?: string;
}

/**
 * The setting `contextBudget.tokenizers`: {"meta/llama-3.1-8b-instruct": "models/tokenizer.json", "me/own": {"file":
 * "own.tiktoken", "split": "cl100k_base"}}. What can't be used is told, each by its model and value.
 */
export function parseTokenizerSettings(json: unknown): {
  readonly tokenizers: readonly TokenizerSetting[];
  readonly problems: readonly string[];
} {
  const tokenizers: TokenizerSetting[] = [];
  const problems: string[] = [];
  if (json === undefined || json === null) return { tokenizers, problems };
  if (!isRecord(json)) {
    return { tokenizers, problems: ['expected an object of model ids and files'] };
  }
  for (const [modelId, value] of Object.entries(json)) {
    const { file, split } = isRecord(value) ? value : { file: value, split: undefined };
    if (typeof file !== 'string' || file.trim() === '') {
      problems.push(`${modelId}: expected the path of a file, got ${short(value)}`);
    } else if (split !== undefined && !isSplitName(split)) {
      const names = Object.keys(namedSplits).join(', ');
      problems.push(`${modelId}: the split ${short(split)} is not known; there are ${names}`);
    } else tokenizers.push({ modelId, file: file.trim(), ...(split !== undefined && { split }) });
  }
  return { tokenizers, problems };
}

function short(value: unknown): string {
  return (jsonText(value) ?? 'nothing').slice(0, 80);
}
