import { describe, expect, it } from 'vitest';
import { hardware, hardwareById } from '../../../src/core/hardware/hardware.ts';

describe('the hardware data', () => {
  it('gives rates in base units, each with a source', () => {
    const h100 = hardwareById('h100-sxm');
    expect(h100.bf16FlopPerSecond).toBe(989e12);
    expect(h100.memoryBytesPerSecond).toBe(3350e9);
    expect(h100.memoryBytes).toBe(80 * 2 ** 30);
    for (const one of hardware) expect(one.sources.length, one.id).toBeGreaterThan(0);
  });

  it('keeps what no vendor publishes unknown', () => {
    expect(hardwareById('m4-max').bf16FlopPerSecond).toBeUndefined();
    expect(hardwareById('a100-80-sxm').fp8FlopPerSecond).toBeUndefined();
  });

  it('finds a card by a short name and refuses one that does not exist', () => {
    expect(hardwareById('H100').id).toBe('h100-sxm');
    expect(hardwareById('rtx-4090').name).toContain('4090');
    expect(() => hardwareById('h9000')).toThrow(/gpu is "h9000"/);
    expect(() => hardwareById('m4-ultra')).toThrow(/gpu/);
    expect(() => hardwareById('')).toThrow(/gpu/);
  });
});
