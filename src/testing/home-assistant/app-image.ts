// The image of the app, built and run for real: without a Docker daemon, by buildah (script/image).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireProgram, startProgram } from '#testing/peers/program.ts';
import type { Program } from '#testing/peers/program.ts';
import type { PhoneNetns } from '#testing/peers/phone-network.ts';

const root = join(import.meta.dirname, '../../..');
const cache = process.env['GOSIP_IMAGE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gosip-image');
const store = { CONTAINERS_STORAGE_CONF: join(cache, 'storage.conf'), BUILDAH_ISOLATION: 'chroot' };

/** Why the image cannot be tested on this machine, or nothing. Left out loudly on a developer's machine; in CI it is a failure. */
export function missingForImage(): string | undefined {
  const programs = ['ip', 'buildah', 'debootstrap', 'npm'];
  const reasons = [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...programs.filter((program) => spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status !== 0),
  ];
  if (reasons.length === 0) return undefined;
  const text = `THE IMAGE IS NOT TESTED HERE. Missing: ${reasons.join(', ')}. Run script/test as root on Debian: it installs them.`;
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`\n${text}\n`);
  return text;
}

function run(program: string, args: readonly string[], environment: Record<string, string> = {}): string {
  requireProgram(program);
  const result = spawnSync(program, [...args], { cwd: root, env: { ...process.env, ...environment }, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.status}\n${result.stdout}${result.stderr}`);
  return result.stdout.trim();
}

export type ImageConfig = {
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
};

type ContainerOptions = {
  readonly netns: PhoneNetns;
  /** Of this machine; its /data. */
  readonly dataDirectory: string;
  /** Names that it knows, with their addresses. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
};

export class AppImage {
  readonly #tag = 'gosip-test';

  private constructor() {}

  /** Some seconds where its layers are there, else some minutes. */
  static async build(): Promise<AppImage> {
    const image = new AppImage();
    const building = startProgram('script/image', ['build', image.#tag, '--with', 'buildah'], { cwd: root });
    if ((await building.ended) !== 0) throw new Error(`The image cannot be built:\n${building.output()}`);
    return image;
  }

  /** Unpacked, in MB. */
  get size(): number {
    return Number(run('script/image', ['size', this.#tag, '--with', 'buildah']));
  }

  get config(): ImageConfig {
    const { Docker } = JSON.parse(run('buildah', ['inspect', '--type', 'image', this.#tag], store)) as {
      readonly Docker: { readonly config: ImageConfig };
    };
    return Docker.config;
  }

  createContainer({ hosts = {}, variables = {}, ...at }: ContainerOptions): AppContainer {
    const names = Object.entries(hosts).flatMap(([name, address]) => ['--add-host', `${name}:${address}`]);
    const own = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const id = run('buildah', ['from', ...names, '--pull-never', this.#tag], store);
    return new AppContainer({ ...at, id, environment: [...this.config.Env, ...own] });
  }
}

type AppContainerDeps = {
  readonly id: string;
  readonly netns: PhoneNetns;
  readonly dataDirectory: string;
  readonly environment: readonly string[];
};

/** One container of it, in a network of its own, with a folder of this machine as its /data. */
export class AppContainer implements AsyncDisposable {
  readonly #deps: AppContainerDeps;
  #program: Program | undefined;

  constructor(deps: AppContainerDeps) {
    this.#deps = deps;
  }

  /** Starts what the image starts, and waits until phones can register. */
  async start(): Promise<void> {
    this.#program = this.#runAlone(['gosip']);
    await this.#program.printed(/GoSIP is ready/, 90);
  }

  #runAlone(command: readonly string[]): Program {
    const { id, netns, dataDirectory, environment } = this.#deps;
    const variables = environment.flatMap((one) => ['--env', one]);
    const [program, args] = netns.command('buildah', [
      'run',
      ...variables,
      '--volume',
      `${dataDirectory}:/data`,
      id,
      '--',
      ...command,
    ]);
    return startProgram(program, args, { env: store });
  }

  /** Runs a command in it as root, as `docker exec` does, beside what runs there. Its exit code and what it printed. */
  async result(command: readonly string[], input = ''): Promise<{ readonly code: number | string; readonly output: string }> {
    const [main] = this.pidsOf('start.mjs');
    const environment = ['env', '-i', ...this.#deps.environment];
    // buildah itself runs one command at a time in a container.
    const inside = ['--target', String(main), '--mount', '--net', '--root', '--wd', '--', ...environment, ...command];
    const program = main === undefined ? this.#runAlone(command) : startProgram('nsenter', inside, { input });
    return { code: await program.ended, output: program.output() };
  }

  /** Ends it as Docker's init does, and waits for it. */
  async stop(): Promise<number | string | undefined> {
    for (const pid of this.pidsOf('start.mjs')) process.kill(pid, 'SIGTERM');
    return this.#program?.ended;
  }

  /** All that it has printed since its start. */
  get output(): string {
    return this.#program?.output() ?? '';
  }

  /** Of the programs in it whose command has this word. */
  pidsOf(word: string): number[] {
    const { netns } = this.#deps;
    const pids = run('ip', ['netns', 'pids', netns.name]).split('\n').filter(Boolean).map(Number);
    return pids.filter((pid) => {
      const command = commandOf(pid);
      return command.includes(word) && !command.startsWith('buildah');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.pidsOf('start.mjs')) process.kill(pid, 'SIGKILL');
    await this.#program?.stop();
    run('buildah', ['rm', this.#deps.id], store);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
