import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../src/core/architectures/architecture.ts';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { attentionPattern, modelCard } from '../../../src/core/catalog/modelCard.ts';
import { modelCardMarkdown } from '../../../src/core/catalog/modelCardText.ts';
import { models } from '../../../src/core/catalog/models.ts';

describe('the card of a model', () => {
  it('joins what it claims, how it attends and what was found usable', () => {
    const card = modelCard(findModel('google/gemma-3-27b-it', models));
    expect(card.architecture?.id).toBe('gemma-3-27b');
    const kinds = card.attention?.layers.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['sliding', 'full']));
    expect(card.attention?.seesAll).toBe(true);
    expect(card.attention?.reachTokens).toBeUndefined();
    expect(card.measurements.map(({ benchmark }) => benchmark)).toContain('NoLiMa');
  });

  it('knows no architecture of closed weights', () => {
    const card = modelCard(findModel('anthropic/claude-opus-5-5', models));
    expect(card).toEqual({ model: card.model, measurements: [] });
  });

  it('links many open models, each to a shape of its own name', () => {
    const linked = models.filter(({ architectureId }) => architectureId !== undefined);
    expect(linked.length).toBeGreaterThan(20);
    for (const model of linked) expect(modelCard(model).architecture).toBeDefined();
    expect(findModel('openai/gpt-oss-120b', models).architectureId).toBe('gpt-oss-120b');
    expect(findModel('llama-3.3-70b-instruct', models).architectureId).toBeUndefined();
  });

  it('names its mechanisms with their demos, as links where something can open them', () => {
    const architecture = architectureById('gpt-oss-20b');
    const card = { name: 'gpt-oss', architecture, measurements: [] };
    const named = modelCardMarkdown(card, new Date());
    expect(named).toContain('command “Context Budget: Demo: Attention sinks”');
    const link = (demoId: string) => `command:contextBudget.demo.${demoId}`;
    const linked = modelCardMarkdown({ ...card, demoLink: link }, new Date());
    expect(linked).toContain(
      '- [Attention sinks](command:contextBudget.demo.attentionSinks): a learned sink logit',
    );
    expect(linked).toContain('(command:contextBudget.demo.slidingWindow): 12 of 24 layers, window');
    expect(linked).not.toContain('command “');
  });

  it('lets nothing that a record says become a link', () => {
    const architecture: Architecture = {
      ...architectureById('mamba2-2.7b'),
      attentionName: 'mamba [x](command:workbench.action.quit)',
    };
    const { mixers, ...unknown } = architecture;
    expect(mixers).toBeDefined();
    const text = modelCardMarkdown(
      { name: 'n', architecture: unknown, measurements: [] },
      new Date(),
    );
    expect(text).toContain('mamba \\[x\\](command');
    expect(text).not.toContain('[x](command');
  });

  it('gives the reach of windows alone: 32 layers of 4096 reach 131,041 tokens back', () => {
    expect(attentionPattern(architectureById('mistral-7b-v0.1'))?.reachTokens).toBe(32 * 4095 + 1);
  });
});
