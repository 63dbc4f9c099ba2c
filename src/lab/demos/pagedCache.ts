import { architectureById } from '../../core/architectures/architectures.ts';
import { kvCacheBytesPerToken } from '../../core/estimates/kvCache.ts';
import { formatCount, formatPercent } from '../../core/format/numbers.ts';
import {
  compareOccupancy,
  createPagedPool,
  createRandom,
  sliceTokens,
  type PagedSequence,
} from '../../engine/index.ts';
import { numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, countRow, partRow, percentRow } from '../numberRows.ts';
import type { BarsPicture, BlocksPicture } from '../picture.ts';
import { costedTokens, shortName } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'blockTokens', label: 'Block (tokens)', min: 4, max: 64, step: 4, initial: 16 },
  { kind: 'number', id: 'numSequences', label: 'Sequences', min: 1, max: 8, step: 1, initial: 4 },
  { kind: 'number', id: 'sharedPercent', label: 'Of the text a shared prefix (%)', min: 0, max: 100, step: 5, initial: 60 },
  { kind: 'number', id: 'reservedTokens', label: 'Contiguous: reserved for each (tokens)', min: 64, max: 8192, step: 64, initial: 1024, logarithmic: true },
  seedControl,
]; // prettier-ignore

const headDim = 4;
const mostSteps = 128;

const blockKinds = [
  { name: 'own block, full' },
  { name: 'own block, partly empty' },
  { name: 'shared block' },
  { name: 'copied on write' },
];

interface Snapshot {
  readonly tables: readonly (readonly number[])[];
  readonly tokens: readonly number[];
  readonly references: readonly number[];
  readonly wastedSlots: number;
  /** Copies so far. */
  readonly copies: number;
}

/** The text's first part once, then every sequence on from it with a stretch of the rest, token by token. */
export function runPool(input: DemoInput, tokens: readonly string[]) {
  const blockTokens = numberValue(controls, input, 'blockTokens');
  const numSequences = numberValue(controls, input, 'numSequences');
  const seed = numberValue(controls, input, 'seed');
  const share = numberValue(controls, input, 'sharedPercent') / 100;
  const { k, v } = embedHeads(tokens, { numHeads: 1, headDim, seed });
  const part = (all: Float32Array, start: number, end: number) =>
    sliceTokens(all, 1, headDim, start, end);
  const prefixTokens = Math.round(share * tokens.length);
  const rest = tokens.length - prefixTokens;
  const random = createRandom(seed);
  const ownTokens = Array.from({ length: numSequences }, () =>
    rest === 0 ? 0 : 1 + random.integer(rest),
  );
  const blocksOf = (count: number) => Math.ceil(count / blockTokens) + 1;
  const numBlocks = blocksOf(prefixTokens) + ownTokens.reduce((sum, own) => sum + blocksOf(own), 0);
  const pool = createPagedPool(
    { numKvHeads: 1, headDim },
    { numBlocks, blockTokens, bytesPerElement: 2 },
  );
  const origin = pool.createSequence();
  origin.append(part(k, 0, prefixTokens), part(v, 0, prefixTokens));
  const sequences: readonly PagedSequence[] = ownTokens.map(() => origin.fork());
  // The prefix lives on in the sequences that share it.
  origin.release();
  let copies = 0;
  const snapshots: Snapshot[] = [];
  const snap = () => {
    snapshots.push({
      tables: sequences.map(({ blockTable }) => blockTable),
      tokens: sequences.map((one) => one.tokens),
      references: Array.from({ length: numBlocks }, (_, block) => pool.referencesOf(block)),
      wastedSlots: wastedSlots(sequences),
      copies,
    });
  };
  snap();
  const longest = Math.max(...ownTokens);
  const stride = Math.max(1, Math.ceil(longest / mostSteps));
  for (let start = 0; start < longest; start += stride) {
    sequences.forEach((sequence, idx) => {
      const end = Math.min(start + stride, ownTokens[idx]);
      if (end <= start) return;
      const before = sequence.blockTable;
      const [from, to] = [prefixTokens + start, prefixTokens + end];
      sequence.append(part(k, from, to), part(v, from, to));
      copies += before.filter((block, place) => sequence.blockTable[place] !== block).length;
    });
    snap();
  }
  return { snapshots, pool, prefixTokens, blockTokens, sequences };
}

/** Slots that hold nothing, each block counted once: only a last block has any. */
function wastedSlots(sequences: readonly PagedSequence[]): number {
  const wasted = new Map<number, number>();
  for (const sequence of sequences) {
    const last = sequence.blockTable.at(-1);
    if (last !== undefined) wasted.set(last, sequence.wastedSlots);
  }
  return [...wasted.values()].reduce((sum, one) => sum + one, 0);
}

