// Every kind of file and setting that is read, changed at random: an answer or an error that names what is wrong, never anything else.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, it } from 'vitest';
import { GgufNeedsMoreBytes, parseGgufHeader } from '../../src/core/architectures/gguf.ts';
import { ggufArchitecture } from '../../src/core/architectures/ggufArchitecture.ts';
import { parseHfConfig } from '../../src/core/architectures/hfConfig.ts';
import { parseModelList, parseOllamaShow } from '../../src/core/architectures/serverModel.ts';
import { models } from '../../src/core/catalog/models.ts';
import { parseOwnData, withOwnData } from '../../src/core/catalog/ownModels.ts';
import { readPriceFile } from '../../src/core/catalog/priceFile.ts';
import { parseTokenizerSettings } from '../../src/core/catalog/tokenizerSettings.ts';
import { parseUserModels } from '../../src/core/catalog/userModels.ts';
import { readCounted, readState } from '../../src/core/dashboard/checkState.ts';
import { InputError } from '../../src/core/estimates/inputError.ts';
import { parseNotebook } from '../../src/core/files/notebook.ts';
import { readTokenizerFile } from '../../src/core/tokenizerFiles/readTokenizerFile.ts';
import { TokenizerFileError } from '../../src/core/tokenizerFiles/tokenizerFileError.ts';
import { parseLearnt } from '../../src/core/tokens/estimate/learntRatios.ts';
import { createTokenEncoder } from '../../src/core/tokens/tokenEncoder.ts';
import { CountCache } from '../../src/node/countCache.ts';
import { EmbeddingStore } from '../../src/node/embeddingStore.ts';
import { IndexStore } from '../../src/node/indexStore.ts';
import { defaultChunkLimits } from '../../src/core/plans/chunks.ts';
import { packFile } from '../../src/core/plans/packedFile.ts';
import { WordTable } from '../../src/core/search/wordTable.ts';
import { ggufBytes } from '../core/architectures/ggufBytes.ts';
import { byteLevelJson, sentencePieceJson } from '../core/tokenizerFiles/miniTokenizers.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, often } from './attack.ts';
import { checkNumber, checkShape, fuzz, WrongNumber } from './fuzz.ts';
import {
  configs,
  ggufEntries,
  from,
  userModels,
  priceFile,
  ownData,
  notebook,
  ollama,
  modelList,
  state,
  counted,
  learnt,
  rankFile,
} from './inputSeeds.ts';
import {
  mutatedBytes,
  mutatedJson,
  mutatedText,
  mutatedValue,
  type Randomly,
} from './mutations.ts';

const never = () => false;
const isInputError = (error: Error) => error instanceof InputError;

