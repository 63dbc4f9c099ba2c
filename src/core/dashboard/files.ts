import { contentKinds } from '../files/contentKind.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import { isEmptySet, membershipOf, type ContextSet } from '../set/contextSet.ts';
import { fileTree, type FileNode, type FolderNode, type TreeNode } from '../set/fileTree.ts';
import type { DashboardSnapshot, FileTable } from './snapshot.ts';
import { knobsOf, type DashboardState } from './state.ts';

export const filesTabId = 'files';
export const filesPageSize = 50;

export const filesDefaults = {
  /** The folder that is looked into; '' is everything. */
  zoomPath: '',
  query: '',
  page: 0,
  /** Files of every folder below, not what is directly in the folder. */
  allBelow: false,
  /** Files of the set only; while none is checked, all of them. */
  onlySet: false,
};
export type FilesKnobs = typeof filesDefaults;

/** How much of a file or folder is in the set. */
export type Membership = 'all' | 'some' | 'none';

export interface FilesRow {
  readonly node: TreeNode;
  readonly membership: Membership;
  /** Of the tokens of what is looked into, 0 to 1. */
  readonly share: number;
}

export interface FilesModel {
  readonly knobs: FilesKnobs;
  readonly root: FolderNode;
  /** What is looked into; the root where the folder is gone. */
  readonly zoomed: FolderNode;
  /** From the root to what is looked into, both included. */
  readonly crumbs: readonly FolderNode[];
  /** The rows of one page, heaviest first: what is directly in the folder, or the files below it, those that the search finds. */
  readonly rows: readonly FilesRow[];
  /** What `rows` are a page of. */
  readonly listed: readonly TreeNode[];
  readonly page: number;
  /** Files that the search finds; undefined while nothing is searched. */
  readonly found?: ReadonlySet<FileNode>;
  readonly foundTokens: number;
  readonly hasSet: boolean;
  readonly membershipOf: (node: TreeNode) => Membership;
}

/** The files of a snapshot as a person looks at them. */
export function filesModel(snapshot: DashboardSnapshot, state: DashboardState): FilesModel {
  const knobs = knobsOf(state, filesTabId, filesDefaults);
  const { set } = snapshot.now;
  const hasSet = !isEmptySet(set);
  const root = treeOf(snapshot.files, knobs.onlySet && hasSet ? set : undefined);
  const crumbs = crumbsTo(root, knobs.zoomPath);
  const zoomed = crumbs[crumbs.length - 1];
  const found = knobs.query.trim() === '' ? undefined : foundBelow(zoomed, knobs.query);
  const all: readonly TreeNode[] =
    found !== undefined ? [...found] : knobs.allBelow ? filesBelow(zoomed) : zoomed.children;
  const lastPage = Math.max(0, Math.ceil(all.length / filesPageSize) - 1);
  const page = Math.min(Math.max(0, Math.floor(knobs.page)), lastPage);
  const membership = membershipIn(root, set);
  return {
    knobs,
    root,
    zoomed,
    crumbs,
    rows: all.slice(page * filesPageSize, (page + 1) * filesPageSize).map((node) => ({
      node,
      membership: membership(node),
      share: zoomed.tokens === 0 ? 0 : node.tokens / zoomed.tokens,
    })),
    listed: all,
    page,
    ...(found !== undefined && { found }),
    foundTokens: found === undefined ? 0 : [...found].reduce((sum, { tokens }) => sum + tokens, 0),
    hasSet,
    membershipOf: membership,
  };
}

/** Tokens of a file or folder, with what they were counted by. */
export function tokensReason({ tokens, ...node }: TreeNode, encoding: string): Explained {
  const what = node.type === 'file' ? node.path : `${node.fileCount} files of ${node.path}/`;
  return {
    name: 'tokens',
    unit: 'tokens',
    value: tokens,
    formula: plain(tokens),
    inputs: [{ name: what, value: tokens, unit: 'tokens', source: `counted here by ${encoding}` }],
    assumptions: ['exact for this vocabulary; other models count as their tab Fit says'],
  };
}

