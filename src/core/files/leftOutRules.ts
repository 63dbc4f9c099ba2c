import type { LeftOutReason } from './scanReport.ts';

/** A text larger than this is beyond every context window by far (16 million tokens and more). */
export const defaultMaxFileBytes = 64 * 1024 * 1024;

/** Folders that are left out as a whole, by their name. */
const folderReasons: Readonly<Record<string, LeftOutReason>> = {
  '.git': 'versionControl',
  '.hg': 'versionControl',
  '.svn': 'versionControl',
  '.jj': 'versionControl',
  CVS: 'versionControl',
  node_modules: 'dependencies',
  bower_components: 'dependencies',
  jspm_packages: 'dependencies',
  '.pnpm-store': 'dependencies',
  '.venv': 'dependencies',
};

/** Written by package managers, read by nobody: mostly hashes, which cost more tokens than words do. */
const lockFileNames: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  '.package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'poetry.lock',
  'Pipfile.lock',
  'pdm.lock',
  'uv.lock',
  'pixi.lock',
  'conda-lock.yml',
  'composer.lock',
  'Gemfile.lock',
  'go.sum',
  'go.work.sum',
  'flake.lock',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Cartfile.resolved',
  'Package.resolved',
  'packages.lock.json',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  '.terraform.lock.hcl',
  'MODULE.bazel.lock',
]);

const minifiedName = /[.-]min\.(?:js|mjs|cjs|css|html|json)$/i;
const sourceMapName = /\.(?:js|mjs|cjs|jsx|ts|mts|cts|tsx|css)\.map$/i;

/** SVG is text and is counted. */
const imageExtensions =
  'png jpg jpeg jpe jfif gif webp avif heic heif bmp ico icns cur tif tiff psd xcf ai eps jxl jp2 raw cr2 nef dng tga dds hdr exr ktx ktx2 pcx';

const binaryExtensions = [
  'zip gz tgz bz2 tbz xz txz zst lz4 br 7z rar tar jar war ear nupkg whl egg vsix crx apk aab ipa dmg iso img deb rpm msi cab pkg',
  'exe dll so dylib a o obj lib pdb class pyc pyo pyd beam wasm node bin elf ko efi rlib rmeta swiftmodule',
  'mp3 wav flac ogg oga opus m4a aac aiff mid mp4 m4v mov avi mkv webm wmv flv mpg mpeg 3gp',
  'woff woff2 ttf otf ttc eot',
  'pdf doc docx xls xlsx ppt pptx odt ods odp epub mobi',
  'sqlite sqlite3 db db3 mdb accdb parquet avro orc feather arrow npy npz h5 hdf5 pkl pickle pt pth ckpt safetensors gguf ggml onnx tflite pb mlmodel joblib rds rdata mat sav',
  'glb fbx blend 3ds max stl ply usdz unitypackage uasset pak',
  'keystore jks p12 pfx der',
].join(' ');

const extensionReasons: ReadonlyMap<string, LeftOutReason> = new Map([
  ...binaryExtensions.split(' ').map((extension) => [extension, 'binary'] as const),
  ...imageExtensions.split(' ').map((extension) => [extension, 'image'] as const),
]);

/** Why a folder of this name is left out as a whole; undefined: it is walked. */
export function leftOutFolderReason(name: string): LeftOutReason | undefined {
  return Object.hasOwn(folderReasons, name) ? folderReasons[name] : undefined;
}

/** Why a file of this name is left out without being opened; undefined: its content decides. */
export function leftOutFileReason(name: string): LeftOutReason | undefined {
  // A worktree or submodule has a file where a clone has a folder.
  if (name === '.git') return 'versionControl';
  if (lockFileNames.has(name)) return 'lockFile';
  if (minifiedName.test(name)) return 'minified';
  if (sourceMapName.test(name)) return 'sourceMap';
  const dot = name.lastIndexOf('.');
  return dot > 0 ? extensionReasons.get(name.slice(dot + 1).toLowerCase()) : undefined;
}
