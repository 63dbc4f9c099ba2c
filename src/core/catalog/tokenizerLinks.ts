import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { Model, TokenizerLink } from './model.ts';

interface LinkRule extends TokenizerLink {
  /** Tried on the model's id in lower case, maker included. */
  readonly pattern: RegExp;
}

const tiktokenMap = 'tiktoken model.py and gpt-tokenizer 4.0.0 model map';
const notPublished = 'the maker publishes no vocabulary for this model';

/**
 * Which encoding counts a model's tokens, first match wins. Exact only where the maker's own map
 * or tokenizer says so; everything else is counted with o200k_base and scaled by its family's ratio.
 */
const rules: readonly LinkRule[] = [
  {
    pattern: /^openai\/(chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|o1|o3|o4)/,
    encoding: 'o200k_base',
    exact: true,
    family: 'o200k_base',
    source: tiktokenMap,
  },
  {
    pattern: /^openai\/(gpt-4|gpt-3\.5)/,
    encoding: 'cl100k_base',
    exact: true,
    family: 'cl100k_base',
    source: tiktokenMap,
  },
  {
    pattern: /^openai\//,
    encoding: 'o200k_base',
    exact: false,
    family: 'o200k_base',
    source: 'assumed: OpenAI has used o200k_base since GPT-4o; not confirmed for this model',
  },
  exactRule(
    /^qwen\/qwen(-?2\.5-\d|3-(\d+b|next-|vl-|coder($|-30b|-next)))/,
    'qwen',
    'qwen',
    'tokenizer.json of Qwen 2.5 and Qwen 3 (151,643 tokens), of the models with open weights',
  ),
  exactRule(
    /^deepseek\/deepseek-(r1(?!-distill)|chat-v3|v3)/,
    'deepseek_v3',
    'deepseek',
    'tokenizer.json of DeepSeek V3 (128,000 tokens), kept for R1 and to V3.2',
  ),
  exactRule(
    /^mistral\/(open-)?mistral-nemo/,
    'tekken',
    'mistral-tekken',
    'tekken_240718.json of Mistral NeMo (mistral-common)',
  ),
  rule(/claude/, 'claude', 'Anthropic publishes no vocabulary since Claude 3'),
  rule(/gemma/, 'gemma', 'tokenizer.json of Gemma 3'),
  rule(/^google\//, 'gemini', 'Gemma shares the vocabulary family of Gemini (Gemma reports)'),
  rule(/grok/, 'unknown', notPublished),
  rule(/llama-?4/, 'unknown', 'Llama 4 has a vocabulary of its own (202,048 tokens)'),
  rule(/llama-?2|codellama|llama-2/, 'llama-2', 'tokenizer.model of Llama 2'),
  rule(/llama-?3|distill-llama|llama-3/, 'llama-3', 'tokenizer.model of Llama 3'),
  rule(/qwen|qwq|qvq/, 'qwen', 'tokenizer.json of Qwen 2.5'),
  rule(/deepseek/, 'deepseek', 'tokenizer.json of DeepSeek V3'),
  rule(
    /^mistral\/(mistral-tiny|mistral-7b|open-mistral-7b|mixtral|open-mixtral|mistral-medium-2312)/,
    'llama-2',
    'mistral-common: SentencePiece tokenizers v1 to v3, kin of Llama 2',
  ),
  rule(
    /^mistral\/(codestral-2405|codestral-2501|mistral-large-2402|mistral-large-2407|mistral-small-24)/,
    'llama-2',
    'mistral-common: SentencePiece tokenizers v1 to v3, kin of Llama 2',
  ),
  rule(/^mistral\//, 'mistral-tekken', 'mistral-common: Tekken since Mistral NeMo'),
  rule(/phi-4/, 'cl100k_base', "Phi-4 technical report: tiktoken's vocabulary padded to 100,352"),
];

/** With a vocabulary that ships with us and that the model's maker publishes for it. */
function exactRule(
  pattern: RegExp,
  encoding: EncodingName,
  family: string,
  source: string,
): LinkRule {
  return { pattern, encoding, exact: true, family, source };
}

function rule(pattern: RegExp, family: string, source: string): LinkRule {
  return { pattern, encoding: 'o200k_base', exact: false, family, source };
}

/** The model counted exactly with a tokenizer's file of the user's (`fileEncoding`). */
export function withTokenizerFile(model: Model, encoding: EncodingName, source: string): Model {
  const { family } = model.tokenizer;
  return { ...model, tokenizer: { encoding, exact: true, family, source } };
}

/** How the tokens of a model are counted, by its id ("maker/name"). */
export function tokenizerLinkFor(modelId: string): TokenizerLink {
  const id = modelId.toLowerCase();
  const found = rules.find(({ pattern }) => pattern.test(id));
  if (found === undefined) {
    return { encoding: 'o200k_base', exact: false, family: 'unknown', source: notPublished };
  }
  const { encoding, exact, family, source } = found;
  return { encoding, exact, family, source };
}
