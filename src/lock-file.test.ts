import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import lockFile from '../package-lock.json' with { type: 'json' };

type Locked = {
  readonly version?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
};

const packages = Object.entries(lockFile.packages as Readonly<Record<string, Locked>>).filter(([path]) => path !== '');

describe('what is installed', () => {
  it('stands in the lock file with its hash, everything', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  it.each(['x64', 'arm64'])('has the Node.js that runs the house among it (%s)', (architecture) => {
    const found = packages.find(([path]) => path === `node_modules/node-linux-${architecture}`)?.[1];
    expect(found).toMatchObject({ version: expect.stringMatching(/^24\./), integrity: expect.stringMatching(/^sha512-/) });
  });

  it('runs no script of its own that could fetch more', () => {
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    expect(readFileSync(join(import.meta.dirname, '..', '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});
