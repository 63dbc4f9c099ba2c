// Attention of the engine beside a plain triple loop and the kernels of onnxruntime-web and TensorFlow.js (WASM backends, one
// thread), in one process, one after another, best of a few runs.
// usage: npm run bench:engine            lengths 512 to 8192, head dimensions 64 and 128, 1 and 8 heads, sparse masks
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { installPeers } from './install.mjs';

installPeers();
const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

const outFolder = await mkdtemp(path.join(os.tmpdir(), 'context-budget-bench-'));
process.on('exit', () => void rm(outFolder, { recursive: true, force: true }));
const engineFile = path.join(outFolder, 'engine.mjs');
await build({
  entryPoints: [path.join(here, '../../src/engine/index.ts')],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  outfile: engineFile,
  logLevel: 'warning',
});
const engine = await import(pathToFileURL(engineFile).href);

/** FLOPs of causal attention: two products of 2 x headDim for each of n (n + 1) / 2 cells and head. */
const causalFlops = (n, headDim, numHeads) => numHeads * 4 * headDim * ((n * (n + 1)) / 2);

/** The fair plain form: causal bounds in the loop, no predicate, one scratch row of n. */
function tripleLoop(q, k, v, n, headDim, numHeads) {
  const output = new Float32Array(numHeads * n * headDim);
  const scores = new Float64Array(n);
  const scale = 1 / Math.sqrt(headDim);
  for (let head = 0; head < numHeads; head++) {
    const base = head * n * headDim;
    for (let i = 0; i < n; i++) {
      const qStart = base + i * headDim;
      let largest = -Infinity;
      for (let j = 0; j <= i; j++) {
        const kStart = base + j * headDim;
        let dot = 0;
        for (let dim = 0; dim < headDim; dim++) dot += q[qStart + dim] * k[kStart + dim];
        scores[j] = dot * scale;
        if (scores[j] > largest) largest = scores[j];
      }
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += scores[j] = Math.exp(scores[j] - largest);
      for (let j = 0; j <= i; j++) {
        const weight = scores[j] / sum;
        const vStart = base + j * headDim;
        for (let dim = 0; dim < headDim; dim++) output[qStart + dim] += weight * v[vStart + dim];
      }
    }
  }
  return output;
}

