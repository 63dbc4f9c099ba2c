import { architectureById } from '../../core/architectures/architectures.ts';
import {
  copyingTask,
  maxAbsDifference,
  s4dConvolution,
  s4dKernel,
  s4dRecurrence,
  selectiveCopying,
  type CopyingTask,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { bytesRow, numberRow, partRow } from '../numberRows.ts';
import type { BlocksPicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { cacheRow, costedTokens, shortName } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numCopied', label: 'Tokens to copy', min: 1, max: 12, step: 1, initial: 5 },
  { kind: 'number', id: 'numSymbols', label: 'Different symbols', min: 2, max: 8, step: 1, initial: 4 },
  {
    kind: 'choice',
    id: 'placing',
    label: 'Where they stand',
    options: [
      { value: 'random', label: 'anywhere in the text' },
      { value: 'even', label: 'evenly, as S4 is tuned' },
    ],
    initial: 'random',
  },
  { kind: 'number', id: 'spacing', label: 'S4 is tuned to one every … tokens', min: 1, max: 16, step: 1, initial: 4 },
  seedControl,
]; // prettier-ignore

const reading = [{ name: 'noise' }, { name: 'to copy' }, { name: 'not read yet', isNothing: true }];
const spelling = [{ name: 'to copy' }, { name: 'wrong' }, { name: 'right' }];
const letterOf = (symbol: number) => (symbol < 0 ? '–' : String.fromCharCode(65 + symbol));

/** The text as a copying task: some of its tokens stand for symbols, all others are noise. */
export function taskOf(input: DemoInput, numTokens: number): CopyingTask {
  const spacing = numberValue(controls, input, 'spacing');
  const isEven = choiceValue(controls, input, 'placing') === 'even';
  const asked = numberValue(controls, input, 'numCopied');
  const room = isEven ? Math.floor((numTokens - 1) / spacing) + 1 : numTokens;
  return copyingTask({
    tokens: numTokens,
    numCopied: Math.min(asked, room),
    numSymbols: numberValue(controls, input, 'numSymbols'),
    seed: numberValue(controls, input, 'seed'),
    ...(isEven ? { spacing } : {}),
  });
}

/** S4 as the engine's construction tunes it: one channel, one number, divided by the base once in `spacing` tokens. */
function tunedS4(base: number, spacing: number) {
  const a = -Math.log(base) / spacing;
  return {
    delta: Float64Array.of(1),
    A: Float64Array.of(a),
    B: Float64Array.of(a / Math.expm1(a)),
    C: Float64Array.of(1),
  };
}

export const selectiveCopyingDemo: Demo = {
  id: 'selectiveCopying',
  mechanism: 37,
  title: 'S4 against Mamba: selective copying',
  line: 'Copy some tokens and skip the rest: a fixed kernel can’t, a step that depends on the token can.',
  tags: ['state space'],
  basis: 'a construction whose outcome is known',
  notice:
    'Both models hold one number and write the symbols into its digits. Mamba’s step is 1 at a token to copy and 0 at noise, so noise neither shifts nor adds anything: it spells all of them, wherever they stand. S4 has one step for all tokens, and its kernel is the same whatever the text says; tuned to the right spacing it is perfect too (choose “evenly”), but let the noise vary and its digits run into each other. Both are constructed, not trained. As a convolution and as a recurrence S4 gives the same, which is what its fixed kernel buys.',
  formula: 'S4: y = K ∗ u, K[l] = C Ā^l B̄; S6: h = e^(Δ(x) A) h + Δ(x) B u, Δ(noise) = 0',
  source: {
    title: 'Gu & Dao 2023, Mamba, section 3.1 and figure 2; Gu et al. 2022, S4D',
    url: 'https://arxiv.org/abs/2312.00752',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(selectiveCopyingDemo, input);
    const task = taskOf(input, tokens.length);
    const { numSymbols, symbols } = task;
    const spacing = numberValue(controls, input, 'spacing');
    const base = numSymbols + 1;
    const shape = { channels: 1, stateSize: 1, tokens: tokens.length };
    const parameters = tunedS4(base, spacing);
    const u = Float64Array.from(symbols, (symbol) => symbol + 1);
    const maxDifference = maxAbsDifference(
      s4dConvolution(u, parameters, shape),
      s4dRecurrence(u, parameters, shape).y,
    );
    const kernel = s4dKernel(parameters, shape);
    const model = architectureById('mamba2-2.7b');
    const set = costedTokens(input);
    const shared = [
      numberRow('maxDifference', 'S4: largest difference of convolution and recurrence', maxDifference),
      bytesRow('stateBytes', 'State of either', 8, 'one number'),
      ...cacheRow('modelStateBytes', `State of ${shortName(model)}, any text`, model, set),
    ]; // prettier-ignore
    return {
      // Token by token.
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'selectiveCorrect',
      frame(index) {
        const read = { symbols: symbols.slice(0, index + 1), numSymbols };
        const result = selectiveCopying(read, spacing);
        const { wanted, selectiveCorrect, timeInvariantCorrect } = result;
        const isSymbol = symbols[index] >= 0;
        const caption = `${namedToken(tokens, index)} is ${isSymbol ? `to be copied, as ${letterOf(symbols[index])}` : 'noise'}. Of ${plural(wanted.length, 'symbol')} so far Mamba spells ${selectiveCorrect} right, S4 ${timeInvariantCorrect}.`;
        return {
          caption,
          pictures: [
            categoryTokens(
              {
                title: 'The text',
                summary: `${plural(wanted.length, 'token')} to copy among ${plural(index + 1 - wanted.length, 'token')} of noise so far.`,
                tokens,
              },
              reading,
              (idx) => (idx > index ? 2 : symbols[idx] >= 0 ? 1 : 0),
            ),
            spelled(result, caption),
            seriesPicture({
              title: 'Weight of earlier tokens in the state',
              summary: 'S4’s kernel depends on the age alone; Mamba’s weight on how many tokens to copy came since, and noise has none.',
              xLabel: 'age (tokens)',
              yLabel: 'weight',
              yScale: 'log',
              series: [
                { name: 'S4: the same for every text', points: Array.from({ length: index + 1 }, (_, age) => [age, kernel[age]] as const) },
                { name: 'Mamba: tokens to copy in this text', points: selectiveWeights(read.symbols, base) },
              ],
            }),
          ],
          numbers: [
            partRow('selectiveCorrect', 'Mamba (S6): symbols right', selectiveCorrect, wanted.length),
            partRow('timeInvariantCorrect', 'S4: symbols right', timeInvariantCorrect, wanted.length),
            ...shared,
          ],
        }; // prettier-ignore
      },
    };
  },
};

/** By age, of the tokens to copy: divided by the base once for each that came after. */
function selectiveWeights(symbols: Int32Array, base: number) {
  const points: (readonly [number, number])[] = [];
  for (let idx = symbols.length - 1; idx >= 0; idx--) {
    if (symbols[idx] >= 0) points.push([symbols.length - 1 - idx, base ** -points.length]);
  }
  return points;
}

function spelled(result: ReturnType<typeof selectiveCopying>, summary: string): BlocksPicture {
  const { wanted, selective, timeInvariant } = result;
  const row = (label: string, spelledSymbols: Int32Array) => ({
    label,
    cells: Array.from(spelledSymbols, (symbol, idx) => ({
      label: letterOf(symbol),
      category: symbol === wanted[idx] ? 2 : 1,
    })),
  });
  return {
    kind: 'blocks',
    title: 'What the states spell',
    summary,
    categories: spelling,
    rows: [
      {
        label: 'to copy',
        cells: Array.from(wanted, (symbol) => ({ label: letterOf(symbol), category: 0 })),
      },
      row('Mamba (S6)', selective),
      row('S4', timeInvariant),
    ],
  };
}
