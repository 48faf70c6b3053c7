import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiCall } from './api-call.ts';
import { freePort } from '#testing/base/free-port.ts';
import { startProgram } from '#testing/peers/program.ts';
import type { Program } from '#testing/peers/program.ts';

export type HouseOptions = {
  readonly address?: string;
  /** Kept between starts; a temporary one of its own otherwise. */
  readonly dataDirectory?: string;
  readonly sipPort?: number;
  readonly environment?: Record<string, string>;
  /** Added at its first start. */
  readonly trunks?: readonly object[];
  /** Flags for Node.js itself, such as `--trace-gc`. */
  readonly nodeFlags?: readonly string[];
  /** Needed when the data directory already had its first start. */
  readonly token?: string;
};

export type DeviceLogin = {
  readonly id: string;
  readonly extension: string;
  readonly username: string;
  readonly password: string;
};

/** Settings of whoever runs this are not the house's. */
const unset = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('GOSIP_'))
    .map((name) => [name, '']),
);

/** The real GoSIP process on loopback, as script/server runs it. */
export class House implements AsyncDisposable {
  readonly address: string;
  readonly sipPort: number;
  readonly httpPort: number;
  readonly token: string;
  readonly dataDirectory: string;
  readonly program: Program;
  readonly #removesData: boolean;

  private constructor(
    at: { address: string; sipPort: number; httpPort: number },
    token: string,
    run: { program: Program; dataDirectory: string; removesData: boolean },
  ) {
    this.address = at.address;
    this.sipPort = at.sipPort;
    this.httpPort = at.httpPort;
    this.token = token;
    this.program = run.program;
    this.dataDirectory = run.dataDirectory;
    this.#removesData = run.removesData;
  }

  static async start({ address = '127.0.0.1', token, ...options }: HouseOptions = {}): Promise<House> {
    const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'gosip-house-')));
    const sipPort = options.sipPort ?? (await freePort(address));
    const httpPort = await freePort(address);
    const program = startProgram(process.execPath, [...(options.nodeFlags ?? []), join(import.meta.dirname, '../../start.mjs')], {
      env: {
        ...unset,
        GOSIP_DATA_DIRECTORY: dataDirectory,
        GOSIP_SIP_LISTEN: `udp:${address}:${sipPort},tcp:${address}:${sipPort}`,
        GOSIP_HTTP_HOST: address,
        GOSIP_HTTP_PORT: String(httpPort),
        GOSIP_LOG_LEVEL: 'warn',
        ...options.environment,
      },
    });
    try {
      // A second of work where the machine has nothing else to do.
      await program.printed(/GoSIP is ready/, 60);
      if (token === undefined) await program.printed(/Admin token +is in the file/);
      const printed = token ?? readFileSync(join(dataDirectory, 'first-admin-token'), 'utf8').trim();
      const house = new House({ address, sipPort, httpPort }, printed, {
        program,
        dataDirectory,
        removesData: options.dataDirectory === undefined,
      });
      if (token === undefined) for (const trunk of options.trunks ?? []) await house.api('POST', '/trunks', trunk);
      return house;
    } catch (error) {
      await program.stop('SIGKILL');
      throw error;
    }
  }

  get registrar(): { host: string; port: number } {
    return { host: this.address, port: this.sipPort };
  }

  /** One API call; a reply outside 200–299 is an error that shows it. */
  api<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
    return apiCall(`http://${this.address}:${this.httpPort}`, this.token)<Reply>(method, path, body);
  }

  async addDevice(extension: string, more: Record<string, unknown> = {}): Promise<DeviceLogin> {
    return toLogin(await this.api('POST', '/devices', { name: `Phone ${extension}`, extension, type: 'softphone', ...more }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.stop();
    if (this.#removesData) await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

type CreatedDevice = { readonly id: string; readonly extension: string; readonly username: string; readonly secret: string };

function toLogin({ id, extension, username, secret }: CreatedDevice): DeviceLogin {
  return { id, extension, username, password: secret };
}
