import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../src/core/plans/dependencyGraph.ts';
import { WordCounter } from '../../../src/core/search/wordCounter.ts';
import { WordTable } from '../../../src/core/search/wordTable.ts';
import { parseOutline } from '../../../src/node/outline/parseOutline.ts';

async function graphOf(tree: Record<string, string>) {
  const paths = Object.keys(tree);
  const words = new WordTable();
  const counter = new WordCounter(words);
  const files = await Promise.all(
    paths.map(async (path) => ({
      path,
      outline: await parseOutline(path, new TextEncoder().encode(tree[path])),
      wordIds: counter.count(new TextEncoder().encode(tree[path])).wordIds,
    })),
  );
  const graph = dependencyGraph(files, (fileIdx) => tree[paths[fileIdx]], words);
  return {
    imports: graph.dependencies
      .filter((dependency) => dependency.kind === 'import')
      .map(({ from, to }) => `${paths[from]} -> ${paths[to]}`)
      .sort(),
    symbols: graph.dependencies
      .filter((dependency) => dependency.kind === 'symbol')
      .map(({ from, to }) => `${paths[from]} -> ${paths[to]}`)
      .sort(),
    external: graph.externalImports,
    unresolved: graph.unresolvedImports,
  };
}

describe('imports of', () => {
  it('TypeScript: relative, compiled extension, index, alias, workspace package, package imports, dynamic', async () => {
    const graph = await graphOf({
      'a/main.ts':
        "import './b';\nimport x from './c.js';\nimport d from './d';\nexport * from '@app/e';\nimport '@me/lib';\nimport '@me/lib/deep';\nimport '#int';\nimport 'react';\nconst f = await import('./f');\nimport './gone';",
      'a/b.ts': '',
      'a/c.ts': '',
      'a/d/index.ts': '',
      'a/f.mjs': '',
      'app/e.ts': '',
      'tsconfig.json': '{ // aliases\n "compilerOptions": { "paths": { "@app/*": ["./app/*"] } } }',
      'package.json': '{ "name": "root", "imports": { "#int": "./app/int.ts" } }',
      'app/int.ts': '',
      'libs/lib/package.json': '{ "name": "@me/lib" }',
      'libs/lib/src/index.ts': '',
      'libs/lib/src/deep.ts': '',
    });
    expect(graph.imports).toEqual([
      'a/main.ts -> a/b.ts',
      'a/main.ts -> a/c.ts',
      'a/main.ts -> a/d/index.ts',
      'a/main.ts -> a/f.mjs',
      'a/main.ts -> app/e.ts',
      'a/main.ts -> app/int.ts',
      'a/main.ts -> libs/lib/src/deep.ts',
      'a/main.ts -> libs/lib/src/index.ts',
    ]);
    expect([graph.external, graph.unresolved]).toEqual([1, 1]);
  });

  it("TypeScript in a package of output only: a source's extension means its declarations or its JavaScript", async () => {
    const graph = await graphOf({
      'dist/main.d.ts': "import type { A } from './a.ts';\nimport type { B } from './b.mts';",
      'dist/a.d.ts': '',
      'dist/b.d.mts': '',
      'dist/main.js': "import './only.ts';",
      'dist/only.js': '',
    });
    expect(graph.imports).toEqual([
      'dist/main.d.ts -> dist/a.d.ts',
      'dist/main.d.ts -> dist/b.d.mts',
      'dist/main.js -> dist/only.js',
    ]);
    expect(graph.unresolved).toBe(0);
  });

  it('Python: absolute, relative, a module or a name, packages without __init__.py', async () => {
    const graph = await graphOf({
      'src/pkg/__init__.py': '',
      'src/pkg/a.py':
        'from . import b\nfrom .sub.c import thing\nimport pkg.d as d\nimport os\nfrom .gone import x',
      'src/pkg/b.py': '',
      'src/pkg/d.py': '',
      'src/pkg/sub/c.py': '',
      'tools/run.py': 'import helpers.h',
      'tools/helpers/h.py': '',
    });
    expect(graph.imports).toEqual([
      'src/pkg/a.py -> src/pkg/b.py',
      'src/pkg/a.py -> src/pkg/d.py',
      'src/pkg/a.py -> src/pkg/sub/c.py',
      'tools/run.py -> tools/helpers/h.py',
    ]);
    expect([graph.external, graph.unresolved]).toEqual([1, 1]);
  });

  it('Go, Rust, Java, C++, C#, PHP and Ruby', async () => {
    const graph = await graphOf({
      'go/go.mod': 'module example.com/m\n',
      'go/main.go': 'package main\nimport (\n"fmt"\n"example.com/m/x"\n)',
      'go/x/x.go': 'package x',
      'rs/src/lib.rs': 'mod a;\nuse crate::a::b::Thing;\nuse std::fmt;',
      'rs/src/a/mod.rs': 'pub mod b;',
      'rs/src/a/b.rs': 'use super::C;',
      'java/p/K.java': 'package p;\nimport q.L;\nimport q.*;\nimport java.util.List;\nclass K {}',
      'java/q/L.java': 'package q;\nclass L {}',
      'cpp/main.cpp': '#include "k.h"\n#include <lib/z.h>\n#include <vector>\n',
      'cpp/k.h': '',
      'cpp/include/lib/z.h': '',
      'cs/A.cs': 'using My.Space;\nclass A {}',
      'cs/B.cs': 'namespace My.Space { class B {} }',
      'php/a.php': "<?php\nuse App\\B;\nrequire_once 'c.php';",
      'php/B.php': '<?php\nnamespace App;\nclass B {}',
      'php/c.php': '<?php',
      'rb/a.rb': "require_relative 'b'\nrequire 'json'",
      'rb/b.rb': '',
    });
    expect(graph.imports).toEqual([
      'cpp/main.cpp -> cpp/include/lib/z.h',
      'cpp/main.cpp -> cpp/k.h',
      'cs/A.cs -> cs/B.cs',
      'go/main.go -> go/x/x.go',
      'java/p/K.java -> java/q/L.java',
      'php/a.php -> php/B.php',
      'php/a.php -> php/c.php',
      'rb/a.rb -> rb/b.rb',
      'rs/src/a/b.rs -> rs/src/a/mod.rs',
      'rs/src/a/mod.rs -> rs/src/a/b.rs',
      'rs/src/lib.rs -> rs/src/a/b.rs',
      'rs/src/lib.rs -> rs/src/a/mod.rs',
    ]);
  });
});