export const pagedCacheDemo: Demo = {
  id: 'pagedCache',
  mechanism: 17,
  title: 'Paged KV cache',
  line: 'Blocks of equal size and a table for each sequence: nothing is reserved, prefixes are shared.',
  tags: ['caches', 'systems'],
  basis: 'arithmetic',
  notice:
    'At the start all sequences point to the same blocks: the shared part of your text is stored once. The first token that one of them adds to a shared block that is not full makes it copy that block; watch its number change in the table. From then on each takes a block when it needs one. What is wasted is the empty end of the last blocks, less than one block for each sequence, while a contiguous cache reserves the greatest length for all of them. Set the prefix to a multiple of the block and no copy is needed.',
  formula: 'slot of token i = table[⌊i / B⌋] · B + i mod B',
  source: {
    title: 'Kwon et al. 2023, PagedAttention, section 4',
    url: 'https://arxiv.org/abs/2309.06180',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(pagedCacheDemo, input);
    const { snapshots, pool, prefixTokens, blockTokens, sequences } = runPool(input, tokens);
    const asked = numberValue(controls, input, 'reservedTokens');
    const reservedTokens = Math.max(asked, tokens.length);
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const perToken = kvCacheBytesPerToken(llama) ?? 0;
    const window = llama.contextWindowTokens ?? set;
    const setBlocks = Math.ceil(set / blockTokens) * blockTokens;
    const shared = [
      countRow('prefixTokens', 'Tokens of the shared prefix', prefixTokens, `of ${tokens.length}`),
      bytesRow('blockBytes', `A block of ${shortName(llama)}’s cache`, blockTokens * perToken, `${blockTokens} tokens x ${formatCount(perToken)} B, all layers`),
      bytesRow('modelPagedBytes', `${shortName(llama)}, your tokens, in blocks`, setBlocks * perToken, `${formatCount(setBlocks)} slots x ${formatCount(perToken)} B`),
      ...(set <= window ? [bytesRow('modelReservedBytes', `${shortName(llama)}, its whole window reserved`, window * perToken, `${formatCount(window)} slots x ${formatCount(perToken)} B`)] : []),
    ]; // prettier-ignore
    return {
      // The prefix, then token by token of the sequences' own.
      numFrames: snapshots.length,
      openingFrame: snapshots.length - 1,
      keyNumberId: 'wastedSlots',
      frame(index) {
        const snapshot = snapshots[index];
        const usedBlocks = snapshot.references.filter((count) => count > 0).length;
        const sharedBlocks = snapshot.references.filter((count) => count > 1).length;
        const { contiguous, paged } = compareOccupancy(
          snapshot.tokens,
          reservedTokens,
          blockTokens,
        );
        const slots = usedBlocks * blockTokens;
        const caption =
          index === 0
            ? `${plural(sequences.length, 'sequence')} share${sequences.length === 1 ? 's' : ''} ${plural(usedBlocks, 'block')} of prefix.`
            : `${plural(usedBlocks, 'block')} in use, ${formatCount(sharedBlocks)} of them shared; ${plural(snapshot.copies, 'block was', 'blocks were')} copied so far.`;
        const bars: BarsPicture = {
          kind: 'bars',
          title: 'Slots set aside',
          summary: `Contiguous ${formatCount(contiguous.reservedTokens)}, ${formatPercent(100 * contiguous.usedShare)} of them used; in blocks ${formatCount(paged.reservedTokens)}; with the prefix shared ${formatCount(slots)}.`,
          valueLabel: 'token slots',
          categories: [{ name: 'holds a token' }, { name: 'empty', isNothing: true }],
          bars: [
            { label: 'contiguous', parts: [contiguous.usedTokens, contiguous.reservedTokens - contiguous.usedTokens] },
            { label: 'blocks', parts: [paged.usedTokens, paged.reservedTokens - paged.usedTokens] },
            { label: 'blocks, prefix shared', parts: [slots - snapshot.wastedSlots, snapshot.wastedSlots] },
          ],
        }; // prettier-ignore
        return {
          caption,
          pictures: [tables(snapshot, snapshots[0], blockTokens, caption), bars],
          numbers: [
            countRow('wastedSlots', 'Slots of blocks in use that hold nothing', snapshot.wastedSlots, 'the empty ends of last blocks, a shared one counted once'),
            partRow('usedBlocks', 'Blocks in use', usedBlocks, pool.numBlocks),
            countRow('sharedBlocks', 'Blocks that several sequences use', sharedBlocks),
            countRow('copies', 'Blocks copied on write so far', snapshot.copies),
            percentRow('contiguousShare', 'Contiguous: share of the slots used', contiguous.usedShare, `${formatCount(contiguous.usedTokens)} of ${formatCount(contiguous.reservedTokens)}${reservedTokens > asked ? `; ${formatCount(reservedTokens)} are reserved for each, as your text needs` : ''}`),
            percentRow('pagedShare', 'Blocks, nothing shared: share used', paged.usedShare, `${formatCount(paged.usedTokens)} of ${formatCount(paged.reservedTokens)}`),
            ...shared,
          ],
        }; // prettier-ignore
      },
    };
  },
};

/** The block tables, a row for each sequence, every block by its number in the pool. */
function tables(
  snapshot: Snapshot,
  start: Snapshot,
  blockTokens: number,
  summary: string,
): BlocksPicture {
  return {
    kind: 'blocks',
    title: 'Block tables',
    summary,
    categories: blockKinds,
    rows: snapshot.tables.map((table, idx) => ({
      label: `${idx + 1}: ${plural(snapshot.tokens[idx], 'token')}`,
      cells: table.map((block, place) => {
        const isShared = snapshot.references[block] > 1;
        const first = start.tables[idx][place] as number | undefined;
        const isCopy = first !== undefined && first !== block;
        const isFull = (place + 1) * blockTokens <= snapshot.tokens[idx];
        const category = isShared ? 2 : isCopy ? 3 : isFull ? 0 : 1;
        return { label: String(block), category };
      }),
    })),
  };
}
