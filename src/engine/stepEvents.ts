/**
 * What recurrences, routers and schedulers can be watched doing. The arrays are live: copy what you want to keep, change
 * nothing. As with every observer, an event is only built when someone asked for its kind.
 */
export interface StepObserver {
  readonly stateStep?: (event: StateStepEvent) => void;
  readonly deltaWrite?: (event: DeltaWriteEvent) => void;
  readonly scanBlock?: (event: ScanBlockEvent) => void;
  readonly routing?: (event: RoutingEvent) => void;
  readonly batchStep?: (event: BatchStepEvent) => void;
  readonly allReduce?: (event: AllReduceEvent) => void;
}

/** One token entering a recurrent state: state = keep x state + write, number by number. */
export interface StateStepEvent {
  readonly mechanism: 's4d' | 'selectiveScan' | 'ssd' | 'linearAttention' | 'rwkv';
  readonly tokenIdx: number;
  /** The head or channel whose state this is. */
  readonly partIdx: number;
  /** Share of the old state that stays: one number for the whole state, or one per number of the state. */
  readonly keep: Float64Array;
  /** What this token added; as long as `state`. */
  readonly write: Float64Array;
  /** The state after the token. */
  readonly state: Float64Array;
}

/** One token of the gated delta rule: what was stored under its key goes (in part), its own value comes. */
export interface DeltaWriteEvent {
  readonly tokenIdx: number;
  readonly headIdx: number;
  /** Share of the whole state that stays, exp(logDecay). */
  readonly keep: number;
  /** How much of the difference is written, 0 to 1. */
  readonly beta: number;
  /** (keyDim): the key, normalised. */
  readonly key: Float64Array;
  /** (valueDim): what the state answered for this key before the write. */
  readonly erased: Float64Array;
  /** (valueDim): beta x (value - erased), added along the key. */
  readonly written: Float64Array;
  /** (keyDim, valueDim): the state after the write. */
  readonly state: Float64Array;
}

/** One block of a scan in block form. */
export interface ScanBlockEvent {
  readonly blockIdx: number;
  readonly firstTokenIdx: number;
  readonly tokens: number;
  /** The head or channel, -1 when the event is for all of them. */
  readonly partIdx: number;
  /** State handed in by the blocks before, and handed on. */
  readonly stateIn: Float64Array;
  readonly stateOut: Float64Array;
}

/** Where a router sent one token. */
export interface RoutingEvent {
  readonly tokenIdx: number;
  /** Chosen experts, best first, and their weights. */
  readonly experts: readonly number[];
  readonly weights: readonly number[];
}

/** One step of a serving engine: every request in it gets a part of a forward pass. */
export interface BatchStepEvent {
  readonly stepIdx: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly work: readonly BatchWork[];
}

export interface BatchWork {
  readonly requestIdx: number;
  readonly phase: 'prefill' | 'decode' | 'idle';
  /** Tokens computed for this request in this step; 0 when its slot idles. */
  readonly tokens: number;
}

/** One all-reduce of a tensor-parallel layer. */
export interface AllReduceEvent {
  readonly after: 'attention' | 'mlp';
  readonly numRanks: number;
  /** Numbers in the summed tensor. */
  readonly elements: number;
  /** Bytes each rank sends (and receives) in a ring all-reduce. */
  readonly bytesPerRank: number;
}
