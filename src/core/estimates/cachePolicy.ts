import { InputError } from './inputError.ts';

/** How an engine lays out its cache; byte counts differ by it for the same model and text. */
export interface CachePolicy {
  readonly name: PolicyName;
  /** Tokens are held in whole pages of this many. */
  readonly pageTokens: number;
  /** Tokens that a sliding layer holds for a text of `tokens`. */
  readonly slidingTokens: (tokens: number, windowTokens: number, sequences: number) => number;
  readonly chunkedTokens: (tokens: number, chunkTokens: number) => number;
  /** Columns of the convolution's input that a state layer keeps. */
  readonly convColumns: (convKernel: number) => number;
  /** MLA: whether keys and values are kept per head instead of the latent. */
  readonly expandsLatent: boolean;
  /** Last tokens that a quantized cache keeps in 16 bits. */
  readonly residualTokens: number;
  readonly source: string;
}

export type PolicyName = 'ideal' | 'vllm' | 'llamaCpp' | 'huggingFace';

/** Tokens computed in one step, which engines hold beside the window until the step is done. */
export interface StepSizes {
  /** vLLM `max_num_batched_tokens`. */
  readonly batchedTokens: number;
  /** llama.cpp `n_ubatch`. */
  readonly microBatchTokens: number;
}

export const defaultStepSizes: StepSizes = { batchedTokens: 2048, microBatchTokens: 512 };

export function cachePolicy(name: PolicyName, steps: StepSizes = defaultStepSizes): CachePolicy {
  const least = (tokens: number, span: number) => Math.min(tokens, span);
  switch (name) {
    case 'ideal':
      return {
        name,
        pageTokens: 1,
        slidingTokens: least,
        chunkedTokens: least,
        convColumns: (kernel) => kernel - 1,
        expandsLatent: false,
        residualTokens: 0,
        source: 'the fewest bytes with which the next token can be computed',
      };
    case 'vllm':
      return {
        name,
        pageTokens: 16,
        slidingTokens: (tokens, window) =>
          (Math.ceil(Math.min(window - 1 + steps.batchedTokens, tokens) / 16) + 1) * 16,
        chunkedTokens: (tokens, chunk) => Math.min(chunk + steps.batchedTokens, tokens),
        convColumns: (kernel) => kernel - 1,
        expandsLatent: false,
        residualTokens: 0,
        source: `vLLM vllm/v1/kv_cache_interface.py, max_num_batched_tokens ${steps.batchedTokens}`,
      };
    case 'llamaCpp':
      return {
        name,
        pageTokens: 256,
        slidingTokens: (tokens, window, sequences) =>
          Math.min(tokens, window * sequences + steps.microBatchTokens),
        chunkedTokens: (tokens, chunk) => Math.min(tokens, chunk + steps.microBatchTokens),
        convColumns: (kernel) => kernel - 1,
        expandsLatent: false,
        residualTokens: 0,
        source: `llama.cpp src/llama-kv-cache-iswa.cpp @02c28f5, n_ubatch ${steps.microBatchTokens}`,
      };
    case 'huggingFace':
      return {
        name,
        pageTokens: 1,
        slidingTokens: (tokens, window) => Math.min(tokens, window - 1),
        chunkedTokens: (tokens, chunk) => Math.min(tokens, chunk - 1),
        convColumns: (kernel) => kernel,
        expandsLatent: true,
        residualTokens: 128,
        source:
          'Hugging Face transformers 5.17 caches after a prefill (measured): sliding layers hold W - 1 tokens, convolutions k columns',
      };
  }
}

export const policyNames: readonly PolicyName[] = ['ideal', 'vllm', 'llamaCpp', 'huggingFace'];

export function parsePolicy(text: string): PolicyName {
  const plain = text.toLowerCase().replace(/[^a-z]/g, '');
  const found = policyNames.find((one) => one.toLowerCase() === plain);
  if (found !== undefined) return found;
  if (plain === 'hf' || plain === 'transformers') return 'huggingFace';
  throw new InputError('policy', text, `one of ${policyNames.join(', ')}`);
}
