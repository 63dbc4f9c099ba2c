import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { checkedClaims, claimsPage } from './claims.ts';

/** What the code must say, by formula or measurement, whoever wrote the page. */
const truths = [
  ['KV cache of Llama 3.1 8B', /128 KiB a token; 1 GiB \/ 16 GiB, 40 GiB, 63 GiB/],
  ["Mistral 7B's window", /0\.5 GiB.*16 GiB/],
  ['grows quadratically', /linear.*2 times/],
  ['64 heads at 8K', /20 GiB as MHA/],
  ['score matrix at 100K', /20 GB/],
  ['32 MB at 2K', /32 MiB and 16 GiB/],
  ['TTFT of 8B', /6\.4\d? s at 989/],
  ['8 of 64', /^8 times/],
  ['MLA is about', /576 numbers.*32768: 1\/57, 98\.2 % smaller/],
  ['3 GPUs by tensor', /17 GB \(\d+ .*33 GB.*184 GB.*4 GPUs/],
  ['1M-token cache', /768 GiB/],
  ['A100: 18 ms', /28\.2 ms, 451 ms, 7\.2\d s, 28\.9 s/],
  ['TTFT at 512K', /8\d\.?\d* s and 5\d\.?\d* s/],
  ['32 times prefilling', /10\d times/],
  ['70B at 100K', /33 GB with its GQA, 262 GB as MHA/],
] as const;

describe('the claims page', () => {
  it.each(truths)('computes "%s" as the formula gives it', (part, expected) => {
    const row = checkedClaims().find((one) => one.claim.includes(part));
    expect(row?.computed).toMatch(expected);
  });

  it('is what the code says today', async () => {
    const page = await readFile(new URL('../../../docs/claims.md', import.meta.url), 'utf8');
    const generated = await format(claimsPage(), { parser: 'markdown', printWidth: 100 });
    expect(page).toBe(generated);
  });
});