describe('fuzzed', () => {
  const many = often(60, 10_000);
  it('configs of Hugging Face are read or refused by field', () =>
    attack('input', `${many} fuzzed HF configs`, (tally) => {
      fuzz(tally, 1, many, {
        seeds: configs.map((config) => JSON.stringify(config)),
        mutate: (seed, random) => mutatedJson(JSON.parse(seed), random),
        read: (text) => {
          checkShape(parseHfConfig(text));
        },
        isAnswer: isInputError,
      });
    }));

  it('GGUF headers are read or refused by field', () =>
    attack('input', `${many} fuzzed GGUF headers`, (tally) => {
      fuzz(tally, 2, many, {
        seeds: [ggufBytes(ggufEntries)],
        mutate: (seed, random) =>
          random.below(2) === 0 ? mutatedBytes(seed, random) : ggufBytes(mutatedEntries(random)),
        read: (bytes) => {
          checkShape(ggufArchitecture(parseGgufHeader(bytes)));
        },
        isAnswer: (error) => isInputError(error) || error instanceof GgufNeedsMoreBytes,
      });
    }));

  it('answers of model servers are read or refused', () =>
    attack('input', `${2 * many} fuzzed answers about models`, (tally) => {
      fuzz<unknown>(tally, 3, many, {
        seeds: [ollama],
        mutate: mutatedValue,
        read: (answer) => {
          checkShape(parseOllamaShow(answer, 'x'));
        },
        isAnswer: isInputError,
      });
      fuzz<unknown>(tally, 4, many, {
        seeds: [modelList],
        mutate: mutatedValue,
        read: (answer) => {
          for (const one of parseModelList(answer)) checkNumber(one.contextWindowTokens, 'window');
        },
        isAnswer: isInputError,
      });
    }));

  const some = often(15, 2_000);
  it('tokenizer.json files count or are refused with the reason', () =>
    attack('input', `${some} fuzzed tokenizer.json files`, (tally) => {
      const seeds = [byteLevelJson(), sentencePieceJson()].map((json) => JSON.stringify(json));
      fuzz(tally, 5, some, {
        seeds,
        mutate: (seed, random) => mutatedJson(JSON.parse(seed), random),
        read: countWith(undefined),
        isAnswer: (error) => error instanceof TokenizerFileError,
      });
    }));

  it('rank files count or are refused with the line', () =>
    attack('input', `${many} fuzzed rank files`, (tally) => {
      fuzz(tally, 6, many, {
        seeds: [rankFile],
        mutate: mutatedText,
        read: countWith('cl100k_base'),
        isAnswer: (error) => error instanceof TokenizerFileError,
      });
    }));

  it('price files are read or refused by name', () =>
    attack('input', `${many} fuzzed price files`, (tally) => {
      fuzz(tally, 7, many, {
        seeds: [JSON.stringify(priceFile)],
        mutate: (seed, random) => mutatedJson(JSON.parse(seed), random),
        read: (text) => {
          for (const { prices } of readPriceFile(text, models, from).models)
            for (const { base } of prices?.value ?? [])
              for (const usd of Object.values(base))
                if (typeof usd === 'number') checkNumber(usd, 'a price');
        },
        isAnswer: (error) =>
          (error instanceof TypeError || error instanceof RangeError) &&
          error.message.startsWith('a.json '),
      });
    }));

  it('settings and what was kept are used as far as they can be, and never stop anything', () =>
    attack('input', `${5 * many} fuzzed settings and kept states`, (tally) => {
      const json = (offset: number, seeds: readonly unknown[], read: (value: unknown) => void) => {
        fuzz<unknown>(tally, offset, many, { seeds, mutate: mutatedValue, read, isAnswer: never });
      };
      json(8, [userModels], (value) => {
        for (const model of parseUserModels(value, from).models)
          checkNumber(model.contextWindowTokens?.value, 'window');
      });
      json(
        9,
        [{ 'me/own': { file: 'own.tiktoken', split: 'cl100k_base' }, 'a/b': 'tokenizer.json' }],
        (value) => parseTokenizerSettings(value),
      );
      json(10, [ownData], (value) => {
        const own = parseOwnData(value);
        withOwnData(models, own);
        for (const { architecture } of own.models)
          if (architecture !== undefined) checkShape(architecture);
      });
      json(11, [state, counted], (value) => {
        readState(value);
        readCounted(value);
      });
      json(12, [learnt], (value) => parseLearnt(value));
    }));

  it('notebooks are read as such or as text', () =>
    attack('input', `${many} fuzzed notebooks`, (tally) => {
      fuzz(tally, 13, many, {
        seeds: [JSON.stringify(notebook)],
        mutate: (seed, random) => mutatedJson(JSON.parse(seed), random),
        read: (text) => {
          const read = parseNotebook(text);
          checkNumber(read?.outputBytes, 'output');
        },
        isAnswer: never,
      });
    }));

  it('caches of counts, indexes and vectors count as nothing', () =>
    attack('input', `${3 * some} fuzzed cache files`, (tally) => {
      const folder = tempTree();
      const cache = new CountCache(folder, '/root', 't');
      const stamp = { bytes: 3, mtimeMs: 1000, ctimeMs: 1000 };
      const result = {
        type: 'counted',
        kind: 'code',
        lines: 1,
        tokens: 7,
        outputBytes: 0,
      } as const;
      for (let i = 0; i < 20; i++)
        cache.remember(`f${i}`, { stamp, hash: 'ab'.repeat(32), result, readMs: 1e6, usedMs: 1 });
      cache.save();
      const indexes = tempTree();
      const store = new IndexStore(indexes, '/root', 'o200k_base', defaultChunkLimits);
      const words = new WordTable();
      words.add(Buffer.from('word'), 0, 4);
      const packed = packFile({
        outline: { language: undefined, declarations: [], imports: [], cutLines: [] },
        chunks: [],
        wordIds: new Uint32Array(1),
        wordCounts: new Uint16Array(1),
        wordEnds: new Uint32Array(1),
      });
      const kept = { hash: 'ab'.repeat(32), usedMs: 1, hasSecrets: false, packed };
      store.save({ words, files: new Map([['a.ts', kept]]) });
      const embeddings = tempTree();
      const target = { address: 'http://127.0.0.1:9/api/embed', modelName: 'm' };
      const vectors = new Map([
        ['a'.repeat(24), Float32Array.of(0.5, -2)],
        ['b'.repeat(24), Float32Array.of(1, 3)],
      ]);
      new EmbeddingStore(embeddings, target).save(vectors);
      const files = [folder, indexes, embeddings].map((where) =>
        path.join(where, readdirSync(where)[0]),
      );
      const whole = files.map((file) => readFileSync(file));
      fuzz(tally, 14, some, {
        seeds: [whole[0]],
        mutate: mutatedBytes,
        isAnswer: never,
        read: (bytes) => {
          writeFileSync(files[0], bytes);
          const isSame = whole[0].equals(bytes);
          if (new CountCache(folder, '/root', 't').size !== (isSame ? 20 : 0))
            throw new WrongNumber('a changed cache is believed');
        },
      });
      fuzz(tally, 15, some, {
        seeds: [whole[1]],
        mutate: mutatedBytes,
        isAnswer: never,
        read: (bytes) => {
          writeFileSync(files[1], bytes);
          const { files: read } = store.load();
          const isSame = isDeepStrictEqual(read.get('a.ts'), kept);
          // A blank of its first line may be another blank: that changes nothing.
          if (read.size !== 0 && !isSame) throw new WrongNumber('a changed index is believed');
        },
      });
      fuzz(tally, 16, some, {
        seeds: [whole[2]],
        mutate: mutatedBytes,
        isAnswer: never,
        read: (bytes) => {
          writeFileSync(files[2], bytes);
          const read = new EmbeddingStore(embeddings, target).load();
          if (read.size !== 0 && !isDeepStrictEqual(read, vectors))
            throw new WrongNumber('changed vectors are believed');
        },
      });
    }));
});

function countWith(split: string | undefined): (text: string) => void {
  return (text) => {
    const encoder = createTokenEncoder(readTokenizerFile(text, split, 'test'));
    const tokens = encoder.countText('Hello, wörld! 漢字 ab abc\n  const a = 1;');
    if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > 200)
      throw new WrongNumber(`${tokens} tokens`);
  };
}

function mutatedEntries(random: Randomly): Parameters<typeof ggufBytes>[0] {
  const changed = mutatedValue(ggufEntries, random) as Record<string, unknown>;
  const valid = Object.entries(changed ?? {}).filter(
    (entry): entry is [string, string | number | string[]] =>
      typeof entry[1] === 'string' ||
      typeof entry[1] === 'number' ||
      (Array.isArray(entry[1]) && entry[1].every((one) => typeof one === 'string')),
  );
  return Object.fromEntries(valid);
}
