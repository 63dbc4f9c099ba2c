// Registers language models through VS Code's stable API, so that selectChatModels and countTokens work as with real ones.
const vscode = require('vscode');

/** Words, runs of white space and single signs, four letters at most: near what a real tokenizer counts. */
function plausibleCount(text) {
  return (text.match(/ ?[A-Za-z]{1,6}|[0-9]{1,3}|\s+|[^\sA-Za-z0-9]/g) ?? []).length;
}

const counts = {
  'claude-sonnet-4.5': plausibleCount,
  'fake-plausible': plausibleCount,
  // As VS Code itself once counted a message, whatever it said.
  'fake-constant': () => 3,
  'fake-characters': (text) => text.length,
  'fake-nonsense': () => Number.NaN,
  'fake-failing': () => {
    throw new Error('the quota is used up');
  },
};

exports.activate = (context) => {
  const model = (id) => ({
    id,
    name: id,
    family: id,
    version: '1',
    maxInputTokens: 100_000,
    maxOutputTokens: 1000,
    capabilities: {},
  });
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('faketests', {
      provideLanguageModelChatInformation: async () => Object.keys(counts).map(model),
      provideLanguageModelChatResponse: async (_model, _messages, _options, progress) => {
        progress.report(new vscode.LanguageModelTextPart('no answer'));
      },
      provideTokenCount: async ({ id }, text) =>
        counts[id](typeof text === 'string' ? text : String(text)),
    }),
  );
};
