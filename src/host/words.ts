import * as vscode from 'vscode';
import type { LeftOutReason } from '../core/files/scanReport.ts';
import type { Verdict } from '../core/budget/budget.ts';
