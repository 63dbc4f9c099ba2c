import * as vscode from 'vscode';
import type { PromptFormat, PromptOptions } from '../../core/plans/prompt.ts';
import { templateProblem } from '../../core/plans/promptFrame.ts';
import { settingsSection } from '../settings.ts';

const formats: readonly PromptFormat[] = ['markdown', 'xml', 'plain'];

/** How requests are written, by the settings `contextBudget.prompt.*`. Throws an Error that says what is wrong with a template. */
export function promptOptions(): PromptOptions {
  const section = vscode.workspace.getConfiguration(`${settingsSection}.prompt`);
  const named = section.get<unknown>('format');
  const format = formats.find((each) => each === named) ?? 'markdown';
  const file = section.get<unknown>('fileTemplate');
  const prompt = section.get<unknown>('template');
  const options = {
    format,
    lineNumbers: section.get('lineNumbers') === true,
    tree: section.get('tree') === true,
  };
  const isSet = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isSet(file) && !isSet(prompt)) return options;
  const template = {
    file: isSet(file) ? file : '## {path}{lines}\n\n{fence}{language}\n{code}{fence}\n',
    prompt: isSet(prompt) ? prompt : '{files}\n{instruction}',
  };
  const problem = templateProblem(template);
  if (problem !== undefined) {
    throw new Error(
      vscode.l10n.t('The setting {0} has a mistake. {1}', 'contextBudget.prompt.*', problem),
    );
  }
  return { ...options, template };
}
