import type { Command } from 'commander';
import { architectureById } from '../core/architectures/architectures.ts';
import type { Architecture } from '../core/architectures/architecture.ts';
import { parseEngine } from '../core/estimates/calibration.ts';
import { parsePolicy } from '../core/estimates/cachePolicy.ts';
import { deploymentOn } from '../core/estimates/deployment.ts';
import { parseKvDtype, parseWeightDtype } from '../core/estimates/dtypes.ts';
import { estimateModel } from '../core/estimates/estimateModel.ts';
import type { ModelEstimate } from '../core/estimates/estimateModel.ts';
import type { Stretch } from '../core/estimates/contextVerdict.ts';
import { checkCount, InputError } from '../core/estimates/inputError.ts';
import { hardwareById } from '../core/hardware/hardware.ts';
import { readArchitecture } from '../node/readArchitecture.ts';
import { estimateJson, estimateText } from './estimateText.ts';

interface EstimateOptions {
  readonly model?: string;
  readonly config?: string;
  readonly tokens: string;
  readonly output: string;
  readonly gpu?: string;
  readonly count?: string;
  readonly dtype?: string;
  readonly kvDtype: string;
  readonly policy: string;
  readonly engine: string;
  readonly chunk?: string;
  readonly cachedPrefix: string;
  readonly users: string;
  readonly ring: string;
  readonly stretch?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `context-budget estimate`: KV cache, memory, fit, time to first token and decode speed of an open model. */
export function registerEstimate(program: Command): void {
  program
    .command('estimate')
    .description('KV cache, memory, GPUs, time to first token and decode speed of a model.')
    .option('--model <id>', 'a model whose shape is in our data, e.g. llama-3.1-8b')
    .option('--config <path>', 'a config.json or a .gguf file (only its header is read)')
    .requiredOption('--tokens <n>', 'tokens of the prompt')
    .option('--output <n>', 'tokens of the answer', '0')
    .option('--gpu <id>', 'a card, e.g. h100-sxm, rtx-4090, m4-max')
    .option('--count <n>', 'GPUs that share every layer (default: as few as hold it)')
    .option('--dtype <type>', "weights: bf16, fp8, int8, int4 ... (default: the model's own)")
    .option('--kv-dtype <type>', 'KV cache: bf16, fp8, int8, int4, q8_0, q4_0 ...', 'bf16')
    .option('--policy <name>', 'cache layout: ideal, vllm, llamaCpp, huggingFace', 'ideal')
    .option('--engine <name>', 'bareForward, vllm, tensorRtLlm, huggingFace', 'vllm')
    .option('--chunk <n>', 'tokens per chunk of prefill (default: the whole prompt)')
    .option('--cached-prefix <n>', 'tokens of the prompt already in the cache', '0')
    .option('--users <n>', 'requests at the same time', '1')
    .option('--ring <n>', 'GPU groups around a ring that share the text', '1')
    .option('--stretch <type:factor>', 'stretch the positions, e.g. yarn:4')
    .option('--explain', 'show the formula, inputs and assumptions of every number')
    .option('--json', 'plain numbers in named units')
    .action(async (options: EstimateOptions) => {
      const estimate = await runEstimate(options);
      const print = options.json === true ? estimateJson : estimateText;
      process.stdout.write(`${print(estimate, options.explain === true)}\n`);
    });
}

async function runEstimate(options: EstimateOptions): Promise<ModelEstimate> {
  const architecture = await chosenArchitecture(options);
  const own = architecture.weightDtype ?? 'bf16';
  const weightDtype = parseWeightDtype(options.dtype ?? own);
  const count = options.count === undefined ? undefined : wholeNumber('count', options.count, 1);
  return estimateModel(architecture, {
    tokens: wholeNumber('tokens', options.tokens, 1),
    outputTokens: wholeNumber('output', options.output, 0),
    policy: parsePolicy(options.policy),
    chunkTokens: options.chunk === undefined ? undefined : wholeNumber('chunk', options.chunk, 1),
    cachedPrefixTokens: wholeNumber('cached-prefix', options.cachedPrefix, 0),
    users: wholeNumber('users', options.users, 1),
    stretch: options.stretch === undefined ? undefined : parseStretch(options.stretch),
    kvDtype: parseKvDtype(options.kvDtype),
    gpuCount: count,
    deployment:
      options.gpu === undefined
        ? undefined
        : deploymentOn(hardwareById(options.gpu), {
            engine: parseEngine(options.engine),
            weightDtype,
            kvDtype: parseKvDtype(options.kvDtype),
            tensorParallel: count ?? 1,
            contextParallel: wholeNumber('ring', options.ring, 1),
          }),
  });
}

async function chosenArchitecture(options: EstimateOptions): Promise<Architecture> {
  if (options.model !== undefined && options.config !== undefined) {
    throw new InputError('config', options.config, 'left out when --model is given');
  }
  if (options.config !== undefined) return readArchitecture(options.config);
  if (options.model === undefined) {
    throw new InputError('model', undefined, 'given, or --config in its place');
  }
  return architectureById(options.model);
}

function wholeNumber(field: string, text: string, least: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw new InputError(field, text, 'a whole number');
  checkCount(field, value, least, 1e10);
  return value;
}

function parseStretch(text: string): Stretch {
  const [type, factor] = text.split(':');
  const value = Number(factor);
  if (!['yarn', 'linear', 'dynamic', 'longrope'].includes(type) || !(value >= 1)) {
    throw new InputError(
      'stretch',
      text,
      'yarn, linear, dynamic or longrope, and a factor: yarn:4',
    );
  }
  return { type, factor: value };
}
