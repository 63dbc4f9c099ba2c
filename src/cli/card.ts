import type { Command } from 'commander';
import { architectureById } from '../core/architectures/architectures.ts';
import { modelCard } from '../core/catalog/modelCard.ts';
import { modelCardMarkdown } from '../core/catalog/modelCardText.ts';
import type { CardSubject } from '../core/catalog/modelCardText.ts';
import type { Model } from '../core/catalog/model.ts';
import { effectiveContextFor } from '../core/quality/effectiveContext.ts';
import { exactCount } from '../core/tokens/estimate/estimateTokens.ts';
import { modelNamed, openCatalogue } from './catalogue.ts';
import { wholeNumber } from './estimateOptions.ts';

interface CardOptions {
  readonly tokens?: string;
  readonly output: string;
  readonly models?: string;
  readonly prices?: string;
}

/** `context-budget card`: all that is known of one model, with its sources, as Markdown. */
export function registerCard(program: Command): void {
  program
    .command('card <model>')
    .description('say what a model offers, how it attends, what was found usable and what it costs')
    .option('--tokens <n>', 'tokens to send: what that weighs and costs')
    .option('--output <n>', 'tokens of the answer', '1000')
    .option('--models <file>', 'JSON with models and prices of your own')
    .option('--prices <file>', 'prices in the form of genai-prices (data.json, version 2)')
    .action(async (id: string, options: CardOptions) => {
      const subject = cardSubject(id, await openCatalogue(options));
      const tokens =
        options.tokens === undefined ? undefined : wholeNumber('tokens', options.tokens, 0);
      const text =
        tokens === undefined
          ? undefined
          : {
              name: 'What is to be sent',
              count: { ...exactCount(tokens, 'o200k_base'), basis: 'as given' },
              outputTokens: wholeNumber('output', options.output, 0),
            };
      process.stdout.write(modelCardMarkdown(subject, new Date(), text));
    });
}

function cardSubject(id: string, catalogue: readonly Model[]): CardSubject {
  const model = modelNamed(id, catalogue);
  if (model !== undefined) {
    const { architecture, measurements } = modelCard(model);
    return { name: model.name, model, measurements, ...(architecture && { architecture }) };
  }
  const architecture = architectureById(id);
  return {
    name: architecture.name,
    architecture,
    measurements: effectiveContextFor(architecture.name),
  };
}
