import { Command, CommanderError } from 'commander';
import { registerAnalyze } from './analyze.ts';
import { registerCard } from './card.ts';
import { registerEstimate } from './estimate.ts';
import { registerModels } from './models.ts';
import { registerPlan } from './plan.ts';
import { version } from '../../package.json';

const badUsage = 2;

const program = new Command('context-budget')
  .description('What your code weighs in tokens, which models it fits, and what that costs.')
  .version(version)
  .showHelpAfterError('(--help lists the options)')
  .exitOverride();
registerAnalyze(program);
registerEstimate(program);
registerCard(program);
registerModels(program);
registerPlan(program);

// `| head` closes the pipe: nobody reads on, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version end this way too, with 0.
    process.exitCode = error.exitCode === 0 ? 0 : badUsage;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`context-budget: ${message}\n`);
    process.exitCode = badUsage;
  }
}
