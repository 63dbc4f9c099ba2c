import type { IndexedChunk } from './codeIndex.ts';
import type { PlanInput, PlannedRequest } from './plan.ts';
import { PartTokens, type ChunkedPart } from './partTokens.ts';
import { renderPart, renderPrompt, type Part } from './prompt.ts';

/** What a request has beside its code and instruction. */
export interface RequestExtras {
  /** Kept for the answers that it carries, and by their places in the plan. */
  readonly carriedTokens?: number;
  readonly answersOf?: readonly number[];
  /** False: the next task of this kind would send other chunks, or in another order. */
  readonly isStable?: boolean;
}

/**
 * Chunks become parts, parts become requests. Neighbouring chunks of a file are one part. Sizes are planned with the chunks'
 * own counts and a count of the header, which together are never less than the count of the joined text except where a merge
 * across the seam would have to cost tokens; the finished request is counted exactly, and shortened if it ever came out too long.
 */
export class RequestBuilder {
  private readonly paths: readonly string[];
  private readonly headers = new Map<number, number>();
  private readonly partTokens: PartTokens;

  constructor(private readonly input: PlanInput) {
    this.paths = input.index.files.map((file) => file.path);
    this.partTokens = new PartTokens(input);
  }

  /** Tokens around one part of this file: its header and fences, with line numbers too large to come up short. */
  headerTokens(fileIdx: number): number {
    let tokens = this.headers.get(fileIdx);
    if (tokens === undefined) {
      const part: Part = {
        fileIdx,
        startByte: 0,
        endByte: 0,
        startLine: 999_999,
        endLine: 999_999,
      };
      const header = renderPart(part, this.paths[fileIdx], oneByte, this.input.prompt);
      tokens = this.input.counter.countText(header) + seamTokens;
      this.headers.set(fileIdx, tokens);
    }
    return tokens;
  }

  /** The same around a whole file, without its lines. */
  wholeFileHeaderTokens(fileIdx: number): number {
    const part: Part = { fileIdx, startByte: 0, endByte: 0, startLine: 0, endLine: 0 };
    const header = renderPart(part, this.paths[fileIdx], noBytes, this.input.prompt);
    return this.input.counter.countText(header) + seamTokens;
  }

  instructionTokens(instruction: string): number {
    return this.input.counter.countText(`\n${instruction}`) + seamTokens;
  }

  /** Tokens of a chunk's text as it is sent: with line numbers each line costs more. */
  chunkTokens(chunk: IndexedChunk): number {
    if (!this.input.prompt.lineNumbers) return chunk.tokens;
    const digits = String(chunk.endLine + 1).length;
    return chunk.tokens + (chunk.endLine - chunk.startLine + 1) * (Math.ceil(digits / 3) + 2);
  }

  /**
   * The request of these chunks, in this order; throws nothing away silently: what had to go is returned.
   */
  build(
    chunkIdxs: readonly number[],
    role: PlannedRequest['role'],
    instruction: string,
    { carriedTokens = 0, answersOf = [], isStable = true }: RequestExtras = {},
  ): { request: PlannedRequest; dropped: readonly number[] } {
    const { budgetTokens, outputTokens } = this.input;
    const kept = [...chunkIdxs];
    const dropped: number[] = [];
    for (;;) {
      const parts = this.partsOf(kept);
      const counted = this.count(parts, instruction);
      const tokens = counted.tokens + carriedTokens;
      if (tokens <= budgetTokens || kept.length === 0) {
        return {
          request: {
            role,
            parts: parts.map(({ fileIdx, startByte, endByte, startLine, endLine }, i) => ({
              fileIdx,
              startByte,
              endByte,
              startLine,
              endLine,
              tokens: counted.partTokens[i],
            })),
            answersOf,
            instruction,
            tokens,
            outputTokens,
            stableTokens:
              isStable && parts.length > 0
                ? Math.max(0, tokens - carriedTokens - this.instructionTokens(instruction))
                : 0,
          },
          dropped: dropped.reverse(),
        };
      }
      dropped.push(kept.pop() as number);
    }
  }

  /** Exact tokens of the request that these chunks would make. */
  tokensOf(chunkIdxs: readonly number[], instruction: string): number {
    return this.count(this.partsOf(chunkIdxs), instruction).tokens;
  }

  private count(parts: readonly ChunkedPart[], instruction: string) {
    const { tokens, partTokens } = this.partTokens.of(parts, instruction);
    return { tokens: tokens ?? this.countWhole(parts, instruction), partTokens };
  }

  private countWhole(parts: readonly Part[], instruction: string): number {
    const { counter, textOf, prompt } = this.input;
    return counter.countText(renderPrompt({ parts, instruction }, this.paths, textOf, prompt));
  }

  /** Chunks in the order given; a chunk that follows on the one before it lengthens that part. */
  private partsOf(chunkIdxs: readonly number[]): ChunkedPart[] {
    const { chunks } = this.input.index;
    const parts: ChunkedPart[] = [];
    for (let i = 0; i < chunkIdxs.length;) {
      const firstChunk = chunkIdxs[i];
      const first = chunks[firstChunk];
      let lastChunk = firstChunk;
      for (i++; i < chunkIdxs.length && follows(chunks, lastChunk, chunkIdxs[i]); i++)
        lastChunk = chunkIdxs[i];
      const { fileIdx, startByte, startLine } = first;
      const { endByte, endLine } = chunks[lastChunk];
      parts.push({ fileIdx, startByte, endByte, startLine, endLine, firstChunk, lastChunk });
    }
    return parts;
  }
}

function follows(chunks: readonly IndexedChunk[], before: number, after: number): boolean {
  return after === before + 1 && chunks[after].fileIdx === chunks[before].fileIdx;
}

const oneByte = new Uint8Array(1);
const noBytes = new Uint8Array(0);
/** Joining texts can split what was one token on each side of the seam. */
const seamTokens = 2;

/** Fills a request chunk by chunk and says when the next one no longer fits. */
export class Filling {
  readonly chunkIdxs: number[] = [];
  tokens: number;
  private lastFile = -1;

  constructor(
    private readonly builder: RequestBuilder,
    private readonly chunks: readonly IndexedChunk[],
    private readonly budgetTokens: number,
    startTokens: number,
  ) {
    this.tokens = startTokens;
  }

  /** Adds the chunk if it fits. */
  add(chunkIdx: number): boolean {
    const chunk = this.chunks[chunkIdx];
    const header = chunk.fileIdx === this.lastFile ? 0 : this.builder.headerTokens(chunk.fileIdx);
    const tokens = this.tokens + header + this.builder.chunkTokens(chunk);
    if (tokens > this.budgetTokens) return false;
    this.tokens = tokens;
    this.lastFile = chunk.fileIdx;
    this.chunkIdxs.push(chunkIdx);
    return true;
  }

  get isEmpty(): boolean {
    return this.chunkIdxs.length === 0;
  }
}
