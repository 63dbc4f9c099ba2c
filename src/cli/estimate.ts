import type { Command } from 'commander';
import { openCatalogue } from './catalogue.ts';
import { estimatedModel } from './estimatedModel.ts';
import { estimateJson } from './estimateJson.ts';
import type { EstimateOptions } from './estimateOptions.ts';
import { estimateReport } from './estimateReport.ts';
import { estimateText } from './estimateText.ts';

/** `context-budget estimate`: KV cache, memory, fit, waiting time and cost of a model at a length. */
export function registerEstimate(program: Command): void {
  program
    .command('estimate')
    .description(
      'estimate KV cache, memory, GPUs, time to first token, decode speed and cost of a model',
    )
    .option('--model <id>', 'a model of the catalogue or of the shapes, e.g. llama-3.1-8b')
    .option('--config <path>', 'a config.json or a .gguf file (only its header is read)')
    .option(
      '--shape <widths>',
      'typed in: layers=32,heads=32,kv-heads=8,head-dim=128,ffn=...,vocab=...',
    )
    .option(
      '--server <address>',
      'ask a running Ollama or OpenAI-compatible server at this address',
    )
    .option('--served <name>', 'which of its models (default: its only one)')
    .option('--priced-as <id>', 'whose hosted price to use, where the model itself has none')
    .option('--models <file>', 'JSON with models and prices of your own')
    .option('--prices <file>', 'prices in the form of genai-prices (data.json, version 2)')
    .requiredOption('--tokens <n>', 'tokens of the prompt')
    .option('--output <n>', 'tokens of the answer', '0')
    .option('--gpu <id>', 'a card, e.g. h100-sxm, rtx-4090, m4-max')
    .option('--count <n>', 'GPUs that share every layer (default: as few as hold it)')
    .option('--stages <n>', 'stages over which the layers are dealt out', '1')
    .option('--dtype <type>', "weights: bf16, fp8, int8, int4 ... (default: the model's own)")
    .option('--kv-dtype <type>', 'KV cache: bf16, fp8, int8, int4, q8_0, q4_0 ...', 'bf16')
    .option('--policy <name>', 'cache layout: ideal, vllm, llamaCpp, huggingFace', 'ideal')
    .option('--engine <name>', 'bareForward, vllm, tensorRtLlm, huggingFace', 'vllm')
    .option('--chunk <n>', 'tokens per chunk of prefill (default: what the engine does)')
    .option('--cached-prefix <n>', 'tokens of the prompt already in the cache', '0')
    .option('--users <n>', 'requests at the same time', '1')
    .option('--ring <n>', 'GPU groups around a ring that share the text', '1')
    .option('--stretch <type:factor>', 'stretch the positions, e.g. yarn:4')
    .option('--no-flash', 'attention that writes its score matrix to memory')
    .option('--all-logits', 'logits of every token of the prompt')
    .option(
      '--stack <techniques>',
      'longest context by technique: gqa,windows,flash,chunked,paging,fp8,tp=8,ring=2, or all',
    )
    .option('--turns <n>', 'a conversation of so many turns that starts with the tokens')
    .option('--turn-prompt <n>', 'tokens that the person adds each turn', '200')
    .option('--calls-per-day <n>', 'calls a day', '1')
    .option(
      '--cache-hit-rate <share>',
      'share of repeated requests that find the prefix cached',
      '1',
    )
    .option(
      '--gpu-hour-usd <usd>',
      'what an hour of one GPU costs: self-hosting against hosted calls',
    )
    .option('--utilization <share>', 'share of the hours in which the GPUs work', '0.5')
    .option('--explain', 'show the formula, inputs and assumptions of every number')
    .option('--json', 'plain numbers in named units')
    .action(async (options: EstimateOptions) => {
      const subject = await estimatedModel(options, await openCatalogue(options));
      const report = estimateReport(subject, options, new Date());
      const print = options.json === true ? estimateJson : estimateText;
      process.stdout.write(`${print(report, options.explain === true)}\n`);
    });
}
