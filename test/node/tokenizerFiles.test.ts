import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  encodingLabel,
  fileEncoding,
  fileOfEncoding,
} from '../../src/core/tokenizerFiles/tokenizerFileName.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { forgetOlderContents, identifyTokenizerFile } from '../../src/node/tokenizerFiles.ts';
import { byteLevelJson, huggingFaceIds } from '../core/tokenizerFiles/miniTokenizers.ts';
import { tempTree } from './tempTree.ts';

const json = byteLevelJson();
const text = 'Counts the tokens of 3 files.\n';

function fileOf(content: string | Uint8Array, name = 'model/tokenizer.json'): string {
  const folder = tempTree({ [name]: '' });
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('a tokenizer’s file', () => {
  it('is an encoding named by its path, its hash and the way it splits, and counts', async () => {
    const file = fileOf(JSON.stringify(json));
    const encoding = await identifyTokenizerFile(file);
    expect(fileOfEncoding(encoding)).toMatchObject({ path: file });
    expect(encodingLabel(encoding)).toMatch(/^model\/tokenizer\.json \(sha256 [0-9a-f]{8}\)$/);
    const counter = await openTokenCounter(encoding);
    expect(counter.countText(text)).toBe(huggingFaceIds(json)(text).length);
    expect(fileOfEncoding(await identifyTokenizerFile(file, 'gpt2'))?.split).toBe('gpt2');
  });

  it('is another encoding when its content is another, and the old one is not counted with', async () => {
    const file = fileOf(JSON.stringify(json));
    const before = await identifyTokenizerFile(file);
    writeFileSync(file, JSON.stringify({ ...json, version: '1.0' }));
    expect(await identifyTokenizerFile(file)).not.toBe(before);
    await expect(openTokenCounter(before)).rejects.toThrow(/has changed since it was chosen/);
  });

  it('leaves nothing of what it held before, and all of what others hold', () => {
    const encoding = (name: string, digit: string, split?: string) =>
      fileEncoding({ path: name, sha256: digit.repeat(64), split });
    const now = encoding('/a.json', '2');
    const others = ['o200k_base', encoding('/b.json', '1'), encoding('/a.json', '1', 'gpt2'), now];
    const kept = new Map([encoding('/a.json', '1'), ...others].map((name) => [name, 'vocabulary']));
    forgetOlderContents(kept, 'o200k_base');
    expect(kept.size).toBe(5);
    forgetOlderContents(kept, now);
    expect([...kept.keys()]).toEqual(others);
  });

  it('is refused with its name and the reason', async () => {
    const open = async (file: string) => openTokenCounter(await identifyTokenizerFile(file));
    await expect(open(fileOf('{"model": {}}'))).rejects.toThrow(
      /model\/tokenizer\.json can't be used: Its model is not there; only byte pair encodings/,
    );
    await expect(open(fileOf(Uint8Array.of(0x0a, 0xff, 0xfe), 'tokenizer.model'))).rejects.toThrow(
      /tokenizer\.model can't be used: it is no text in UTF-8/,
    );
    await expect(identifyTokenizerFile('/nowhere/x.json')).rejects.toThrow(/there is no such file/);
    await expect(identifyTokenizerFile(path.dirname(fileOf('')))).rejects.toThrow(/is no file/);
    const huge = fileOf('');
    truncateSync(huge, 200 * 1024 * 1024);
    await expect(identifyTokenizerFile(huge)).rejects.toThrow(/has 209715200 bytes; up to/);
  });
});
