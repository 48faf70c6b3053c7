import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { optionTable } from './option-table.ts';

const noFile = (): Buffer => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};

function run(...args: string[]) {
  const line = parseCommandLine(args, noFile);
  if (line.kind !== 'run') throw new Error(JSON.stringify(line));
  return line;
}

function problems(...args: string[]): readonly string[] {
  const line = parseCommandLine(args, noFile);
  return line.kind === 'problems' ? line.problems : [];
}

const least = ['--sip', 'udp:127.0.0.1:5060', '--secret', 'cymru'];

describe('the command line of the engine', () => {
  it('takes several listeners, the control address and the secret', () => {
    const { options, log } = run(...least, '--sip', 'tcp:127.0.0.1:5060', '--control', '127.0.0.1:9022', '--log', 'debug');
    expect(options.listeners.map(({ protocol, host, port }) => `${protocol} ${host} ${port}`)).toEqual([
      'udp 127.0.0.1 5060',
      'tcp 127.0.0.1 5060',
    ]);
    expect(options.control).toMatchObject({ host: '127.0.0.1', port: 9022, tls: false });
    expect(options.secret).toBe('cymru');
    expect(log).toBe('debug');
  });

  it('applies an external address to the listener before it, or to all when it stands first', () => {
    const own = run(...least, '--external-ip', '192.0.2.1', '--sip', 'udp:127.0.0.2:5060').options.listeners;
    expect(own.map(({ externalHost }) => externalHost)).toEqual(['192.0.2.1', undefined]);
    const all = run('--external-ip', '192.0.2.1', ...least, '--sip', 'udp:127.0.0.2:5060').options.listeners;
    expect(all.map(({ externalHost }) => externalHost)).toEqual(['192.0.2.1', '192.0.2.1']);
  });

  it('takes settings, timers, bounds, hosts and spammers', () => {
    const { settings, limits, hosts } = run(
      ...least,
      ...['--t1', '100', '--session-timer-refresher', 'uas', '--spammer-user-agent', 'sipvicious', '--cdrs'],
      ...['--options-auto-respond', 'probe', '--limit', 'dialogs=7', '--host', 'Phone.lan=127.0.0.9'],
    ).options;
    expect(settings.timers).toMatchObject({ t1: 100, t2: 4000 });
    expect(settings).toMatchObject({ defaultRefresher: 'uas', cdrs: true, optionsAutoAnswerUserAgent: 'probe' });
    expect(settings.spammers.userAgents).toEqual(['sipvicious']);
    expect(limits.dialogs).toBe(7);
    expect(hosts).toEqual({ 'phone.lan': '127.0.0.9' });
  });

  it('reads the secret from a file', () => {
    const line = parseCommandLine(['--sip', 'udp:127.0.0.1:0', '--secret-file', 'x'], () => Buffer.from('deep\n'));
    expect(line.kind === 'run' && line.options.secret).toBe('deep');
  });

  it('reports everything that is wrong at once', () => {
    const all = problems(
      '--sip',
      'nonsense',
      '--t1',
      'soon',
      '--bogus',
      '--log',
      'loud',
      'stray',
      '--control',
      'here',
      '--limit',
      'x=1',
    );
    expect(all).toHaveLength(8);
    for (const name of ['--sip', '--t1', '--bogus', '--log', 'stray', '--control', '--limit', 'No secret']) {
      expect(all.some((text) => text.includes(name))).toBe(true);
    }
  });

  it.each([
    [['--secret', 'x'], 'Nothing to listen on'],
    [['--sip', 'udp:127.0.0.1:5060'], 'No secret'],
    [[...least, '--sip', 'tls:127.0.0.1:5061'], 'needs --tls-key and --tls-cert'],
    [[...least, '--tls-key', 'k.pem'], 'belong together'],
    [[...least, '--tls-key', '/nowhere/k.pem', '--tls-cert', '/nowhere/c.pem'], 'TLS cannot be set up'],
    [[...least, '--secret-file', '/nowhere'], 'cannot be read (ENOENT)'],
    [[...least, '--t2', '100'], 'T1 500 ms ≤ T2 100 ms'],
    [[...least, '--trust', 'somewhere'], 'neither an address nor a network'],
    [[...least, '--host', 'a=b'], 'no IP address'],
    [[...least, '--local-net', '10'], 'is not of the form'],
    [[...least, '--outbound-proxy', 'here'], 'is no SIP URI'],
    [[...least, '--session-timer-refresher', 'me'], 'none, uac, uas'],
    [['--sip'], '--sip: needs a value'],
  ])('says what is wrong with %j', (args, words) => {
    expect(problems(...args).join('\n')).toContain(words);
  });

  it('documents every option in --help', () => {
    const line = parseCommandLine(['--bogus', '--help'], noFile);
    const text = line.kind === 'help' ? line.text : '';
    for (const { name } of optionTable) expect(text).toContain(`--${name}`);
  });
});
