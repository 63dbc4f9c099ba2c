/** Work done, for tests that hold counting to linear time without a clock. */
export interface OperationCounter {
  /** Merges done. */
  merges: number;
  /** Comparisons made to find the next merge: array steps and heap steps. */
  steps: number;
  /** Look-ups of a pair. */
  lookups: number;
}
