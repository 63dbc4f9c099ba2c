// Which lists of the sources hold a maker's own models, and which of their rows are chat models.

/** A row about pictures, sound, vectors, moderation or a fine-tuned base is no chat model. */
const notChat =
  /embed|image|audio|tts|transcribe|realtime|whisper|moderation|guard|ocr|voxtral|voice|-live|live-|sonic|titan|dall-e|sora|^ft:|\.ft-|davinci|curie|^ada|babbage|^gpt-?2$|cushman|^text-|omni|computer-use|robotics|vision-preview|:free|:batch|:extended|:thinking|decisions|banana|-maas$|-legal$|aya-expanse|M2-her|^code-|^gpt-live|router|-instruct$/i;

/** Open weights are named "...-instruct" too, so that part holds for OpenAI's completions only. */
export function isChat(maker, id) {
  const tested = maker === 'OpenAI' ? id : id.replace(/-instruct$/i, '');
  return !notChat.test(tested);
}

/**
 * slug: first part of our id. genai, pi: provider ids of the sources. openRouter: prefix of the
 * maker's models there, used for models that the maker's own lists do not have.
 */
export const makers = [
  {
    slug: 'openai',
    maker: 'OpenAI',
    genai: ['openai'],
    pi: ['openai'],
    keep: /^(gpt|o\d|chatgpt|codex|chat-)/i,
  },
  {
    slug: 'anthropic',
    maker: 'Anthropic',
    genai: ['anthropic'],
    pi: ['anthropic'],
    keep: /^claude/,
  },
  {
    slug: 'google',
    maker: 'Google',
    genai: ['google'],
    pi: ['google'],
    openRouter: ['google'],
    keep: /^(gemini|gemma)/,
  },
  { slug: 'mistral', maker: 'Mistral', genai: ['mistral'], pi: ['mistral'], keep: /stral|mixtral/ },
  { slug: 'xai', maker: 'xAI', genai: ['x-ai'], pi: ['xai'], keep: /^grok/ },
  {
    slug: 'deepseek',
    maker: 'DeepSeek',
    genai: ['deepseek'],
    pi: ['deepseek'],
    openRouter: ['deepseek'],
    keep: /deepseek/,
  },
  {
    slug: 'cohere',
    maker: 'Cohere',
    genai: ['cohere'],
    pi: [],
    openRouter: ['cohere'],
    keep: /command|north/,
  },
  {
    slug: 'moonshotai',
    maker: 'Moonshot AI',
    genai: ['moonshotai'],
    pi: ['moonshotai'],
    keep: /kimi|moonshot/,
  },
  {
    slug: 'zai',
    maker: 'Z.AI',
    genai: ['zai', 'zhipuai'],
    pi: ['zai'],
    openRouter: ['z-ai'],
    keep: /^glm/i,
  },
  {
    slug: 'minimax',
    maker: 'MiniMax',
    genai: ['minimax'],
    pi: ['minimax'],
    openRouter: ['minimax'],
    keep: /^minimax/i,
  },
  {
    slug: 'meta',
    maker: 'Meta',
    genai: [],
    pi: ['meta'],
    openRouter: ['meta-llama', 'meta'],
    keep: /./,
  },
  { slug: 'amazon', maker: 'Amazon', genai: [], pi: [], openRouter: ['amazon'], keep: /^nova/ },
  { slug: 'xiaomi', maker: 'Xiaomi', genai: [], pi: ['xiaomi'], openRouter: ['xiaomi'], keep: /./ },
  { slug: 'perplexity', maker: 'Perplexity', genai: ['perplexity'], pi: [], keep: /^sonar/ },
  {
    slug: 'qwen',
    maker: 'Alibaba',
    genai: [],
    pi: ['qwen-token-plan'],
    openRouter: ['qwen'],
    keep: /^(qwen|qwq)/,
  },
  {
    slug: 'inclusionai',
    maker: 'inclusionAI',
    genai: [],
    pi: ['ant-ling'],
    openRouter: ['inclusionai'],
    keep: /./,
  },
  { slug: 'nvidia', maker: 'NVIDIA', genai: [], pi: [], openRouter: ['nvidia'], keep: /./ },
  {
    slug: 'bytedance',
    maker: 'ByteDance',
    genai: [],
    pi: [],
    openRouter: ['bytedance-seed'],
    keep: /./,
  },
  { slug: 'tencent', maker: 'Tencent', genai: [], pi: [], openRouter: ['tencent'], keep: /./ },
  { slug: 'stepfun', maker: 'StepFun', genai: [], pi: [], openRouter: ['stepfun'], keep: /./ },
  {
    slug: 'thinkingmachines',
    maker: 'Thinking Machines',
    genai: [],
    pi: [],
    openRouter: ['thinkingmachines'],
    keep: /./,
  },
  { slug: 'ibm', maker: 'IBM', genai: [], pi: [], openRouter: ['ibm-granite'], keep: /./ },
  {
    slug: 'microsoft',
    maker: 'Microsoft',
    genai: [],
    pi: [],
    openRouter: ['microsoft'],
    keep: /./,
  },
];

/** Retired by the makers' own pages, where no source carries a flag. */
export const retired = [
  {
    pattern: /^anthropic\/claude-(v1|1|2|3-)/,
    by: 'https://docs.claude.com/en/docs/about-claude/model-deprecations',
  },
  {
    pattern:
      /^openai\/(gpt-3\.5-0301|gpt-3\.5-turbo-0613|gpt-3\.5-turbo-16k|gpt-4-32k|gpt-4\.5-preview|o1-preview|o1-mini|codex-mini|chatgpt-4o)/,
    by: 'https://platform.openai.com/docs/deprecations',
  },
  {
    pattern: /^google\/gemini-(1\.|2\.0|pro$|pro-1\.5|flash-1\.5)/,
    by: 'https://ai.google.dev/gemini-api/docs/deprecations',
  },
  {
    pattern: /^mistral\/(mistral-tiny|mistral-medium-2312|mixtral|mistral-7b|mistral-saba|pixtral)/,
    by: 'https://docs.mistral.ai/getting-started/models/',
  },
  { pattern: /^xai\/grok-2/, by: 'https://docs.x.ai/docs/models' },
];

/**
 * Batch interfaces: what each price is multiplied by; null is not known. OpenAI: only models whose
 * row of gpt-tokenizer names the batch endpoint.
 */
export const batchRules = [
  {
    slug: 'anthropic',
    pattern: /./,
    multiplier: 0.5,
    cacheMultiplier: 0.5,
    source:
      'https://platform.claude.com/docs/en/build-with-claude/batch-processing (half of all usage)',
    asOf: '2026-11-28',
  },
  {
    slug: 'google',
    pattern: /gemini-(2\.5|[3-9])/,
    multiplier: 0.5,
    cacheMultiplier: null,
    source:
      'Google Developers Blog, "Batch Mode in the Gemini API" (half of the standard rate; cached input not said)',
    asOf: '2026-11-28',
  },
  {
    slug: 'openai',
    pattern: /./,
    needsBatchEndpoint: true,
    multiplier: 0.5,
    cacheMultiplier: null,
    source:
      'gpt-tokenizer 4.0.0 (batch endpoint; its batch prices are half of its standard ones; cached input not said)',
    asOf: '2026-08-16',
  },
];
