import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { openDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { apiCall } from './api-call.ts';
import type { ApiCall } from './api-call.ts';

const log = createLog({ level: 'silent' });

/** A house with something of everything in it, for programs that use its API. A reply that breaks the contract is a 500 here. */
export class ApiHouse implements AsyncDisposable {
  readonly app: App;
  /** Such as `http://127.0.0.1:8080/api`. */
  readonly url: string;
  readonly token: string;
  readonly folder: string;
  /** Of Sara, who is no administrator and has a phone and a number. */
  userToken = '';
  readonly ask: ApiCall;

  private constructor(app: App, folder: string) {
    const base = `http://127.0.0.1:${app.http.port}`;
    this.app = app;
    this.folder = folder;
    this.url = `${base}/api`;
    this.token = app.adminToken ?? '';
    this.ask = apiCall(base, this.token);
  }

  static async start(): Promise<ApiHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'gosip-api-'));
    plantCallRecords(join(folder, 'gosip.db'));
    const read = parseOptions({
      data_directory: folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const house = new ApiHouse(await createApp(read.options, { log, isReplyStrict: true }), folder);
    await house.#furnish();
    return house;
  }

  async #furnish(): Promise<void> {
    const { id } = await this.ask<{ id: string }>('POST', '/users', { username: 'sara', name: 'Sara' });
    this.userToken = (await this.ask<{ token: string }>('POST', '/api-tokens', { name: 'Sara', personId: id })).token;
    await this.ask('POST', '/devices', { name: 'Kitchen', type: 'softphone', extension: '20', personId: id });
    await this.ask('POST', '/devices', { name: 'Hall', type: 'grandstream', extension: '21' });
    await this.ask('POST', '/dids', { number: '+14165550100', name: 'House', ownerPersonId: id });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function plantCallRecords(path: string): void {
  const { db } = openDatabase({ path, log, clock: new FakeClock() });
  db.exec(`WITH RECURSIVE n (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM n LIMIT 40)
    INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled, caller_number, caller_name,
      callee_number, callee_name, number)
    SELECT printf('call_%02d', value), 'inbound', 1795000000000 + value * 3600000, 1795000005000 + value * 3600000,
      1795000065000 + value * 3600000, 'answered', 'caller-hung-up', '+14165550100', '+14165550123', 'Mum', '20', 'Kitchen',
      '+14165550100' FROM n`);
  db.close();
}

export type Ran = { readonly status: number; readonly output: string };

/** Runs a program to its end, without holding up the house that it asks. */
export function run(program: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 1e8, ...options }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, output: `${stdout}${stderr}` });
    });
  });
}