/** Percent of the folder that is looked into. */
export function fileShareReason(node: TreeNode, zoomed: FolderNode): Explained {
  return {
    name: 'sharePercent',
    unit: 'percent',
    value: zoomed.tokens === 0 ? 0 : (100 * node.tokens) / zoomed.tokens,
    formula: zoomed.tokens === 0 ? '0' : `100 x ${plain(node.tokens)} / ${plain(zoomed.tokens)}`,
    inputs: [],
    assumptions: [],
  };
}

const trees = new WeakMap<FileTable, Map<string, FolderNode>>();

/** The tree of a table, of the set's files alone where one is given; made once for each. */
function treeOf(files: FileTable, set: ContextSet | undefined): FolderNode {
  const known = trees.get(files) ?? new Map<string, FolderNode>();
  trees.set(files, known);
  const key = set === undefined ? '' : JSON.stringify(set);
  let tree = known.get(key);
  if (tree === undefined) {
    // The whole tree stays; of the sets', which come and go with every click, the last.
    for (const other of known.keys()) if (other !== '') known.delete(other);
    const isMember = set === undefined ? () => true : membershipOf(set);
    const rows = files.paths.flatMap((path, row) =>
      isMember(path)
        ? [
            {
              path,
              bytes: files.bytes[row],
              lines: files.lines[row],
              kind: contentKinds[files.kinds[row]],
              tokens: files.tokens[row],
            },
          ]
        : [],
    );
    tree = fileTree(rows);
    known.set(key, tree);
  }
  return tree;
}

function crumbsTo(root: FolderNode, path: string): FolderNode[] {
  const crumbs = [root];
  if (path === '') return crumbs;
  for (const name of path.split('/')) {
    const next = crumbs[crumbs.length - 1].children.find(
      (child) => child.type === 'folder' && child.name === name,
    );
    // The folder is gone: what is left of the way to it is looked into.
    if (next?.type !== 'folder') return crumbs;
    crumbs.push(next);
  }
  return crumbs;
}

/** The last search: as long as neither the folder nor the words change, it is not made again. */
let lastSearch:
  | { readonly folder: FolderNode; readonly query: string; readonly found: Set<FileNode> }
  | undefined;

/** Files whose path holds every word, in any case; the heaviest first. */
function foundBelow(folder: FolderNode, query: string): ReadonlySet<FileNode> {
  if (lastSearch?.folder === folder && lastSearch.query === query) return lastSearch.found;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set(
    filesBelow(folder).filter(({ path }) => {
      const lower = path.toLowerCase();
      return words.every((word) => lower.includes(word));
    }),
  );
  lastSearch = { folder, query, found };
  return found;
}

const below = new WeakMap<FolderNode, readonly FileNode[]>();

/** Every file of a folder and of the folders in it, the heaviest first; made once for each. */
function filesBelow(folder: FolderNode): readonly FileNode[] {
  let files = below.get(folder);
  if (files === undefined) {
    const all: FileNode[] = [];
    const visit = (node: TreeNode): void => {
      if (node.type === 'file') all.push(node);
      else node.children.forEach(visit);
    };
    visit(folder);
    files = all.sort((a, b) => b.tokens - a.tokens);
    below.set(folder, files);
  }
  return files;
}

const memberships = new WeakMap<ContextSet, WeakMap<TreeNode, number>>();

function membershipIn(root: FolderNode, set: ContextSet): (node: TreeNode) => Membership {
  if (isEmptySet(set)) return () => 'none';
  const counts = memberships.get(set) ?? new WeakMap<TreeNode, number>();
  memberships.set(set, counts);
  const isMember = membershipOf(set);
  const membersBelow = (node: TreeNode): number => {
    const known = counts.get(node);
    if (known !== undefined) return known;
    const count =
      node.type === 'file'
        ? Number(isMember(node.path))
        : node.children.reduce((sum, child) => sum + membersBelow(child), 0);
    counts.set(node, count);
    return count;
  };
  membersBelow(root);
  return (node) => {
    const members = membersBelow(node);
    const all = node.type === 'file' ? 1 : node.fileCount;
    return members === 0 ? 'none' : members === all ? 'all' : 'some';
  };
}
