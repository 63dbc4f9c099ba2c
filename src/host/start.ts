import path from 'node:path';
import * as vscode from 'vscode';
import { Analysis } from './analysis.ts';
import { Badges } from './badges.ts';
import { registerCommands } from './commands.ts';
import { copyPromptWithContext, openInChat, weighDraft } from './commands/promptActions.ts';
import { registerDashboardPanel } from './dashboard/dashboardCommands.ts';
import { manifestDemoIds, registerLabPanel, type Manifest } from './lab/labCommands.ts';
import { LearntMemory } from './learntMemory.ts';
import { LiveCounts } from './liveCounts.ts';
import { Marks } from './marks.ts';
import type { Parts } from './parts.ts';
import { RequestDocuments, requestScheme } from './plans/requestDocuments.ts';
import { registerModelCards } from './modelCardDocuments.ts';
import { OwnModels } from './ownModels.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { Session } from './session.ts';
import { excludeGlobs } from './settings.ts';
import { StatusBar } from './statusBar.ts';
import { TokenBoundaries } from './tokenBoundaries.ts';
import { TokenizerFiles } from './tokenizerFiles.ts';
import { UnsavedEditors } from './unsavedEditors.ts';
import { WindowEnds } from './windowEnds.ts';
import { watchUserModels } from './userModels.ts';
import { BudgetView, budgetViewId } from './views/budgetView.ts';
import { registerFilesView } from './views/filesView.ts';
import { ModelsTree } from './views/modelsTree.ts';
import { RequestsTree } from './views/requestsTree.ts';

/** What `activate` returns: the parts that tests look into. Not an interface for other extensions. */
export interface ContextBudgetApi {
  readonly session: Session;
  readonly unsaved: UnsavedEditors;
  readonly rooms: Rooms;
  readonly own: OwnModels;
  readonly budgetView: BudgetView;
  readonly statusBar: StatusBar;
  readonly badges: Badges;
  readonly requests: RequestsTree;
  readonly parts: Parts;
  /** All that the extension keeps but its keys, which are for nobody to read. */
  readonly kept: Kept;
  readonly activationMs: number;
}

export interface Kept {
  readonly mementos: readonly vscode.Memento[];
  /** Of the log, of every workspace, and of this one. */
  readonly folders: readonly vscode.Uri[];
}

/** Builds the objects and registers them; counts nothing and loads none of the heavy rooms. */
export function startContextBudget(context: vscode.ExtensionContext): ContextBudgetApi {
  const startedMs = performance.now();
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(vscode.window.createOutputChannel('Context Budget', { log: true }));
  const marks = own(new Marks());
  const ownModels = own(new OwnModels(context.globalStorageUri, log));
  const { extensionUri, secrets, workspaceState, globalStorageUri } = context;
  const rooms: Rooms = openRooms({
    distFolder: path.join(context.extensionPath, 'dist'),
    storageFolder: globalStorageUri.scheme === 'file' ? globalStorageUri.fsPath : undefined,
    ownModels,
    lab: () => ({
      extensionUri,
      encoding: () => encoding(),
      marks,
      setTokens: () =>
        session.report === undefined
          ? undefined
          : session.subject.files.reduce((sum, file) => sum + file.tokens, 0),
    }),
    dashboard: () => ({
      session,
      weighing: () => rooms.weighing(),
      counting: () => rooms.counting(),
      plans: () => rooms.plans(),
      extensionUri,
      memory: workspaceState,
      log,
      ownModels: () => ownModels.data.models,
    }),
    plans: () => ({ session, weighing: () => rooms.weighing(), requests, secrets, log }),
    models: () => ({ session, weighing: () => rooms.weighing(), extensionUri }),
    exactCount: () => ({ session, rooms, secrets, learnt, log }),
  });
  const learnt = own(new LearntMemory(context.globalState));
  own({ dispose: () => void rooms.dispose() });
  const documents = new RequestDocuments(() => rooms.plans());
  own(vscode.workspace.registerTextDocumentContentProvider(requestScheme, documents));

  const encoding = async () => {
    await tokenizerFiles.settled();
    return (await rooms.weighing()).encodingOf(session.settings);
  };
  const counting = () => rooms.counting();
  const exclude = (folder: vscode.WorkspaceFolder) =>
    excludeGlobs(folder, session.settings.exclude);
  const analysis = own(new Analysis({ counting, encoding, exclude, log }));
  const liveCounts = own(new LiveCounts(counting));
  const unsaved = own(new UnsavedEditors(analysis, { counting, liveCounts, log }));
  const session: Session = own(new Session(analysis, unsaved, context.workspaceState, learnt));

  const tokenizerFiles: TokenizerFiles = own(new TokenizerFiles({ session, rooms, log }));

  const budgetView = own(
    new BudgetView({
      session,
      rooms,
      extensionUri: context.extensionUri,
      memory: context.workspaceState,
      log,
      actions: () => ({
        weighDraft: (draft) => weighDraft(parts, draft),
        copyPromptWithContext: (draft) => copyPromptWithContext(parts, draft),
        openInChat: (draft) => openInChat(parts, draft),
      }),
    }),
  );
  const base = { session, rooms, budgetView, liveCounts, learnt, marks, log, encoding };
  const parts: Parts = {
    ...base,
    boundaries: own(new TokenBoundaries(base)),
    windowEnds: own(new WindowEnds(base, context.extensionUri)),
  };

  own(registerCommands(parts, manifestDemoIds(context.extension.packageJSON as Manifest)));
  own(registerLabPanel(rooms));
  own(registerDashboardPanel(rooms));
  own(registerModelCards(rooms, session));
  own(
    ownModels.onDidChange(() => {
      session.catalogueChanged();
    }),
  );
  own(watchUserModels(parts));
  own(vscode.window.registerWebviewViewProvider(budgetViewId, budgetView));
  own(registerFilesView(session));
  const requests = own(new RequestsTree((path) => session.uriOf(path)));
  const models = own(new ModelsTree(session, rooms));
  own(vscode.window.registerTreeDataProvider('contextBudget.models', models));
  const statusBar = own(new StatusBar(parts));
  const badges = own(new Badges(session));
  const activationMs = performance.now() - startedMs;
  return {
    session,
    unsaved,
    rooms,
    own: ownModels,
    budgetView,
    statusBar,
    badges,
    requests,
    parts,
    kept: {
      mementos: [context.globalState, workspaceState],
      folders: [context.logUri, globalStorageUri, context.storageUri].filter(
        (uri) => uri !== undefined,
      ),
    },
    activationMs,
  };
}
