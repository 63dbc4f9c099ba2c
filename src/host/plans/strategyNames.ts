import * as vscode from 'vscode';
import type { StrategyId } from '../../core/plans/plan.ts';

export function strategyName(strategy: StrategyId): string {
  switch (strategy) {
    case 'full':
      return vscode.l10n.t('Full context');
    case 'slidingWindow':
      return vscode.l10n.t('Sliding window');
    case 'rag':
      return vscode.l10n.t('RAG');
    case 'mapReduce':
      return vscode.l10n.t('Chunked: map-reduce');
    case 'refine':
      return vscode.l10n.t('Chunked: refine');
    case 'retrievalIntoWindow':
      return vscode.l10n.t('Retrieval into a filled window');
    case 'truncate':
      return vscode.l10n.t('Truncate by priority');
    case 'summariseThenAsk':
      return vscode.l10n.t('Summarise, then ask');
  }
}
