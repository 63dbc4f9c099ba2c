import { sumOf } from '../estimates/explained.ts';
import type { Explained, ExplainedInput } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import { shownName } from '../format/fileNames.ts';
import type { Overhead } from './chosen.ts';
import type { DashboardNow, DashboardSnapshot } from './snapshot.ts';

/** Of all that is sent besides the code: its parts, and where each comes from. */
export function overheadReason(
  overhead: Overhead,
  { now, files }: Pick<DashboardSnapshot, 'now' | 'files'>,
): Explained {
  const { settingTokens, systemPromptTokens, toolDefinitionTokens, instructionTokens } = overhead;
  const isCounted = instructionTokens > 0;
  const typed = 'typed in below, 0 until then';
  const part = (name: string, value: number, inputs: readonly ExplainedInput[]): Explained => ({
    name,
    unit: 'tokens',
    value,
    formula: plain(value),
    inputs,
    assumptions: [],
  });
  const one = (name: string, value: number, source: string) =>
    part(name, value, [{ name, value, unit: 'tokens', source }]);
  const parts = [
    one('setting', settingTokens, 'the setting contextBudget.overheadTokens'),
    one('system prompt', systemPromptTokens, typed),
    one('tool definitions', toolDefinitionTokens, typed),
    instructionsReason(now, files.encoding, isCounted),
  ];
  return sumOf('overheadTokens', 'tokens', parts, {
    inputs: parts.flatMap(({ inputs }) => inputs),
    assumptions:
      isCounted || now.overheadFiles.length === 0
        ? []
        : [
            `not counted in: ${now.overheadFiles.map(({ path, tokens }) => `${shownName(path)} (${plain(tokens)})`).join(', ')}`,
          ],
  });
}

/** Of the instruction files together. */
export function instructionsReason(
  { overheadFiles }: Pick<DashboardNow, 'overheadFiles'>,
  encoding: string,
  isCounted = true,
): Explained {
  const files = isCounted ? overheadFiles : [];
  return {
    name: 'instruction files',
    unit: 'tokens',
    value: files.reduce((sum, { tokens }) => sum + tokens, 0),
    formula: files.map(({ tokens }) => plain(tokens)).join(' + ') || '0',
    inputs: files.map(({ path, tokens }) => ({
      name: shownName(path),
      value: tokens,
      unit: 'tokens',
      source: `counted here with ${encoding}`,
    })),
    assumptions:
      overheadFiles.length === 0 ? ['no instruction file was found in the workspace'] : [],
  };
}
