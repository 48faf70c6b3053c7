import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { freePort } from './local-address.ts';
import type { LocalAddresses } from './local-address.ts';
import { NgClient } from './ng-client.ts';
import { exitOf, missingExitCode, spawnRtpengine } from './rtpengine-launch.ts';
import type { RtpengineOptions } from './rtpengine-launch.ts';

export type RtpengineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly control: NgClient; readonly pid: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'stopped' };

type RtpengineProcessDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly options: RtpengineOptions;
  /** Where media is sent from, asked anew for each start. */
  readonly addresses: LocalAddresses;
  /** Called after every change. */
  readonly onStateChange: (state: RtpengineState) => void;
};

/** One child process and its last error. */
type RunningChild = {
  readonly child: ChildProcess;
  readonly control: NgClient;
  /** The local address of its media. */
  readonly address: string;
  lastError: string;
  hasStarted: boolean;
};

const backOffSeconds = [1, 2, 5, 10, 30] as const;
/** It may be installed while we run. */
const reinstallCheckSeconds = 60;
const noNetwork = 'this machine has no network yet';
const pingSeconds = 10;
const startTimeoutSeconds = 10;
const stopSeconds = 2;
const logThrottleSeconds = 30;
/** A child that ran this long did not fail because of its settings: the back-off starts again. */
const stableSeconds = 60;

/** rtpengine as a child process: restarted with back-off when it exits or stops responding. */
export class RtpengineProcess {
  readonly #deps: RtpengineProcessDeps;
  #state: RtpengineState = { kind: 'stopped' };
  #run: RunningChild | undefined;
  #timers: Timer[] = [];
  #failures = 0;
  #logMutedUntil = 0;
  #isStopped = true;
  readonly #waiting = new Set<() => void>();

  constructor(deps: RtpengineProcessDeps) {
    this.#deps = deps;
  }

  get state(): RtpengineState {
    return this.#state;
  }

  /** The local address of its media, while it runs. */
  get address(): string | undefined {
    return this.#run?.address;
  }

  /** Undefined while it is not running. */
  get control(): NgClient | undefined {
    return this.#state.kind === 'running' ? this.#state.control : undefined;
  }