describe('an import that leads nowhere', () => {
  it.each([
    ['TypeScript', { 'a/main.ts': "import './gone';\nimport 'react';" }, [1, 1]],
    ['JavaScript', { 'a/main.js': "const gone = require('./gone');\nrequire('fs');" }, [1, 1]],
    ['Python', { 'a/main.py': 'from .gone import x\nimport os' }, [1, 1]],
    [
      'Go',
      {
        'go.mod': 'module example.com/m\n',
        'main.go': 'package main\nimport (\n"fmt"\n"example.com/m/gone"\n)',
      },
      [1, 1],
    ],
    ['Rust', { 'src/lib.rs': 'mod gone;\nuse std::fmt;' }, [1, 1]],
    ['C', { 'main.c': '#include "gone.h"\n#include <stdio.h>\n' }, [1, 1]],
    ['C++', { 'main.cpp': '#include "gone.hpp"\n#include <vector>\n' }, [1, 1]],
    ['Java', { 'p/K.java': 'package p;\nimport java.util.List;\nclass K {}' }, [1, 0]],
    ['C#', { 'A.cs': 'using System.Linq;\nclass A {}' }, [1, 0]],
  ] as const)(
    'is counted in %s: outside, or unresolved where it says that its target is here',
    async (_, tree, [external, unresolved]) => {
      const graph = await graphOf(tree);
      expect(graph.imports).toEqual([]);
      expect([graph.external, graph.unresolved]).toEqual([external, unresolved]);
    },
  );
});

describe('imports of a tree with hostile files', () => {
  const main = { 'main.ts': "import './a';", 'a.ts': '' };
  const deep = 100_000;

  it.each([
    ['JSON nested too deep to be walked', `{"imports": ${'['.repeat(deep)}${']'.repeat(deep)}}`],
    ['nested JSON that does not end', `{"imports": ${'['.repeat(deep)}`],
    ['no JSON', 'name: main'],
    ['a list', '[1]'],
  ])('are read though a package.json or tsconfig.json holds %s', async (_, text) => {
    const graph = await graphOf({ ...main, 'package.json': text, 'tsconfig.json': text });
    expect(graph.imports).toEqual(['main.ts -> a.ts']);
  });

  it('are read though a package names more paths than a function takes arguments', async () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `"#${i}": "./a.ts"`).join(',');
    const graph = await graphOf({
      'main.ts': "import '#199999';",
      'a.ts': '',
      'package.json': `{"imports": {${names}}}`,
    });
    expect(graph.imports).toEqual(['main.ts -> a.ts']);
  });

  it.each([
    ['Java', 'K.java', (gap: string) => `import a${gap}b;\nclass K {}`],
    ['C#', 'A.cs', (gap: string) => `using a${gap}b;\nclass A {}`],
    ['PHP', 'a.php', (gap: string) => `<?php\nuse a${gap}b;\nclass A {}`],
    ['Python', 'a.py', (gap: string) => `import a${gap}b\nfrom a import b${gap}c`],
    ['Rust', 'a.rs', (gap: string) => `use a${gap}b;\nuse ${'{'.repeat(5000)};`],
  ])('in %s end, however many spaces stand in one', async (_, path, text) => {
    const graph = await graphOf({ [path]: text(' '.repeat(20_000)) });
    expect(graph.imports).toEqual([]);
  });
});

describe('imports of C', () => {
  it('lead to a header beside the file, and from there on', async () => {
    const graph = await graphOf({
      'src/main.c': '#include "list.h"\nint main(void) { return 0; }\n',
      'src/list.h': '#include "node.h"\n',
      'src/node.h': 'struct node { int value; };\n',
    });
    expect(graph.imports).toEqual(['src/list.h -> src/node.h', 'src/main.c -> src/list.h']);
  });
});

describe('symbol references', () => {
  it('lead to the one file that declares the name, and to none when two do', async () => {
    const graph = await graphOf({
      'a.ts': 'export function computeBudget() {}\nexport function twice() {}',
      'b.ts': 'export function twice() {}',
      'c.ts': 'computeBudget(); twice();',
    });
    expect(graph.symbols).toEqual(['c.ts -> a.ts']);
  });
});
