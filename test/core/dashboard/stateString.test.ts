import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCounted, readState } from '../../../src/core/dashboard/checkState.ts';
import { initialState, knobsOf } from '../../../src/core/dashboard/state.ts';
import type { DashboardState } from '../../../src/core/dashboard/state.ts';
import {
  parseStateString,
  stateString,
  StateStringError,
} from '../../../src/core/dashboard/stateString.ts';

const state: DashboardState = {
  ...initialState,
  tab: 'files',
  subject: { kind: 'folder', path: 'secret/project' },
  modelId: 'openai/gpt-5.5',
  reservedOutputTokens: 12_345,
  gpuCount: 4,
  countInstructionFiles: true,
  tabs: {
    fit: {
      strategy: 'rag',
      overlap: 0.25,
      onlyFitting: true,
      query: 'hidden words',
      pinned: ['a/b', 'c, d'],
    },
    files: { zoomPath: 'secret/project', minTokens: -1.5e-7 },
    strategies: { words: 'where is the secret?' },
  },
};

describe('a shared state', () => {
  it('reads back as it was, with files as their number of tokens', () => {
    const read = parseStateString(stateString(state, 120_000.4));
    expect(read).toEqual({
      ...state,
      subject: { kind: 'typed', tokens: 120_000 },
      tabs: {
        fit: { strategy: 'rag', overlap: 0.25, onlyFitting: true, pinned: ['a/b', 'c, d'] },
        files: { minTokens: -1.5e-7 },
      },
    });
  });

  it('has nothing of the code in it', () => {
    const text = stateString(state, 120_000);
    expect(text).not.toMatch(/secret|project|hidden|words/);
    expect(text).toBe(
      'contextBudget:1?tab=files&tokens=120000&modelId=openai%2Fgpt-5.5&reservedOutputTokens=12345&gpuCount=4' +
        '&countInstructionFiles=1&fit.strategy=srag&fit.overlap=n0.25&fit.onlyFitting=b1&fit.pinned=la%2Fb,c%2C%20d' +
        '&files.minTokens=n-1.5e-7',
    );
  });

  it('is the initial one for an empty string of knobs', () => {
    expect(parseStateString(' contextBudget:1?\n')).toEqual(initialState);
    expect(parseStateString(stateString(initialState, undefined))).toEqual(initialState);
  });

  it('survives any plain knobs', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.boolean(),
      fc.stringMatching(/^[ -~\u00a1-\ud7ff]{0,20}$/),
      fc.array(fc.stringMatching(/^[ -~]{1,9}$/), { maxLength: 4 }),
    );
    const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/).map((text) => `k${text}s`);
    fc.assert(
      fc.property(fc.dictionary(name, value), (knobs) => {
        const tabs = { fit: knobs };
        const read = parseStateString(stateString({ ...initialState, tabs }, 7)).tabs.fit ?? {};
        expect(JSON.stringify(read)).toBe(JSON.stringify(knobs));
      }),
    );
  });
});

describe('a hostile string', () => {
  it.each([
    ['nothing', ''],
    ['another text', 'https://example.com/?tab=fit'],
    ['markup in the tab', 'contextBudget:1?tab=%3Cscript%3E'],
    ['an unknown field', 'contextBudget:1?__proto__=1'],
    ['a prototype as tab', 'contextBudget:1?__proto__.polluted=n1'],
    ['a prototype as knob', 'contextBudget:1?fit.__proto__=n1'],
    ['a negative number of tokens', 'contextBudget:1?tokens=-1'],
    ['a number without end', 'contextBudget:1?tokens=1e400'],
    ['half a token', 'contextBudget:1?tokens=0.5'],
    ['more tokens than there are', 'contextBudget:1?tokens=1e13'],
    ['no number', 'contextBudget:1?gpuCount=0x10'],
    ['a thousand cards more than there are', 'contextBudget:1?gpuCount=100000'],
    ['an unknown dtype', 'contextBudget:1?kvDtype=bf17'],
    ['a control character', 'contextBudget:1?modelId=a%00b'],
    ['broken escapes', 'contextBudget:1?modelId=%E0%A4%A'],
    ['a knob without type', 'contextBudget:1?fit.page=3'],
    ['a path that is never shared', 'contextBudget:1?files.zoomPath=sa'],
    ['too long a text', `contextBudget:1?modelId=${'a'.repeat(3000)}`],
    ['too long a string', `contextBudget:1?${'&'.repeat(9000)}`],
  ])('is refused: %s', (_, text) => {
    expect(() => parseStateString(text)).toThrow(StateStringError);
  });

  it('does not reach the message as it is', () => {
    const refused = () => parseStateString('contextBudget:1?<img src=x>=1');
    expect(refused).toThrow('"?img?src"');
  });

  it('never does anything but throw a StateStringError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseStateString(`contextBudget:1?${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(StateStringError);
        }
      }),
    );
  });
});

describe('a remembered state', () => {
  it('keeps what is good and replaces what is not', () => {
    const read = readState({
      tab: 'cost',
      subject: { kind: 'folder', path: 'src' },
      gpuCount: -1,
      weightDtype: 'gold',
      tabs: { fit: { page: Infinity } },
      other: 1,
    });
    expect(read).toEqual({
      ...initialState,
      tab: 'cost',
      subject: { kind: 'folder', path: 'src' },
    });
  });

  it.each([[undefined], [null], ['text'], [[]]])('of %j is the initial one', (remembered) => {
    expect(readState(remembered)).toEqual(initialState);
  });

  it('gives a tab only knobs of the type that it has', () => {
    const tabs = { fit: { page: 'two', query: 'x', pinned: ['a'], constructor: 1 } };
    const defaults = { page: 0, query: '', pinned: [] as readonly string[] };
    const read = knobsOf({ ...initialState, tabs }, 'fit', defaults);
    expect(read).toEqual({ page: 0, query: 'x', pinned: ['a'] });
  });

  it('has counts of a text, or none', () => {
    const counted = {
      source: 'clipboard',
      label: '',
      text: { encoding: 'o200k_base', countsByKind: { code: 12 } },
      characters: 50,
      lines: 2,
    };
    expect(readCounted(counted)).toEqual(counted);
    expect(
      readCounted({ ...counted, text: { encoding: 'o200k_base', countsByKind: { code: '12' } } }),
    ).toBeUndefined();
    expect(readCounted(undefined)).toBeUndefined();
  });
});
