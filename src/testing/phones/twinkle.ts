import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '#testing/peers/program.ts';
import { ConsolePhone } from './console-phone.ts';
import type { ConsoleProtocol } from './console-phone.ts';
import { MicrophoneFile } from './microphone-file.ts';
import type { RealPhone, RealPhoneOptions } from './real-phone.ts';
import { growingWav } from './growing-wav.ts';

/** Twinkle's console (Debian package `twinkle-console`). Its sound card is a pair of files, by ALSA's `file` device. */
export async function startTwinkle(options: RealPhoneOptions): Promise<RealPhone> {
  const folder = await mkdtemp(join(tmpdir(), 'gosip-twinkle-'));
  const [microphoneFile, heard] = [join(folder, 'microphone'), join(folder, 'heard.raw')];
  await mkdir(join(folder, '.twinkle'));
  await writeFile(join(folder, '.twinkle', 'phone.cfg'), account(options));
  await writeFile(join(folder, '.twinkle', 'twinkle.sys'), machine);
  await writeFile(join(folder, '.asoundrc'), soundCard(microphoneFile, heard));
  const microphone = new MicrophoneFile(microphoneFile, options.toneHz);
  const { address, command } = options.netns;
  const program = startProgram(...command('twinkle-console', ['phone.cfg']), { env: { HOME: folder } });
  void program.ended.then(() => microphone[Symbol.dispose]());
  // It may stand still for many seconds at its start.
  const [, version = ''] = await program.printed(/^Twinkle (\d[\d.]*),/m, 60);
  const toneShare = growingWav(heard, 8000);
  return new ConsolePhone({
    name: 'Twinkle',
    version,
    address,
    folder,
    program,
    protocol: protocolOf(options),
    toneShare: toneShare,
  });
}

function protocolOf({ exchange }: RealPhoneOptions): ConsoleProtocol {
  const uri = (extension: string) => `sip:${extension}@${exchange}`;
  return {
    commands: {
      dial: (extension) => `call ${uri(extension)}`,
      answer: 'answer',
      hangUp: 'bye',
      hold: 'hold',
      resume: 'retrieve',
      transfer: (extension) => `transfer ${uri(extension)}`,
    },
    signals: {
      rings: /incoming call/,
      talks: /call established|far end answered call/,
      ended: /call ended|far end ended call|call failed|call cancelled/,
    },
  };
}

function account({ login, exchange, transport, expires = 300 }: RealPhoneOptions): string {
  return [
    `user_name=${login.username}`,
    `user_domain=${exchange}`,
    `auth_name=${login.username}`,
    `auth_pass=${login.password}`,
    'register_at_startup=yes',
    `registration_time=${expires}`,
    `sip_transport=${transport}`,
    'codecs=g711u',
    // It takes a pure tone for noise.
    ...['vad', 'agc', 'aec', 'nrd'].map((filter) => `speex_dsp_${filter}=no`),
    '',
  ].join('\n');
}

const machine = [
  'dev_ringtone=alsa:null',
  'dev_speaker=alsa:speaker',
  'dev_mic=alsa:microphone',
  'sip_port=5060',
  'rtp_port=8000',
  'log_show_sip=yes',
  '',
].join('\n');

function soundCard(microphone: string, heard: string): string {
  // What is taken from a file is written to the other one too, so each way has its own.
  return [
    `pcm.microphone { type file slave.pcm null format raw infile "${microphone}" file "/dev/null" }`,
    `pcm.speaker { type file slave.pcm null format raw file "${heard}" }`,
    '',
  ].join('\n');
}