async function onnxContender() {
  const ort = require('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  const sessions = new Map();
  return {
    name: 'onnxruntime-web',
    note: 'dense MatMul, masked Softmax, MatMul: it has no causal kernel, so it computes every cell',
    async run({ q, k, v, n, headDim, numHeads, mask }) {
      const key = `${n} ${headDim} ${numHeads}`;
      if (!sessions.has(key)) {
        const model = onnxAttention(n, headDim, numHeads);
        sessions.set(
          key,
          await ort.InferenceSession.create(model, { executionProviders: ['wasm'] }),
        );
      }
      const session = sessions.get(key);
      const dims = [numHeads, n, headDim];
      const result = await session.run({
        q: new ort.Tensor('float32', q, dims),
        kT: new ort.Tensor('float32', transposed(k, n, headDim, numHeads), [numHeads, headDim, n]),
        v: new ort.Tensor('float32', v, dims),
        mask: new ort.Tensor('float32', mask, [1, n, n]),
      });
      return result.o.data;
    },
  };
}

function transposed(k, n, headDim, numHeads) {
  const out = new Float32Array(k.length);
  for (let head = 0; head < numHeads; head++)
    for (let i = 0; i < n; i++)
      for (let dim = 0; dim < headDim; dim++)
        out[head * n * headDim + dim * n + i] = k[head * n * headDim + i * headDim + dim];
  return out;
}

async function tensorflowContender() {
  const tf = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(
    `${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`,
  );
  wasm.setThreadsCount(1);
  await tf.setBackend('wasm');
  return {
    name: 'tfjs-wasm',
    note: 'dense, masked by addition',
    async run({ q, k, v, n, headDim, numHeads, mask }) {
      const dims = [numHeads, n, headDim];
      const output = tf.tidy(() => {
        const scores = tf.matMul(tf.tensor3d(q, dims), tf.tensor3d(k, dims), false, true);
        const scaled = tf.add(tf.mul(scores, 1 / Math.sqrt(headDim)), tf.tensor3d(mask, [1, n, n]));
        return tf.matMul(tf.softmax(scaled), tf.tensor3d(v, dims));
      });
      const data = await output.data();
      output.dispose();
      return data;
    },
  };
}

// --- A model of four nodes for onnxruntime, written as protocol buffers by hand (https://onnx.ai, onnx.proto).

function onnxAttention(n, headDim, numHeads) {
  const varint = (value) => {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
    return [...bytes, value];
  };
  const field = (number, wire, payload) => [...varint(number * 8 + wire), ...payload];
  const int = (number, value) => field(number, 0, varint(value));
  const bytes = (number, payload) => field(number, 2, [...varint(payload.length), ...payload]);
  const text = (number, value) => bytes(number, [...Buffer.from(value)]);
  const node = (type, inputs, output, attributes = []) =>
    bytes(1, [
      ...inputs.flatMap((input) => text(1, input)),
      ...text(2, output),
      ...text(4, type),
      ...attributes.flatMap((attribute) => bytes(5, attribute)),
    ]);
  const valueInfo = (number, name, dims) =>
    bytes(number, [
      ...text(1, name),
      ...bytes(
        2,
        bytes(1, [
          ...int(1, 1),
          ...bytes(
            2,
            dims.flatMap((dim) => bytes(1, int(1, dim))),
          ),
        ]),
      ),
    ]);
  const scale = new Uint8Array(new Float32Array([1 / Math.sqrt(headDim)]).buffer);
  const graph = [
    ...node('MatMul', ['q', 'kT'], 's'),
    ...node('Mul', ['s', 'scale'], 't'),
    ...node('Add', ['t', 'mask'], 'u'),
    ...node('Softmax', ['u'], 'w', [[...text(1, 'axis'), ...int(3, 2), ...int(20, 2)]]),
    ...node('MatMul', ['w', 'v'], 'o'),
    ...text(2, 'attention'),
    ...bytes(5, [...int(1, 1), ...int(2, 1), ...text(8, 'scale'), ...bytes(9, [...scale])]),
    ...valueInfo(11, 'q', [numHeads, n, headDim]),
    ...valueInfo(11, 'kT', [numHeads, headDim, n]),
    ...valueInfo(11, 'v', [numHeads, n, headDim]),
    ...valueInfo(11, 'mask', [1, n, n]),
    ...valueInfo(12, 'o', [numHeads, n, headDim]),
  ];
  return Uint8Array.from([...int(1, 8), ...bytes(7, graph), ...bytes(8, int(2, 17))]);
}

// --- Measuring

async function bestSeconds(run, maxRuns, maxSeconds) {
  let best = Infinity;
  let spent = 0;
  let result;
  for (let i = 0; i < maxRuns && (i === 0 || spent < maxSeconds); i++) {
    const start = performance.now();
    result = await run();
    const seconds = (performance.now() - start) / 1000;
    spent += seconds;
    best = Math.min(best, seconds);
  }
  return { best, result };
}

function largestDifference(a, b) {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

function causalMaskMatrix(n) {
  const mask = new Float32Array(n * n);
  for (let i = 0; i < n; i++) mask.fill(-1e9, i * n + i + 1, (i + 1) * n);
  return mask;
}

const row = (cells, widths) =>
  console.log(cells.map((cell, i) => String(cell).padStart(widths[i])).join('  '));
const numberOf = (value, digits = 1) => value.toFixed(digits);

/** GHz of this core: integer multiplications that each wait for the one before take 3 cycles on every x86-64 and ARM64 core of the last ten years. */
function clockGhz() {
  const multiplications = 5e7;
  let best = Infinity;
  for (let run = 0; run < 5; run++) {
    let product = 1;
    const start = performance.now();
    for (let i = 0; i < multiplications; i++) product = Math.imul(product, 0x01000193);
    const seconds = (performance.now() - start) / 1000;
    if (product === 0) throw new Error('unreachable: the product of odd numbers is odd');
    best = Math.min(best, seconds);
  }
  return (multiplications * 3) / best / 1e9;
}

console.log(
  `${os.cpus()[0].model.trim()}, ${os.cpus().length} cores, Node ${process.version}, one thread`,
);
// Two units that multiply and two that add 4 floats each cycle is what 128-bit code without fused multiply-add can use.
const ghz = clockGhz();
const peakGflops = ghz * 16;
console.log(
  `peak of 128-bit code taken as ${numberOf(peakGflops, 0)} GFLOP/s: ${numberOf(ghz, 2)} GHz (measured) x 2 multiplications and 2 additions of 4 floats a cycle\n`,
);

const contenders = [await onnxContender(), await tensorflowContender()];
for (const { name, note } of contenders) console.log(`${name}: ${note}`);
console.log(
  'GFLOP/s are of the causal cells for all. "x loop": times as fast as the triple loop. Difference: largest, from it.\n',
);

const widths = [6, 8, 5, 18, 10, 9, 8, 8, 12];
row(
  ['n', 'headDim', 'heads', 'kernel', 'ms', 'GFLOP/s', 'x loop', 'of peak', 'difference'],
  widths,
);
for (const { headDim, numHeads } of [
  { headDim: 64, numHeads: 1 },
  { headDim: 128, numHeads: 1 },
  { headDim: 64, numHeads: 8 },
]) {
  for (const n of [512, 1024, 2048, 4096, 8192]) {
    const random = engine.createRandom(n);
    const [q, k, v] = [0, 1, 2].map(() => engine.normalFloat32(random, numHeads * n * headDim));
    const shape = { numHeads, numKvHeads: numHeads, queryTokens: n, keyTokens: n, headDim };
    const input = {
      q,
      k,
      v,
      n,
      headDim,
      numHeads,
      mask: n * n * numHeads <= 2 ** 27 ? causalMaskMatrix(n) : undefined,
    };
    const flops = causalFlops(n, headDim, numHeads);
    const loop = await bestSeconds(() => tripleLoop(q, k, v, n, headDim, numHeads), 3, 4);
    const print = (name, { best, result }) =>
      row(
        [
          n,
          headDim,
          numHeads,
          name,
          numberOf(best * 1000),
          numberOf(flops / best / 1e9),
          numberOf(loop.best / best),
          `${numberOf((flops / best / 1e9 / peakGflops) * 100, 0)} %`,
          largestDifference(result, loop.result).toExponential(1),
        ],
        widths,
      );
    print('triple loop', loop);
    print(
      'tiled TypeScript',
      await bestSeconds(
        () => engine.tiledAttention(q, k, v, shape, { mask: engine.causal }).output,
        4,
        4,
      ),
    );
    print('SIMD', await bestSeconds(() => engine.simdAttention(q, k, v, shape).output, 8, 4));
    for (const contender of contenders) {
      if (input.mask === undefined)
        row(
          [n, headDim, numHeads, contender.name, 'left out: its n x n scores do not fit'],
          [6, 8, 5, 18, 0],
        );
      else print(contender.name, await bestSeconds(() => contender.run(input), 4, 4));
    }
  }
}

console.log(
  '\nSparse patterns at n = 8192, headDim 64, 1 head, tiles of 64 x 64, tiled TypeScript\n',
);
{
  const n = 8192;
  const headDim = 64;
  const random = engine.createRandom(1);
  const [q, k, v] = [0, 1, 2].map(() => engine.normalFloat32(random, n * headDim));
  const shape = { numHeads: 1, numKvHeads: 1, queryTokens: n, keyTokens: n, headDim };
  const patterns = [
    ['causal', engine.causal],
    ['window 256', engine.slidingWindow(256)],
    ['window 1024', engine.slidingWindow(1024)],
    ['sinks 4 + window 256', engine.sinksAndWindow(4, 256)],
    ['chunks of 512', engine.chunkedLocal(512)],
  ];
  const columns = [22, 10, 16, 16, 12, 14];
  row(['pattern', 'ms', 'cells computed', 'cells skipped', 'x causal', 'scratch bytes'], columns);
  let dense;
  for (const [name, mask] of patterns) {
    const { best, result } = await bestSeconds(
      () => engine.tiledAttention(q, k, v, shape, { mask }),
      4,
      4,
    );
    dense ??= best;
    row(
      [
        name,
        numberOf(best * 1000),
        result.work.cellsComputed,
        result.work.cellsSkipped,
        numberOf(dense / best),
        result.work.scratchBytes,
      ],
      columns,
    );
  }
  for (const window of [undefined, 256]) {
    const { best } = await bestSeconds(
      () => engine.simdAttention(q, k, v, shape, { window }),
      6,
      3,
    );
    row(
      [`SIMD ${window === undefined ? 'causal' : `window ${window}`}`, numberOf(best * 1000)],
      columns,
    );
  }
}

console.log('\nMemory beside inputs and output: the tiled kernel holds five tiles, whatever n\n');
for (const n of [512, 2048, 8192]) {
  const random = engine.createRandom(1);
  const [q, k, v] = [0, 1, 2].map(() => engine.normalFloat32(random, n * 64));
  const shape = { numHeads: 1, numKvHeads: 1, queryTokens: n, keyTokens: n, headDim: 64 };
  const { work } = engine.tiledAttention(q, k, v, shape, { mask: engine.causal });
  console.log(
    `n = ${String(n).padStart(5)}: ${work.scratchBytes} bytes; the score matrix would be ${n * n * 4} bytes`,
  );
}
