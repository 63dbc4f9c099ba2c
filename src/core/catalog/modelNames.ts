/** Names that one model has besides its spelling, by the key of the other name. */
const sameModel: Readonly<Record<string, string>> = {
  'gemini-flash-2-0': 'gemini-2-0-flash',
  'gemini-2-0-flash-001': 'gemini-2-0-flash',
  'gemini-flash-1-5': 'gemini-1-5-flash',
  'gemini-pro-1-5': 'gemini-1-5-pro',
  'mistral-large-2': 'mistral-large-2407',
  'mistral-large-24-11': 'mistral-large-2411',
  'command-r-plus-08-2024': 'command-r-plus-0824',
  'command-r-08-2024': 'command-r-0824',
  'kimi-k2': 'kimi-k2-0711-preview',
  'qwen3-coder': 'qwen3-coder-480b-a35b',
  'mistral-large-2-2407': 'mistral-large-2407',
  'command-a': 'command-a-03-2025',
};

/**
 * One key for the ways in which catalogues, papers and Hugging Face spell a model:
 * "meta-llama/Meta-Llama-3.1-70B-Instruct" and "Llama 3.1 70B" are both "llama-3-1-70b".
 * Sizes, versions and dates stay: another size is another model.
 */
export function modelNameKey(name: string): string {
  const key = name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll('+', '-plus')
    .replace(/[\s._:]+/g, '-')
    .replace(/^meta-/, '')
    .replace(/^(qwen|llama|phi)-?(\d)/, (_, family: string, digit: string) =>
      family === 'qwen' ? `qwen${digit}` : `${family}-${digit}`,
    )
    .replace(/-instruct(?=-|$)/, '')
    .replace(/-(it|chat|hf|latest)$/, '')
    .replace(/-+/g, '-');
  return Object.hasOwn(sameModel, key) ? sameModel[key] : key;
}
