import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

describe('a release', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-release-'));
    for (const path of ['script/check-release', 'config.yaml', 'package.json']) cpSync(join(root, path), join(folder, path));
    writeFileSync(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## ${version}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (tag: string, repository = 'GoSIP/gosip') => {
    const { status, stderr } = spawnSync(join(folder, 'script/check-release'), [tag, repository], { encoding: 'utf8' });
    return { status, problems: stderr.split('\n').filter(Boolean) };
  };

  it('has a tag that is the version everywhere', () => {
    expect(check(version)).toEqual({ status: 0, problems: [] });
  });

  it('is refused where the tag is another than the version that houses ask for', () => {
    const { status, problems } = check(`v${version}`);
    expect(status).toBe(1);
    expect(problems).toEqual([
      expect.stringContaining(`the version in config.yaml ${version}`),
      expect.stringContaining('package.json'),
      expect.stringContaining('CHANGELOG.md'),
    ]);
  });

  it('is refused where houses would ask for the image of another place', () => {
    expect(check(version, 'fork/gosip')).toEqual({ status: 1, problems: [expect.stringContaining('ghcr.io/fork/gosip')] });
  });
});
