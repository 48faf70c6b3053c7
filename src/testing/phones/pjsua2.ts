import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '#testing/peers/program.ts';
import { toneWav } from '#testing/base/wav.ts';
import { ConsolePhone } from './console-phone.ts';
import type { ConsoleProtocol } from './console-phone.ts';
import type { RealPhone, RealPhoneOptions } from './real-phone.ts';
import { growingWav } from './growing-wav.ts';

/** Where script/test puts it, out of the way of the machine's own Python. */
export const pjsua2Python = join(import.meta.dirname, '..', '..', '..', 'tmp', 'pjsua2', 'bin', 'python');

/** A phone made of pjsua2 (PyPI package `pjsua2-python`), driven by pjsua2-phone.py. */
export async function startPjsua2(options: RealPhoneOptions): Promise<RealPhone> {
  const folder = await mkdtemp(join(tmpdir(), 'gosip-pjsua2-'));
  await writeFile(join(folder, 'tone.wav'), toneWav({ frequency: options.toneHz, seconds: 120 }));
  const { login, exchange, transport, netns, expires = 300 } = options;
  const settings = { address: netns.address, exchange, transport, username: login.username, folder, expires };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = netns.command(pjsua2Python, [join(import.meta.dirname, 'pjsua2-phone.py'), ...args]);
  const program = startProgram(...command, { env: { PHONE_PASSWORD: login.password } });
  const [, version = ''] = await program.printed(/phone: pjsua2 (\S+) is ready/);
  const toneShare = growingWav(join(folder, 'heard.wav'), 16_000);
  return new ConsolePhone({
    name: 'pjsua2',
    version,
    address: netns.address,
    folder,
    program,
    protocol: protocol,
    toneShare: toneShare,
  });
}

const protocol: ConsoleProtocol = {
  commands: {
    dial: (extension) => `dial ${extension}`,
    answer: 'answer',
    hangUp: 'hang-up',
    hold: 'hold',
    resume: 'resume',
    transfer: (extension) => `transfer ${extension}`,
  },
  signals: { rings: /phone: rings/, talks: /phone: talks/, ended: /phone: ended/ },
};
