// Leaves out of the dashboard's bundle what its charts never ask Observable Plot for: maps, colour scales, dates, facets, tips,
// legends, binning. Plot and d3 bring 80 KB for these. What stands in their place says what is missing, should it be asked for.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages of which nothing is used; d3-geo is called once as the module loads. */
const packages = {
  'd3-geo': 'export const geoTransform = (methods) => methods;',
  'd3-scale-chromatic': '',
  'd3-time-format': '',
};

const unchanged = 'const unchanged = (options = {}) => options;';

/**
 * Files of Plot, from its folder src, with what is asked of them although nothing of theirs is drawn: an option that is not given is
 * none, so that a function that reads it gives back what it got. All else that they export throws.
 */
const plotFiles = {
  'interactions/pointer.js': '',
  'legends.js': `export const exposeLegends = () => () => undefined;
    export const createLegends = () => [];`,
  'curve.js': `import { curveLinear } from 'd3-shape';
    export const curveAuto = curveLinear;
    export const maybeCurve = (curve = curveLinear) => curve;
    export const maybeCurveAuto = maybeCurve;`,
  'marker.js': `export const markers = () => {};
    export const applyMarkers = () => {};
    export const applyGroupedMarkers = () => {};`,
  'marks/frame.js': '',
  'marks/tip.js': '',
  'projection.js': `export const createProjection = () => undefined;
    export const hasProjection = () => false;
    export const projectionAspectRatio = () => undefined;
    export const xyProjection = () => undefined;`,
  'scales/diverging.js': '',
  'scales/ordinal.js': '',
  'scales/schemes.js': '',
  'scales/temporal.js': '',
  'symbol.js': `export const isSymbol = () => false;
    export const maybeSymbolChannel = (symbol) => [undefined, symbol];`,
  'time.js': '',
  'transforms/bin.js': `${unchanged} export { unchanged as maybeDenseIntervalX, unchanged as maybeDenseIntervalY };`,
  'transforms/group.js': '',
  'transforms/interval.js': `${unchanged} export { unchanged as maybeIntervalX, unchanged as maybeIntervalY,
    unchanged as maybeIntervalMidX, unchanged as maybeIntervalMidY };`,
  'transforms/stack.js': `export const maybeStackY = (options) => {
      if (options.y1 === undefined || options.y2 === undefined) throw new Error('an area here has y1 and y2');
      return options;
    };`,
};

/** The same names, each with what is said in its place or else what throws. */
async function standIn(name, url, own) {
  const given = new Set(
    Object.keys(await import(`data:text/javascript,${encodeURIComponent(withoutImports(own))}`)),
  );
  const others = Object.keys(await import(url)).filter((each) => !given.has(each));
  const missing = `const missing = () => { throw new Error('${name} is not in this bundle'); };`;
  const list = others.map((each) => `missing as ${each}`).join(', ');
  return `${own}\n${others.length === 0 ? '' : `${missing} export { ${list} };`}`;
}

/** Only the names matter where it is loaded to see them. */
function withoutImports(source) {
  return source.replaceAll(/import \{ (\w+) \} from '[^']+';/g, 'const $1 = () => {};');
}

export const leanCharts = {
  name: 'lean-charts',
  setup(build) {
    build.onLoad({ filter: /@observablehq[\\/]plot[\\/]src[\\/].*\.js$/ }, async ({ path }) => {
      const name = path.replaceAll('\\', '/').split('/plot/src/')[1];
      if (!Object.hasOwn(plotFiles, name)) return { contents: await readFile(path, 'utf8') };
      return { contents: await standIn(basename(name), pathToFileURL(path).href, plotFiles[name]) };
    });
    const filter = new RegExp(`^(${Object.keys(packages).join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'lean-charts' }));
    build.onLoad({ filter: /.*/, namespace: 'lean-charts' }, async ({ path }) => ({
      contents: await standIn(path, path, packages[path]),
    }));
  },
};
