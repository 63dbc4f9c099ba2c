// Builds what is shipped: dist/extension.cjs, the workers, dist/cli.js, the webviews and dist/engine.mjs.
// Each entry that exists is built; `--watch` rebuilds on change, `--dev` keeps source maps and names.
import * as esbuild from 'esbuild';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { engineBundle, writeEngineTypes } from './scripts/build-engine.mjs';
import { leanCharts } from './scripts/lean-charts.mjs';
import { licencesText } from './scripts/licences.mjs';

const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');

const shared = {
  bundle: true,
  sourcemap: dev ? 'linked' : false,
  minify: !dev,
  keepNames: true,
  // Their licences stand together in dist/LICENSES.txt.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const node = {
  ...shared,
  platform: 'node',
  target: 'node20',
  // Its main file is UMD, whose requires no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};
const browser = { ...shared, platform: 'browser', target: 'es2022', format: 'esm' };

/** An ES module for Node that may hold CommonJS packages needs `require` and `__dirname` of its own. */
const esmForNode = {
  ...node,
  format: 'esm',
  banner: {
    js: "import { createRequire as contextBudgetCreateRequire } from 'node:module'; const require = contextBudgetCreateRequire(import.meta.url);",
  },
};

/** The languages that outlines are read of, as the source lists them. */
const outlineSource = esbuild.buildSync({
  entryPoints: ['src/core/plans/outline.ts'],
  bundle: true,
  format: 'esm',
  write: false,
}).outputFiles[0].text;
const { languages: outlineLanguages } = await import(
  `data:text/javascript,${encodeURIComponent(outlineSource)}`
);
/** What the host imports dynamically (src/host/rooms.ts) is a bundle of its own, so that activation does not read it. */
const roomsOutside = {
  name: 'rooms-outside',
  setup(build) {
    build.onResolve({ filter: /^\.\/\w+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path: path.replace(/\.ts$/, '.cjs'), external: true }
        : undefined,
    );
  },
};
const hostRooms = {
  ...node,
  format: 'cjs',
  entryPoints: [
    'src/host/counting.ts',
    'src/host/weighing.ts',
    'src/host/lab.ts',
    'src/host/dashboard.ts',
    'src/host/plans.ts',
    'src/host/models.ts',
    'src/host/exactCount.ts',
    'src/host/secretSearch.ts',
  ],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  external: ['vscode'],
  logOverride: { 'empty-import-meta': 'silent' },
};

const builds = [
  {
    ...node,
    format: 'cjs',
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    external: ['vscode'],
    plugins: [roomsOutside],
    // `import()` as `require`: VS Code gives its API to required modules only.
    supported: { 'dynamic-import': false },
    // Code that finds its files asks __dirname first and import.meta only in an ES module.
    logOverride: { 'empty-import-meta': 'silent' },
  },
  hostRooms,
  {
    ...browser,
    entryPoints: {
      budgetView: 'webview-ui/budget/main.ts',
      labView: 'webview-ui/lab/main.ts',
      dashboardView: 'webview-ui/dashboard/main.ts',
      cardView: 'webview-ui/card/card.css',
    },
    outdir: 'dist',
    // Nothing in a webview is asked for its name, and the names are a tenth of what is sent.
    keepNames: false,
    plugins: [leanCharts],
  },
  { ...esmForNode, entryPoints: ['src/cli/cli.ts'], outfile: 'dist/cli.js' },
  { ...esmForNode, entryPoints: ['src/node/countWorker.ts'], outfile: 'dist/countWorker.js' },
  { ...esmForNode, entryPoints: ['src/node/labWorker.ts'], outfile: 'dist/labWorker.js' },
  { ...esmForNode, entryPoints: ['src/node/plansWorker.ts'], outfile: 'dist/plansWorker.js' },
  { ...browser, ...engineBundle, outfile: 'dist/engine.mjs' },
];

/** The grammars that code is cut by; those of languages that no outline is read of stay out. */
function copyGrammars(target) {
  const source = 'node_modules/@vscode/tree-sitter-wasm/wasm';
  mkdirSync(target, { recursive: true });
  // CommonJS must say so here: this package's .js files are ES modules.
  cpSync(`${source}/tree-sitter.js`, `${target}/tree-sitter.cjs`);
  cpSync(`${source}/tree-sitter.wasm`, `${target}/tree-sitter.wasm`);
  for (const language of outlineLanguages) {
    cpSync(`${source}/tree-sitter-${language}.wasm`, `${target}/tree-sitter-${language}.wasm`);
  }
}

if (watch) console.log('building');
mkdirSync('dist', { recursive: true });
cpSync('vocabularies', 'dist/vocabularies', { recursive: true });
copyGrammars('dist/grammars');
const metafiles = [];
for (const options of builds.filter((build) =>
  Object.values(build.entryPoints).every((entry) => existsSync(entry)),
)) {
  if (watch) {
    const context = await esbuild.context(options);
    // The first build is waited for, so that F5 starts on what is written now; its errors are shown and watching goes on.
    await context.rebuild().catch(() => {});
    await context.watch();
  } else metafiles.push((await esbuild.build(options)).metafile);
}
if (watch) console.log('watching');
if (!watch) {
  const copied = ['node_modules/@vscode/tree-sitter-wasm'];
  writeFileSync('dist/LICENSES.txt', licencesText(metafiles.filter(Boolean), copied));
  writeEngineTypes('dist/engine');
}
