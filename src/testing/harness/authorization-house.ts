// A house in which two people have one of everything, for the walk through every endpoint.
// Called by src/app/flows/authorization.test.ts.
// Must stay true: both have the same things, and every text of theirs names its owner, so that a leak shows.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { DeliveryId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { loadKeys } from '#devices/key-file.ts';
import { ActionTokens } from '#notify/action-tokens.ts';
import { parseOptions } from '#options/options.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { IngressProxy } from '#testing/home-assistant/ingress-proxy.ts';
import type { ProxyUser } from '#testing/home-assistant/ingress-proxy.ts';
import { freePort } from '#testing/base/free-port.ts';
import { SupervisorStandIn } from '#testing/home-assistant/supervisor-stand-in.ts';
import { anna, ben, guest, listed, ownAddress, supervisorAddress } from '#testing/home-assistant/supervised-house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall } from '#testing/peers/simulated-phone.ts';
import { toneWav } from '#testing/base/wav.ts';

const host = '127.0.0.1';

/** One of everything that is somebody's. */
export type Belongings = {
  readonly name: string;
  readonly personId: string;
  readonly token: string;
  /** `name=value` of a session. */
  readonly cookie: string;
  readonly sessionId: string;
  readonly number: string;
  readonly deviceId: string;
  /** Of a call that goes on. */
  readonly callId: string;
  readonly cdrId: string;
  readonly voicemailId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly autoReplyId: string;
  readonly blocklistId: string;
  readonly contactId: string;
  /** Of a caller about whom this person is asked, as a parent. */
  readonly approvalId: string;
  /** Where this person is reached, and something told them there that did not arrive. */
  readonly targetId: string;
  readonly deliveryId: string;
  /** Of a button of what was told. */
  readonly actionToken: string;
  /** Of an escalation that goes on. */
  readonly escalationId: string;
};

export type Sent = {
  readonly token?: string | undefined;
  readonly cookie?: string | undefined;
  /** Through Home Assistant, as this user there. */
  readonly ingress?: ProxyUser | undefined;
  readonly body?: unknown;
};
type Login = { readonly id: string; readonly username: string; readonly secret: string };

