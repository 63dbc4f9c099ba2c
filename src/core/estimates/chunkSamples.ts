export interface ChunkSample {
  /** Tokens before the chunk. */
  readonly at: number;
  readonly newTokens: number;
  /** Chunks that this one stands for; a sum over all chunks is the sum of times x its value. */
  readonly times: number;
}

const mostSamples = 64;

/**
 * The chunks of a prompt: each of them, or, where there are very many, samples at equal distances with the straight line
 * between them summed. A chunk's time grows at most with the square of what is before it, so that the sum is off by less
 * than 1 in 10,000 (about 1 % where attention is cut into blocks, whose cost rises and falls), and a prompt of 1e9 tokens
 * takes no longer to work out than one of a million.
 */
export function chunkSamples(
  from: number,
  to: number,
  chunkTokens: number,
): readonly ChunkSample[] {
  const tokens = to - from;
  const whole = Math.floor(tokens / chunkTokens);
  const rest = tokens - whole * chunkTokens;
  const chunk = (idx: number, times: number): ChunkSample => ({
    at: from + idx * chunkTokens,
    newTokens: chunkTokens,
    times,
  });
  const last = rest === 0 ? [] : [{ at: to - rest, newTokens: rest, times: 1 }];
  if (whole <= mostSamples) {
    return [...Array.from({ length: whole }, (_, idx) => chunk(idx, 1)), ...last];
  }
  const nodes = Array.from({ length: mostSamples }, (_, idx) =>
    Math.round((idx * (whole - 1)) / (mostSamples - 1)),
  );
  // n chunks from one node up to the next: (n + 1) / 2 of the first and (n - 1) / 2 of the second.
  const samples = nodes.map((node, idx) => {
    const after = idx + 1 < nodes.length ? (nodes[idx + 1] - node + 1) / 2 : 1;
    const before = idx > 0 ? (node - nodes[idx - 1] - 1) / 2 : 0;
    return chunk(node, after + before);
  });
  return [...samples, ...last];
}
