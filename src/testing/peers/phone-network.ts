import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { requireProgram } from './program.ts';

/** Where one phone is plugged in: a network namespace of its own, so it has an address and all ports for itself. */
export type PhoneNetns = {
  readonly name: string;
  readonly address: string;
  /** The command that runs a program there, in the same process: ending that process ends the program. */
  command(program: string, args: readonly string[]): [string, string[]];
};

/**
 * A small network of its own inside this machine: a bridge that has the exchange's address, and a network namespace with a cable to it
 * for each phone. Needs root.
 */
export class PhoneNetwork implements Disposable {
  /** Of the exchange. */
  readonly address: string;
  /** The network interface all packets pass. */
  readonly bridge: string;
  readonly #prefix: string;
  readonly #namespaces: string[] = [];
  readonly #vethPairs: string[] = [];
  #isGone = false;

  private constructor(number: number) {
    this.#prefix = `10.77.${number}`;
    this.address = `${this.#prefix}.1`;
    this.bridge = `phones${number}`;
  }

  static make(): PhoneNetwork {
    requireProgram('ip');
    if (process.getuid?.() !== 0) {
      throw new Error(
        'Phones with addresses of their own need network namespaces, which only root can make: run the tests as root',
      );
    }
    for (let attempt = 1; ; attempt += 1) {
      const network = new PhoneNetwork(randomInt(1, 250));
      try {
        ip('link', 'add', network.bridge, 'type', 'bridge');
      } catch (error) {
        // Another test has this one.
        if (attempt === 20) throw error;
        continue;
      }
      ip('address', 'add', `${network.address}/24`, 'dev', network.bridge);
      ip('link', 'set', network.bridge, 'up');
      // Also where a test run is broken off.
      process.once('exit', () => network[Symbol.dispose]());
      return network;
    }
  }

  /** A new place with the next address. */
  addNetns(): PhoneNetns {
    const host = 11 + this.#namespaces.length;
    const address = `${this.#prefix}.${host}`;
    const namespace = `${this.bridge}-${host}`;
    const cable = `${this.bridge}p${host}`;
    ip('netns', 'add', namespace);
    this.#namespaces.push(namespace);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    this.#vethPairs.push(cable);
    ip('link', 'set', cable, 'master', this.bridge, 'up');
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    ip('-n', namespace, 'route', 'add', 'default', 'via', this.address);
    return { name: namespace, address, command: (program, args) => ['ip', ['netns', 'exec', namespace, program, ...args]] };
  }

  [Symbol.dispose](): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const namespace of this.#namespaces) {
      // What a phone left running would keep its network alive.
      for (const pid of ip('netns', 'pids', namespace).split('\n').filter(Boolean)) endProcess(Number(pid));
      ip('netns', 'delete', namespace);
    }
    // A namespace ends a while after its deletion, and its cable with it: a network of the same number would find it there.
    for (const cable of this.#vethPairs) deleteVeth(cable);
    ip('link', 'delete', this.bridge);
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

function deleteVeth(cable: string): void {
  try {
    ip('link', 'delete', cable);
  } catch {
    // It has gone with its namespace.
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
