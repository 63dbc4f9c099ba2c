import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { Overhead } from './chosen.ts';

export type BarPart =
  | 'used'
  | 'usedAtMost'
  | 'setting'
  | 'systemPrompt'
  | 'toolDefinitions'
  | 'instructions'
  | 'free'
  | 'over'
  | 'reserved';

/** A piece of the window, in the order in which the bar shows them; start and tokens are in tokens from the left. */
export interface BarSegment {
  readonly part: BarPart;
  readonly startTokens: number;
  readonly tokens: number;
}

/**
 * The window as pieces that never overlap: overhead by part, what is used for sure, what may be used on top (the interval),
 * what is free, and the reserved output at the end. Where it is too much, `over` is what lies beyond; the scale then grows.
 */
export function budgetBar(
  windowTokens: number,
  count: Pick<TokenCount, 'lowTokens' | 'highTokens'>,
  overhead: Overhead,
  reservedOutputTokens: number,
): { readonly scaleTokens: number; readonly segments: readonly BarSegment[] } {
  const pieces: (readonly [BarPart, number])[] = [
    ['setting', overhead.settingTokens],
    ['systemPrompt', overhead.systemPromptTokens],
    ['toolDefinitions', overhead.toolDefinitionTokens],
    ['instructions', overhead.instructionTokens],
    ['used', count.lowTokens],
    ['usedAtMost', count.highTokens - count.lowTokens],
  ];
  const room = Math.max(0, windowTokens - reservedOutputTokens);
  const segments: BarSegment[] = [];
  let at = 0;
  for (const [part, tokens] of pieces) {
    if (tokens <= 0) continue;
    const inside = Math.min(tokens, Math.max(0, room - at));
    if (inside > 0) segments.push({ part, startTokens: at, tokens: inside });
    at += tokens;
  }
  const over = Math.max(0, at - room);
  if (at < room) segments.push({ part: 'free', startTokens: at, tokens: room - at });
  if (reservedOutputTokens > 0) {
    segments.push({ part: 'reserved', startTokens: room, tokens: windowTokens - room });
  }
  if (over > 0) segments.push({ part: 'over', startTokens: windowTokens, tokens: over });
  return { scaleTokens: windowTokens + over, segments };
}
