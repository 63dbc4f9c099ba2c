import { statSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { defaultBudgetOptions } from '../core/budget/budgetFor.ts';
import { problemMessage } from '../node/systemPath.ts';

/** The folder that was named, absolute. Throws an Error that names it when it is none. */
export function existingFolder(named: string): string {
  const folder = path.resolve(named);
  let stats;
  try {
    stats = statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw new Error(`${folder}: ${problemMessage(error)}`, { cause: error });
  }
  if (stats === undefined) throw new Error(`There is no folder ${folder}`);
  if (!stats.isDirectory()) throw new Error(`${folder} is no folder`);
  return folder;
}

/** A number of tokens as typed: digits, underscores between them allowed. */
export function wholeTokens(value: string): number {
  const text = value.replaceAll('_', '');
  if (!/^\d{1,15}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number of tokens.');
  return Number(text);
}

/** What is kept free of a window, in every command that fills one: as the settings have it. */
export const reservedOutputOption = new Option(
  '--reserved-output-tokens <tokens>',
  'kept for each answer',
)
  .argParser(wholeTokens)
  .default(defaultBudgetOptions.reservedOutputTokens);

export const overheadOption = new Option('--overhead-tokens <tokens>', 'system prompt and tools')
  .argParser(wholeTokens)
  .default(defaultBudgetOptions.overheadTokens);
