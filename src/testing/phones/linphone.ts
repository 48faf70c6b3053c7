import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '#testing/peers/program.ts';
import { toneWav } from '#testing/base/wav.ts';
import { ConsolePhone } from './console-phone.ts';
import type { ConsoleProtocol } from './console-phone.ts';
import type { RealPhone, RealPhoneOptions } from './real-phone.ts';

/**
 * linphone's console (Debian package `linphone-cli`). It plays a file into its calls; what it hears is measured on its cable, because it
 * writes its own recording only when the call has ended.
 */
export async function startLinphone(options: RealPhoneOptions): Promise<RealPhone> {
  const folder = await mkdtemp(join(tmpdir(), 'gosip-linphone-'));
  // Without this folder it shows its prompt and never sends a packet.
  await mkdir(join(folder, '.local', 'share', 'linphone'), { recursive: true });
  await writeFile(join(folder, 'tone.wav'), toneWav({ frequency: options.toneHz, seconds: 120 }));
  await writeFile(join(folder, 'linphonerc'), settings(options));
  const { address, command } = options.netns;
  const program = startProgram(
    ...command('linphonec', ['-c', join(folder, 'linphonerc'), '-d', '6', '-l', join(folder, 'log')]),
    {
      cwd: folder,
      env: { HOME: folder, XDG_CONFIG_HOME: join(folder, '.config'), XDG_DATA_HOME: join(folder, '.local', 'share') },
    },
  );
  await program.printed(/linphonec>/);
  program.write('soundcard use files\n');
  await program.printed(/Using wav files/);
  program.write(`play ${join(folder, 'tone.wav')}\n`);
  const toneShare = (frequency: number) => options.capture.toneShare(address, frequency);
  return new ConsolePhone({
    name: 'linphone',
    version: await versionOf(),
    address,
    folder,
    program,
    protocol: protocolOf(options),
    toneShare,
  });
}

async function versionOf(): Promise<string> {
  await using program = startProgram('linphonec', ['-v']);
  return (await program.printed(/version: (\S+)/))[1] ?? '';
}

function protocolOf({ exchange }: RealPhoneOptions): ConsoleProtocol {
  const uri = (extension: string) => `sip:${extension}@${exchange}`;
  return {
    commands: {
      dial: (extension) => `call ${uri(extension)}`,
      answer: 'answer',
      hangUp: 'terminate',
      hold: 'pause',
      resume: 'resume',
      transfer: (extension) => `transfer ${uri(extension)}`,
    },
    signals: {
      rings: /Receiving new incoming call/,
      talks: /Call \d+ with .* connected\./,
      ended: /Call \d+ (?:with|to) .* (?:ended|error|declined)/,
    },
  };
}

function settings({ login, exchange, transport, expires = 300, reconnectSeconds }: RealPhoneOptions): string {
  const retry = reconnectSeconds === undefined ? '' : `refresher_retry_after=${reconnectSeconds * 1000}`;
  return `
[sip]
sip_port=5060
sip_tcp_port=5060
sip_tls_port=-1
default_proxy=0
register_only_when_network_is_up=0
auto_net_state_mon=0
${retry}
[rtp]
audio_rtp_port=7078
[video]
enabled=0
capture=0
display=0
[sound]
echocancellation=0
[auth_info_0]
username=${login.username}
passwd=${login.password}
[proxy_0]
reg_proxy=<sip:${exchange};transport=${transport}>
reg_identity=sip:${login.username}@${exchange}
reg_expires=${expires}
reg_sendregister=1
publish=0
[audio_codec_0]
mime=PCMU
rate=8000
channels=1
enabled=1
`;
}
