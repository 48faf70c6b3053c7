import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import type { FlowSource } from './engine-supervisor.ts';

const thread = new URL('../testing/harness/fake-engine-thread.ts', import.meta.url);
const running: EngineSupervisor[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.stop()));
});

function superviseFake(hosts: Record<string, string> = {}) {
  const clock = new FakeClock();
  const lines: { text: string; facts: Record<string, unknown> }[] = [];
  const waiting: { text: string; resolve: (facts: Record<string, unknown>) => void }[] = [];
  const write = (facts: object, text: string): void => {
    lines.push({ text, facts: { ...facts } });
    const index = waiting.findIndex((one) => one.text === text);
    if (index !== -1) waiting.splice(index, 1)[0]?.resolve({ ...facts });
  };
  const log = { debug: write, info: write, warn: write, error: write };
  const listeners = [{ protocol: 'udp', host: '127.0.0.1', port: 0 } as const];
  const events = {
    onFlowClosed: ({ protocol, address, port }: FlowSource) => write({ at: `${protocol} ${address} ${port}` }, 'flow closed'),
    onFlowsLost: () => write({}, 'flows lost'),
  };
  const supervisor = new EngineSupervisor({ options: { listeners, hosts }, clock, log, thread, ...events });
  running.push(supervisor);
  /** The next line with this text. */
  const line = (text: string) => new Promise<Record<string, unknown>>((resolve) => waiting.push({ text, resolve }));
  return { clock, lines, supervisor, line };
}

describe('the supervisor of the engine thread', () => {
  it('starts the engine with a secret of its own and returns its address', async () => {
    const { supervisor } = superviseFake();
    const address = await supervisor.start();
    expect(address).toMatchObject({ host: '127.0.0.1', port: 5000, hostports: 'udp/127.0.0.1:6000' });
    expect(address.secret.length).toBeGreaterThanOrEqual(32);
    expect(supervisor.isRunning).toBe(true);
    await supervisor.stop();
    expect(supervisor.isRunning).toBe(false);
  });

  it('says why the engine cannot start, and does not try again', async () => {
    const { supervisor, clock } = superviseFake({ problem: '127.0.0.1' });
    await expect(supervisor.start()).rejects.toThrow('The port is taken.');
    expect(clock.pending).toBe(0);
  });

  it('says what is wrong with the options before it starts anything', async () => {
    const supervisor = new EngineSupervisor({
      options: { listeners: [] },
      clock: new FakeClock(),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(supervisor.start()).rejects.toThrow('Nothing to listen on');
  });

  it.each(['throw', 'exit'])('restarts it at the same ports when it ends by %s, and keeps the trusted sources', async (how) => {
    const { supervisor, clock, line } = superviseFake();
    const before = await supervisor.start();
    const trusted = line('trust');
    supervisor.trust('192.0.2.1');
    await trusted;
    const ended = line('SIP engine crashed; restarting');
    supervisor.trust(how);
    supervisor.untrust(how);
    expect(await ended).toMatchObject({ pauseMs: 250 });
    expect(supervisor.isRunning).toBe(false);
    const [started, trustedAgain] = [line('started'), line('trust')];
    clock.advance(250);
    expect(await started).toEqual({ controlPort: 5000, ports: [6000] });
    expect(await trustedAgain).toEqual({ address: '192.0.2.1' });
    expect(supervisor.address).toEqual(before);
    expect(supervisor.restarts).toBe(1);
  });

  it('waits longer after each failure in a row', async () => {
    const { supervisor, clock, line } = superviseFake();
    await supervisor.start();
    const pauses: unknown[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      const ended = line('SIP engine crashed; restarting');
      supervisor.trust('exit');
      supervisor.untrust('exit');
      const { pauseMs } = await ended;
      pauses.push(pauseMs);
      const started = line('started');
      clock.advance(Number(pauseMs));
      await started;
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('ends an engine that does not respond', async () => {
    const { supervisor, clock, line } = superviseFake();
    await supervisor.start();
    const hung = line('SIP engine does not respond; terminating it');
    const ended = line('SIP engine crashed; restarting');
    supervisor.trust('hang');
    supervisor.untrust('hang');
    await clock.advanceAsync(25_000);
    await hung;
    await ended;
    expect(supervisor.restarts).toBe(1);
  });

  it('reports a closed connection of a phone, and that all are lost when the engine ended', async () => {
    const { supervisor, line, lines } = superviseFake();
    await supervisor.start();
    const closed = line('flow closed');
    supervisor.trust('close');
    expect(await closed).toEqual({ at: 'ws 192.0.2.7 4000' });
    expect(lines.map(({ text }) => text)).not.toContain('flows lost');
    const lost = line('flows lost');
    supervisor.trust('exit');
    await lost;
  });

  it('reports to the thread that the application had its turn', async () => {
    const { supervisor, line } = superviseFake();
    await supervisor.start();
    const turned = line('app-turn-done');
    supervisor.trust('app-turn-requested');
    expect(await turned).toEqual({ ticket: 11 });
  });
});
