// Finds a Chromium that starts and renders: an installed one, else the one from npm, else Debian's.
import { cpSync, existsSync, mkdtempSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { serverNode, vscodeHostFolder } from './install.mjs';
import { findOnPath, run } from './processes.mjs';
import { removeFolder } from './vscodeServer.mjs';

const npmChromiumFolder = path.join(vscodeHostFolder, 'node_modules/.chromium');

/** No sandbox: tests may run as root, and the pages are our own. No background traffic of the browser's. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

const installedNames = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
const installedPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @typedef {{ name: string, executablePath: string, env: Record<string, string> }} Browser */

/**
 * Opens a browser.
 * @param {Browser} browser
 */
export function launchBrowser(browser) {
  return chromium.launch({
    executablePath: browser.executablePath,
    env: { ...process.env, ...browser.env },
    args: flags,
    timeout: 60_000,
  });
}

/** Why this browser can't be used, or undefined after it rendered a page. */
async function faultOf(browser) {
  let instance;
  try {
    instance = await launchBrowser(browser);
    const page = await instance.newPage();
    await page.setContent('<h1 style="color: red">Context Budget</h1>');
    if ((await page.screenshot()).length < 1000) return 'it rendered an empty page';
    return undefined;
  } catch (error) {
    return error.message.split('\n').slice(0, 3).join(' ');
  } finally {
    await instance?.close().catch(() => {});
  }
}

function* installedBrowsers() {
  const chosen = process.env.CHROME_PATH;
  const found = installedNames.map(findOnPath).filter((file) => file !== undefined);
  for (const file of [...(chosen ? [chosen] : []), ...found, ...installedPlaces]) {
    if (existsSync(file)) yield { name: file, executablePath: file, env: {} };
  }
}

/** The Chromium of the npm package, unpacked once beside it (about 3 s). */
async function npmChromium() {
  if (!existsSync(path.join(npmChromiumFolder, 'chromium'))) {
    const fresh = mkdtempSync(path.join(tmpdir(), 'context-budget-chromium-'));
    // The package unpacks into the temporary folder, all it brings: browser, fonts, software rendering, Amazon's libraries.
    const unpack = `import chromium, { inflate } from '@sparticuz/chromium';
      await chromium.executablePath();
      await inflate('node_modules/@sparticuz/chromium/bin/al2023.tar.br');`;
    const { code } = await run(serverNode, ['--input-type=module', '-e', unpack], {
      cwd: vscodeHostFolder,
      env: { ...process.env, TMPDIR: fresh },
    });
    if (code !== 0) throw new Error(`@sparticuz/chromium did not unpack (exit ${code})`);
    moveFolder(fresh, npmChromiumFolder);
  }
  return {
    name: 'Chromium from npm (@sparticuz/chromium)',
    executablePath: path.join(npmChromiumFolder, 'chromium'),
    env: {},
  };
}

function moveFolder(from, to) {
  removeFolder(to);
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch {
    // Another file system.
    cpSync(from, to, { recursive: true });
    removeFolder(from);
  }
}

/** The same Chromium with the libraries and fonts it ships, for a bare machine that lacks them. */
function withOwnLibraries(browser) {
  return {
    name: `${browser.name}, with its own libraries`,
    executablePath: browser.executablePath,
    env: {
      LD_LIBRARY_PATH: path.join(npmChromiumFolder, 'al2023/lib'),
      FONTCONFIG_PATH: path.join(npmChromiumFolder, 'fonts'),
    },
  };
}

async function debianChromium() {
  if (process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) {
    throw new Error('not root on a Debian, so apt-get install chromium is not tried');
  }
  console.log('Installing Debian’s Chromium with apt ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-qq', 'update'], { env });
  const { code } = await run('apt-get', ['-qq', '-y', 'install', 'chromium'], { env });
  if (code !== 0) throw new Error(`apt-get install chromium ended with ${code}`);
  return { name: 'Debian’s Chromium', executablePath: '/usr/bin/chromium', env: {} };
}

/**
 * The first browser that starts and renders; throws with every reason when there is none.
 * @returns {Promise<Browser>}
 */
export async function findBrowser() {
  const faults = [];
  const attempt = async (browser) => {
    const fault = await faultOf(browser);
    if (fault === undefined) return browser;
    faults.push(`${browser.name}: ${fault}`);
    return undefined;
  };
  for (const browser of installedBrowsers()) {
    const found = await attempt(browser);
    if (found !== undefined) return found;
  }
  try {
    const shipped = await npmChromium();
    const found = (await attempt(shipped)) ?? (await attempt(withOwnLibraries(shipped)));
    if (found !== undefined) return found;
  } catch (error) {
    faults.push(`Chromium from npm: ${error.message}`);
  }
  try {
    const found = await attempt(await debianChromium());
    if (found !== undefined) return found;
  } catch (error) {
    faults.push(`Debian’s Chromium: ${error.message}`);
  }
  throw new Error(
    `no browser runs here; set CHROME_PATH to a Chrome or Chromium\n  ${faults.join('\n  ')}`,
  );
}