export class AuthorizationHouse implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #folder = mkdtempSync(join(tmpdir(), 'gosip-authorization-'));
  app!: App;
  admin = '';
  /** Anna as Home Assistant knows her, an administrator there, and somebody who may only look. */
  readonly inHomeAssistant = { anna, admin: ben, guest };
  #proxy!: IngressProxy;
  adminCookie = '';
  anna!: Belongings;
  ben!: Belongings;

  static async start(): Promise<AuthorizationHouse> {
    const house = new AuthorizationHouse();
    await house.#begin();
    return house;
  }

  async #begin(): Promise<void> {
    this.#stack.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
    const core = this.#stack.use(await FakeCore.start());
    core.commands.set('config/auth/list', () => [
      listed(anna, 'system-users'),
      listed(ben, 'system-admin'),
      listed(guest, 'system-read-only'),
    ]);
    core.commands.set('stt/engine/list', () => ({ providers: [] }));
    const supervisor = this.#stack.use(await SupervisorStandIn.start());
    Object.assign(supervisor.app, { address: ownAddress, ingressPort: await freePort(ownAddress) });
    const target = () => ({ host: ownAddress, port: supervisor.app.ingressPort });
    this.#proxy = this.#stack.use(await IngressProxy.start({ target, address: supervisorAddress }));
    const options = {
      home_assistant_url: core.url,
      home_assistant_token: core.token,
      data_directory: this.#folder,
      sip_listen: [`udp:${host}:0`],
      http_host: host,
      http_port: 0,
      media: 'direct',
    };
    const read = parseOptions(options, { SUPERVISOR_TOKEN: supervisor.token });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const overrides = { supervisor: { url: supervisor.url, address: supervisorAddress } };
    this.app = this.#stack.use(
      await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true, ...overrides }),
    );
    this.admin = this.app.adminToken ?? '';
    await this.make('/users', { username: 'root', name: 'Root', role: 'admin', password: 'schaukelpferd-44' });
    this.adminCookie = (await this.#session('root', 'schaukelpferd-44')).cookie;
    this.anna = await this.#furnish('anna', { number: '+14165550101', extensions: ['21', '31'] });
    this.ben = await this.#furnish('ben', { number: '+14165550102', extensions: ['22', '32'] });
    const link = { homeAssistantUserId: anna.id };
    await this.send('PATCH', `/users/${this.anna.personId}`, { token: this.admin, body: link });
    await this.#untilKnown(this.inHomeAssistant.admin);
  }

  /** Home Assistant has said who its administrators are. */
  async #untilKnown(ingress: ProxyUser): Promise<void> {
    while (!(await this.send('GET', '/users', { ingress })).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  send(method: string, path: string, { token, cookie: session, ingress, body }: Sent): Promise<Response> {
    const cookie = ingress === undefined ? session : this.#proxy.openSession(ingress);
    const root = ingress === undefined ? `http://${host}:${this.app.http.port}` : this.#proxy.url;
    const isBytes = body instanceof Uint8Array;
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie, 'X-GoSIP-Request': '1' }),
      ...(body === undefined ? {} : { 'Content-Type': isBytes ? typeOf(body) : 'application/json' }),
    };
    const content = body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) };
    return fetch(`${root}/api${path}`, { method, headers, ...content });
  }

  async make<Reply = Record<string, string>>(path: string, body: unknown, token = this.admin): Promise<Reply> {
    const response = await this.send('POST', path, { token, body });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Reply;
  }

  /** A token or session as it is in the tables once its time is over. */
  plantExpired(): { readonly token: string; readonly cookie: string } {
    const hash = (text: string) => createHash('sha256').update(text).digest();
    this.#sql((db) => {
      db.prepare(
        "INSERT INTO api_tokens (id, name, token_hash, role, created_at, expires_at) VALUES ('token_old', 'Old', ?, 'admin', 1, 2)",
      ).run(hash('gosip_old'));
      db.prepare(
        `INSERT INTO sessions (id, secret_hash, person_id, address, user_agent, created_at, last_used_at, expires_at)
          VALUES ('session_old', ?, ?, '', '', 1, 1, 2)`,
      ).run(hash('old'), this.anna.personId);
    });
    return { token: 'gosip_old', cookie: 'gosip_session=old' };
  }

  async #session(username: string, password: string) {
    const response = await this.send('POST', '/auth/login', { body: { username, password } });
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const me = (await (await this.send('GET', '/auth/me', { cookie })).json()) as { sessionId: string };
    return { cookie, sessionId: me.sessionId };
  }

  async #furnish(
    name: string,
    { number, extensions }: { number: string; extensions: readonly [string, string] },
  ): Promise<Belongings> {
    const password = `kranich-zaun-${name}`;
    const { id: personId = '' } = await this.make('/users', { username: name, name: `${name}-person`, password });
    const { token = '' } = await this.make('/api-tokens', { name: `${name}-token`, personId });
    const session = await this.#session(name, password);
    await this.make('/dids', { number, name: `${name}-number`, ownerPersonId: personId });
    const deviceIds = { personId, type: 'softphone' };
    const device = await this.make<Login>('/devices', { name: `${name}-phone`, extension: extensions[0], ...deviceIds });
    const other = await this.make<Login>('/devices', { name: `${name}-other`, extension: extensions[1], ...deviceIds });
    const callId = await this.#call(device, other, extensions[1]);
    const child = await this.make<Login>('/devices', { name: `${name}-child`, type: 'softphone' });
    const line = { parents: [{ kind: 'person', id: personId }] };
    await this.send('PUT', `/devices/${child.id}/child-line`, { token: this.admin, body: line });
    const planted = this.#plant({ name, personId, number, childId: child.id });
    const reply = await this.make('/auto-replies', { ...autoReply, name: `${name}-reply`, number }, token);
    const blocked = await this.make('/blocklist/from-call', { callId: planted.cdrId, reason: `${name}-reason` }, token);
    const named = { name: `${name}-contact`, groups: [`${name}-group`] };
    const contact = await this.make('/contacts', { ...named, numbers: [{ number: '+14165550177' }] }, token);
    const escalationId = await this.#escalate(name, personId);
    const made = {
      autoReplyId: reply['id'] ?? '',
      blocklistId: blocked['id'] ?? '',
      contactId: contact['id'] ?? '',
      escalationId,
    };
    const keys = loadKeys(join(this.#folder, 'gosip.key'), createLog({ level: 'silent' }));
    const pressed = { action: 'block', deliveryId: planted.deliveryId as DeliveryId } as const;
    const actionToken = new ActionTokens(keys.action).make(pressed);
    return { name, personId, token, ...session, number, deviceId: device.id, callId, ...planted, ...made, actionToken };
  }

  /** An alarm that nobody takes. */
  async #escalate(name: string, personId: string): Promise<string> {
    const steps = [{ targets: [{ kind: 'person', id: personId }], seconds: 300 }];
    const chain = await this.make('/escalation-chains', { name: `${name}-chain`, steps, rounds: 1 });
    const message = { kind: 'prompt', name: 'call-for-help' };
    return (await this.make('/escalations', { chainId: chain['id'], message }))['id'] ?? '';
  }

  /** A call between two phones of one person, which goes on. */
  async #call(from: Login, to: Login, extension: string): Promise<string> {
    const [caller, callee] = [await this.#phone(from), await this.#phone(to)];
    const outgoing: PhoneCall = caller.call(extension);
    const incoming = await callee.incomingCall();
    callee.answer(incoming);
    await Promise.all([outgoing.reached('answered'), incoming.reached('answered')]);
    type Calls = { items: { id: string; caller: { deviceId: string } }[] };
    const { items } = (await (await this.send('GET', '/calls', { token: this.admin })).json()) as Calls;
    return items.find((one) => one.caller.deviceId === from.id)?.id ?? '';
  }

  async #phone({ username, secret }: Login): Promise<SimulatedPhone> {
    const registrar = { host, port: Number(this.app.sip[0]?.split(':').at(-1)) };
    const options = { address: host, username, password: secret, registrar, incomingCallAction: 'ring' } as const;
    const phone = this.#stack.use(await SimulatedPhone.start(options));
    await phone.register();
    return phone;
  }

  /** What calls and messages of the past leave behind. */
  #plant({ name, personId, number, childId }: { name: string; personId: string; number: string; childId: string }) {
    const ids = {
      cdrId: `cdr_${name}`,
      voicemailId: `voicemail_${name}`,
      conversationId: `conversation_${name}`,
      messageId: `message_${name}`,
      approvalId: `approval_${name}`,
      targetId: `tgt_${name}`,
      deliveryId: `dlv_${name}`,
    };
    const now = Date.now();
    const given = {
      ...ids,
      name: `${name}-caller`,
      childId,
      personId,
      number,
      now,
      picture: `media_${name}`,
      left: `recording_${name}-vm`,
    };
    const recorded = `recording_${name}-call`;
    this.#sql((db) => {
      const run = (sql: string, more: object = {}) => db.prepare(sql).run({ ...given, ...more });
      run(`INSERT INTO cdrs (id, direction, started_at, ended_at, disposition, reason, dialled, caller_number, caller_name,
        callee_person_id, callee_number, callee_name, number)
        VALUES (@cdrId, 'inbound', @now, @now, 'missed', 'no-answer', @number, '+14165550199', @name, @personId, @number, @name, @number)`);
      run(`INSERT INTO call_legs (id, cdr_id, role, person_id, name, address, sip_call_id, started_at)
        VALUES ('leg_' || @cdrId, @cdrId, 'callee', @personId, @name, '', '', @now)`);
      for (const [id, kind] of [
        [given.left, 'voicemail'],
        [recorded, 'call'],
      ]) {
        run(
          `INSERT INTO recordings (id, kind, source, call_id, state, started_at, kept_from, seconds, bytes, changed_at)
            VALUES (@id, @kind, 'house', @cdrId, 'stored', @now, @now, 5, @bytes, @now)`,
          { id, kind, bytes: wav.length },
        );
      }
      run(`INSERT INTO voicemails (id, recording_id, person_id, call_id, caller_number, caller_name, number, left_at, is_resolved, is_shown)
        VALUES (@voicemailId, @left, @personId, @cdrId, '+14165550199', @name, @number, @now, 1, 1)`);
      run(`INSERT INTO conversations (id, our_number, far_number, last_message_id, last_at, unread)
        VALUES (@conversationId, @number, '+14165550199', @messageId, @now, 1)`);
      run(`INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, created_at, changed_at)
        VALUES (@messageId, @conversationId, 'inbound', @name, 'received', 1, 1, @now, @now)`);
      run(`INSERT INTO call_approvals (id, call_id, number, caller_name, lines, asked_at)
        VALUES (@approvalId, @cdrId, '+14165550199', @name, json_array(@childId), @now)`);
      run(`INSERT INTO notification_targets (id, person_id, channel, name, address, settings, is_enabled, created_at, changed_at)
        VALUES (@targetId, @personId, 'mail', @name, @name || '@example.org', '{}', 1, @now, @now)`);
      run(`INSERT INTO deliveries (id, dedupe_key, person_id, target_id, channel, kind, item, item_id, state, created_at, ended_at)
        VALUES (@deliveryId, @deliveryId, @personId, @targetId, 'mail', 'missed-call', json_object('callId', @cdrId), @cdrId, 'failed',
          @now, @now)`);
      run(
        `INSERT INTO message_media (id, message_id, position, state, content_type, bytes, created_at)
          VALUES (@picture, @messageId, 0, 'stored', 'image/png', @bytes, @now)`,
        { bytes: png.length },
      );
    });
    this.#write('voicemail', `${given.left}.wav`, wav);
    this.#write('recordings', `${recorded}.wav`, wav);
    this.#write('messages', given.picture, png);
    return ids;
  }

  #write(folder: string, name: string, bytes: Uint8Array): void {
    mkdirSync(join(this.#folder, folder), { recursive: true });
    writeFileSync(join(this.#folder, folder, name), bytes);
  }

  #sql(run: (db: SqliteDatabase.Database) => void): void {
    const db = new SqliteDatabase(join(this.#folder, 'gosip.db'));
    db.transaction(() => run(db))();
    db.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

export const wav = new Uint8Array(toneWav({ frequency: 440, seconds: 5 }));
export const png = new Uint8Array(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
export const autoReply = { trigger: 'keyword', keywords: ['hours'], body: 'We are here until five.' };

function typeOf(bytes: Uint8Array): string {
  return bytes[0] === 0x89 ? 'image/png' : 'audio/wav';
}
