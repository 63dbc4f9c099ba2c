import { describe, expect, it } from 'vitest';
import { leftOutFileReason, leftOutFolderReason } from '../../../src/core/files/leftOutRules.ts';

describe('what is left out by its name', () => {
  it.each([
    ['package-lock.json', 'lockFile'],
    ['Cargo.lock', 'lockFile'],
    ['go.sum', 'lockFile'],
    ['jquery.min.js', 'minified'],
    ['style-min.css', 'minified'],
    ['three.module.min.js', 'minified'],
    ['a.d.ts.map', 'sourceMap'],
    ['index.mjs.map', 'sourceMap'],
    ['photo.JPEG', 'image'],
    ['font.woff2', 'binary'],
    ['.git', 'versionControl'],
  ])('leaves out %s: %s', (name, reason) => {
    expect(leftOutFileReason(name)).toBe(reason);
  });

  it.each([
    'map',
    'world.map',
    'icon.svg',
    'admin.js',
    'min.js',
    '.png',
    'lock',
    'a.min.ts',
    'constructor',
  ])('lets the content decide about %s', (name) => {
    expect(leftOutFileReason(name)).toBeUndefined();
    expect(leftOutFolderReason(name)).toBeUndefined();
  });

  it('leaves out dependencies and version control as a whole', () => {
    expect(leftOutFolderReason('node_modules')).toBe('dependencies');
    expect(leftOutFolderReason('.git')).toBe('versionControl');
    expect(leftOutFolderReason('src')).toBeUndefined();
  });
});