  /** Resolves when it runs, or with undefined: after `waitMs`, or at once where it is not installed or stopped. */
  async waitForControl(waitMs: number): Promise<NgClient | undefined> {
    if (this.control !== undefined || this.#state.kind === 'missing' || this.#state.kind === 'stopped') return this.control;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timeout = this.#deps.clock.after(waitMs, resolve);
    await promise;
    timeout.cancel();
    this.#waiting.delete(resolve);
    return this.control;
  }

  /** A command got no reply: pings at once. */
  checkAlive(): void {
    if (this.#run !== undefined && this.#state.kind === 'running') void this.#ping(this.#run);
  }

  /** Resolves when it responds, or when the first attempt has failed; retries go on. */
  async start(): Promise<void> {
    this.#isStopped = false;
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimers();
    const run = this.#run;
    this.#run = undefined;
    this.#setState({ kind: 'stopped' });
    if (run === undefined) return;
    run.control.close();
    const ended = exitOf(run.child);
    run.child.kill('SIGTERM');
    const killer = this.#deps.clock.after(stopSeconds * 1000, () => run.child.kill('SIGKILL'));
    await ended;
    killer.cancel();
  }

  async #launch(): Promise<void> {
    const { clock, log } = this.#deps;
    this.#cancelTimers();
    this.#setState({ kind: 'starting' });
    const port = await freePort('127.0.0.1');
    const address = await this.#deps.addresses.current();
    const problem = address === undefined ? noNetwork : await this.#problemOf(address);
    if (this.#isStopped) return;
    if (port === undefined || address === undefined || problem !== undefined) {
      this.#failed(problem ?? 'no free UDP port on 127.0.0.1');
      return;
    }
    const child = spawnRtpengine({ ...this.#deps.options, address, controlPort: port });
    const control = new NgClient({ clock, log, server: { address: '127.0.0.1', port } });
    const run: RunningChild = { child, control, address, lastError: '', hasStarted: false };
    this.#run = run;
    const ended = exitOf(child).then((code) => this.#onExit(run, code));
    this.#listen(run);
    await Promise.race([ended, this.#waitUntilReady(run)]);
  }

  async #waitUntilReady(run: RunningChild): Promise<void> {
    const { clock, log } = this.#deps;
    const timeout = clock.after(startTimeoutSeconds * 1000, () => run.child.kill('SIGKILL'));
    while (this.#run === run) {
      const reply = await run.control.request('ping');
      if (reply.kind === 'timeout') continue;
      timeout.cancel();
      if (this.#run !== run) return;
      run.hasStarted = true;
      this.#timers.push(
        clock.after(stableSeconds * 1000, () => (this.#failures = 0)),
        clock.every(pingSeconds * 1000, () => void this.#ping(run)),
      );
      log.info({ pid: run.child.pid, address: run.address }, 'rtpengine is ready');
      this.#setState({ kind: 'running', control: run.control, pid: run.child.pid ?? 0 });
      return;
    }
    timeout.cancel();
  }

  /** A relay that hangs, or whose address the machine has lost, is killed and restarted. */
  async #ping(run: RunningChild): Promise<void> {
    const reply = await run.control.request('ping');
    const problem = reply.kind === 'timeout' ? 'it stopped responding' : await this.#problemOf(run.address);
    if (problem === undefined || this.#run !== run) return;
    run.lastError = problem;
    run.child.kill('SIGKILL');
  }

  async #problemOf(address: string): Promise<string | undefined> {
    return (await this.#deps.addresses.has(address)) ? undefined : `${address} is not an address of this machine`;
  }

  #listen(run: RunningChild): void {
    const { stderr } = run.child;
    if (stderr === null) return;
    createInterface({ input: stderr }).on('line', (line) => {
      const isSevere = /^(ERR|CRIT|ALERT|EMERG)|Fatal/.test(line);
      if (isSevere) run.lastError = line.replace(/^\w+: (\[\w+\] )?/, '').slice(0, 300);
      if (isSevere && run.hasStarted && this.#mayLog()) this.#deps.log.warn({ line }, 'rtpengine reported an error');
      else this.#deps.log.debug({ line }, 'rtpengine output');
    });
  }

  /** An error in every packet must not fill the log. */
  #mayLog(): boolean {
    const now = this.#deps.clock.monotonic();
    if (now < this.#logMutedUntil) return false;
    this.#logMutedUntil = now + logThrottleSeconds * 1000;
    return true;
  }

  #onExit(run: RunningChild, code: number | string): void {
    run.control.close();
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#cancelTimers();
    if (code === missingExitCode) this.#missing();
    else this.#failed(run.lastError === '' ? `it exited with ${code}` : run.lastError);
  }

  #missing(): void {
    if (this.#state.kind !== 'missing') this.#deps.log.warn('rtpengine is not installed; trunk calls have no audio');
    this.#scheduleLaunch(reinstallCheckSeconds);
    this.#setState({ kind: 'missing' });
  }

  #failed(why: string): void {
    const seconds = backOffSeconds[Math.min(this.#failures, backOffSeconds.length - 1)] ?? 1;
    this.#failures += 1;
    this.#deps.log.error({ why, retrySeconds: seconds }, 'rtpengine stopped; restarting');
    this.#scheduleLaunch(seconds);
    this.#setState({ kind: 'failed', why });
  }

  #scheduleLaunch(seconds: number): void {
    this.#timers.push(this.#deps.clock.after(seconds * 1000, () => void this.#launch()));
  }

  #setState(state: RtpengineState): void {
    // A retry does not hide the problem: the state stays `missing` or `failed` until it runs.
    if (state.kind === 'starting' && (this.#state.kind === 'missing' || this.#state.kind === 'failed')) return;
    this.#state = state;
    if (state.kind === 'running') for (const resolve of this.#waiting) resolve();
    this.#deps.onStateChange(state);
  }

  #cancelTimers(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }
}
