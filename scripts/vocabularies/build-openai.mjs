// Writes vocabularies/o200k_base.bin and cl100k_base.bin from js-tiktoken's ranks (MIT; the vocabularies are OpenAI's,
// published with tiktoken under MIT). `npm run build:vocabularies`
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { writeTokens } from './writeVocabulary.mjs';

/** Token bytes by id from js-tiktoken's text: lines of "! offset token token ..." with tokens in base64. */
function tokensOf(bpeRanks) {
  const tokens = [];
  for (const line of bpeRanks.split('\n').filter(Boolean)) {
    const [, offset, ...encoded] = line.split(' ');
    encoded.forEach((token, idx) => {
      tokens[Number(offset) + idx] = Buffer.from(token, 'base64');
    });
  }
  return tokens;
}

writeTokens({
  encoding: 'o200k_base',
  split: { kind: 'o200k', maxDigits: 3, contractions: true },
  tokens: tokensOf(o200k.bpe_ranks),
});
writeTokens({
  encoding: 'cl100k_base',
  split: { kind: 'cl100k', maxDigits: 3, contractions: true },
  tokens: tokensOf(cl100k.bpe_ranks),
});
