// Secrets to plant in a tree, and the search for anything of them where nothing may be.

// Of the forms that these services' keys have, put together here so that nobody's scanner takes them for one. They open nothing.
export const secrets = {
  github: `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`,
  slack: `xoxb-${'263594206564'}-${'2343594206574'}-${'FGqddMF8t08v8N7Oq4i57vs1'}`,
  aws: ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYzzzzzzzKEY'].join('/'),
  database: ['postgres://admin:', 'tr0ub4dor-and-3', '@db.example.com/main'].join(''),
  npm: `npm_${'kMxmzWPGyLmPqxTNqpXvhOaQmDnBcAaWqKbX'}`.slice(0, 40),
};
const privateKey = [
  `-----BEGIN ${'RSA PRIVATE KEY'}-----`,
  ...Array.from(
    { length: 12 },
    (_, i) => `MIIEow${i}IBAAKCAQEAxk${i}Zr8hV2nQp${i}7Wc3TuYb9LdJ4sXf6GmRq`,
  ),
  `-----END ${'RSA PRIVATE KEY'}-----`,
].join('\n');
/** Anything of these in a file or a text is a leak. */
const traces = [
  ...Object.values(secrets),
  'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx',
  'FGqddMF8t08v8N7Oq4i57vs1',
  'IBAAKCAQEAxk',
  'tr0ub4dor',
];

/** Files by path. */
export const plantedTree: Readonly<Record<string, string>> = {
  'src/main.ts': "import { parse } from './parse';\nparse('a');\n",
  'src/parse.ts': 'export function parse(text: string) {\n  return text;\n}\n',
  'src/key.ts': `export const token = '${secrets.github}';\nexport const other = 1;\n`,
  'src/broken.py': `def f(:\n  SLACK = "${secrets.slack}"\n`,
  'src/cloud.js': `const AWS_SECRET_ACCESS_KEY = "${secrets.aws}";\n`,
  '.env': `DATABASE_URL=${secrets.database}\n`,
  '.npmrc': `//registry.npmjs.org/:_authToken=${secrets.npm}\n`,
  'deploy/id_rsa.txt': `${privateKey}\n`,
  'bad.json': `{"token": ${secrets.github}`,
  'a.ipynb': JSON.stringify({
    cells: [{ cell_type: 'code', source: `key = "${secrets.github}"` }],
  }),
};

/** Which of the traces are in it, as UTF-8 or UTF-16. */
export function tracesIn(content: Uint8Array | string, of: readonly string[] = traces): string[] {
  const bytes = Buffer.from(content as Uint8Array);
  return of.filter(
    (trace) => bytes.includes(trace) || bytes.includes(Buffer.from(trace, 'utf16le')),
  );
}
