import { spawnSync } from 'node:child_process';
import { pjsua2Python } from './pjsua2.ts';

const programs = ['ip', 'tcpdump', 'baresip', 'linphonec', 'twinkle-console', 'chromium', pjsua2Python];

/**
 * Why real phones cannot be tested on this machine, or nothing. On a developer's machine their tests are left out, loudly; in CI a
 * missing phone is a failure.
 */
export function missingRequirements(): string | undefined {
  const reasons = [
    ...(process.getuid?.() === 0 ? [] : ['network namespaces, which only root can make']),
    ...programs.filter((program) => spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status !== 0),
  ];
  if (reasons.length === 0) return undefined;
  const text = `REAL PHONES ARE NOT TESTED HERE. Missing: ${reasons.join(', ')}. Run script/test as root on Debian: it installs them.`;
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`\n${text}\n`);
  return text;
}
