import { architectureById } from '../../core/architectures/architectures.ts';
import { chunkedLocal } from '../../engine/index.ts';
import { numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { countRow } from '../numberRows.ts';
import {
  notSeen,
  patternPicture,
  patternRun,
  patternVisibility,
  type Pattern,
} from '../patterns.ts';
import { mostCells } from '../pictures/tiles.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { shortName, cacheRow, costedTokens, modelControl, withReach } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'chunkTokens', label: 'Chunk (tokens)', min: 1, max: 8192, step: 1, initial: 8, logarithmic: true },
  modelControl,
]; // prettier-ignore

export function chunkedPattern(chunkTokens: number): Pattern {
  const mask = chunkedLocal(chunkTokens);
  return {
    mask,
    isCausal: true,
    kinds: [notSeen, { name: 'in the same chunk', visibility: 'chunk' }],
    kindOf: (qIdx, kvIdx) => Number(mask(qIdx, kvIdx)),
    rangesOf: (qIdx) => [[qIdx - (qIdx % chunkTokens), qIdx + 1, 1]],
    cellsAt: (tokens) => {
      const rest = tokens % chunkTokens;
      const whole = (tokens - rest) / chunkTokens;
      return (whole * chunkTokens * (chunkTokens + 1)) / 2 + (rest * (rest + 1)) / 2;
    },
  };
}

export const chunkedLocalDemo: Demo = {
  id: 'chunkedLocal',
  mechanism: 9,
  title: 'Chunked local attention',
  line: 'Each token sees only its own chunk: the first token of a chunk sees nothing before it.',
  tags: ['patterns', 'caches'],
  basis: 'arithmetic',
  notice:
    'Step to the first token of a chunk: it sees itself alone, though the token before it was one step away; the last token of the chunk sees all of it. More layers don’t help, as nothing crosses the boundary in any of them: Llama 4 therefore puts a layer with full attention after every three chunked ones. In this family the chunk is 8,192 tokens.',
  formula: 'floor(j / C) = floor(i / C) and j ≤ i',
  source: {
    title: 'Hugging Face transformers, Llama 4: chunked attention',
    url: 'https://huggingface.co/docs/transformers/model_doc/llama4',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(chunkedLocalDemo, input);
    const chunkTokens = numberValue(controls, input, 'chunkTokens');
    const pattern = chunkedPattern(chunkTokens);
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const set = costedTokens(input);
    const scout = architectureById('llama-4-scout');
    const shared = [
      ...common,
      ...cacheRow('cacheBytes', `${shortName(scout)}’s cache, your tokens (its own chunked and full layers)`, scout, set),
      ...cacheRow('fullCacheBytes', 'The same model with full attention in all layers', withReach(scout, 'full'), set),
    ]; // prettier-ignore
    const numChunks = Math.ceil(tokens.length / chunkTokens);
    const outlines = Array.from({ length: numChunks }, (_, chunk) => {
      const start = chunk * chunkTokens;
      const size = Math.min(chunkTokens, tokens.length - start);
      return [start, start, size, size] as const;
    });
    const mask = patternPicture(pattern, tokens, tiles, {
      title: 'What one layer computes',
      ...(tokens.length <= mostCells ? { outlines } : {}),
    });
    return {
      // From the text's first token to its last.
      numFrames: tokens.length,
      openingFrame: Math.min(chunkTokens, tokens.length - 1),
      keyNumberId: 'visible',
      frame(index) {
        const start = index - (index % chunkTokens);
        const visible = index - start + 1;
        const caption =
          visible === 1 && index > 0
            ? `${namedToken(tokens, index)} begins a chunk: it sees itself alone, and none of the ${plural(index, 'token')} before.`
            : `${namedToken(tokens, index)} sees ${plural(visible, 'token')} of its chunk and none of the ${plural(start, 'token')} before it.`;
        return {
          caption,
          pictures: [
            mask,
            categoryTokens(
              { title: 'What this token sees', summary: caption, tokens },
              [{ name: 'not seen', isNothing: true }, { name: 'seen' }, { name: 'this token' }],
              (idx) => (idx === index ? 2 : Number(idx >= start && idx < index)),
            ),
          ],
          numbers: [
            countRow('visible', 'Tokens this token sees', visible, `${index} mod ${chunkTokens} + 1`),
            countRow('hidden', 'Earlier tokens hidden by the boundary', start),
            ...shared,
          ], // prettier-ignore
        };
      },
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(chunkedLocalDemo, input);
    const pattern = chunkedPattern(numberValue(controls, input, 'chunkTokens'));
    return patternVisibility(pattern, tokens.length, queryIdx);
  },
};
