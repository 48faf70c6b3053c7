import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { AppConnection, CommandReply, Core, MessageMeta, ProxyOptions } from './app-link.ts';
import { AppRoutes } from './app-routes.ts';
import { encodeControlFrame, ControlFrameReader } from './framing.ts';
import { secretCheck } from './server.ts';
import { ControlSession } from './session.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import type { Limits } from '../runtime/limits.ts';
import { SipMessage } from '../message/message.ts';

type Asked = { what: string; ids?: object; options?: ProxyOptions; message: SipMessage; reply: CommandReply };

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** One session with a fake core; `say` sends a frame, `heard` gives what was written, without the random ids. */
function setUp(limits: Partial<Limits> = {}, unwritten = 0) {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const gone: AppConnection[] = [];
  const core: Core = {
    respond: (_app, transactionId, response, reply) =>
      asked.push({ what: 'respond', ids: { transactionId }, message: response.message, reply }),
    request: (_app, ids, request, reply) => asked.push({ what: 'request', ids, message: request.message, reply }),
    proxy: (_app, transactionId, options, extra, reply) =>
      asked.push({ what: 'proxy', ids: { transactionId }, options, message: extra.message, reply }),
    appDisconnected: (app) => gone.push(app),
    sizes: () => ({}),
    stop() {},
  };
  const written: string[] = [];
  const ends: string[] = [];
  const back = new ControlFrameReader(1_000_000, {
    onFrame: (payload) => written.push(payload),
    onProtocolError: () => expect.fail(),
  });
  const peer = {
    write(bytes: Buffer, done: () => void) {
      back.push(bytes);
      done();
    },
    unwritten: () => unwritten,
    end: () => ends.push('end'),
    destroy: () => ends.push('destroy'),
  };
  const routes = new AppRoutes({ cdrs: true });
  const session = new ControlSession(peer, {
    core: () => core,
    routes,
    clock,
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    pace: (release) => release(),
    webSocketName: 'tcp',
    preservedHeaders: new Set(['my_Header']),
    isSecret: secretCheck('cymru'),
    greeting: () => 'udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060',
  });
  const say = (payload: string) => session.receive(encodeControlFrame(payload.split('\n').join('\r\n')));
  async function heard(): Promise<string[]> {
    await turn();
    await turn();
    return written.splice(0).map((frame) => frame.slice(frame.indexOf('|') + 1));
  }
  return { session, routes, clock, say, heard, asked, gone, ends };
}

async function authenticated(limits: Partial<Limits> = {}, unwritten = 0) {
  const all = setUp(limits, unwritten);
  all.say('1|authenticate|cymru|');
  await all.heard();
  return all;
}

const meta: MessageMeta = { source: 'application', bytes: 99, protocol: 'udp', address: '127.0.0.9', port: 5062 };

function invite(callId = 'abc'): SipMessage {
  const message = new SipMessage({ method: 'INVITE', requestUri: 'sip:b@127.0.0.1' });
  message.append('call-id', callId);
  return message;
}

describe('before authentication', () => {
  it('accepts the right secret and replies with its addresses', async () => {
    const { say, heard, session } = setUp();
    say('1|authenticate|cymru|tag1,tag2');
    expect(await heard()).toEqual(['response|1|OK|udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060']);
    expect(session.isOpen).toBe(true);
    expect(session.tags).toEqual(['tag1', 'tag2']);
  });

  it('accepts a missing tag token', async () => {
    const { say, session } = setUp();
    say('1|authenticate|cymru');
    expect(session.isOpen).toBe(true);
    expect(session.tags).toEqual([]);
  });

  it('refuses a wrong secret after a second, and listens no more', async () => {
    const { say, heard, session, clock, ends } = setUp();
    say('1|authenticate|wrong|');
    say('2|authenticate|cymru|');
    expect(await heard()).toEqual([]);
    clock.advance(1000);
    expect(await heard()).toEqual(['response|1|NO|incorrect secret']);
    expect(session.isOpen).toBe(false);
    expect(ends).toEqual(['end']);
  });

  it('answers a ping', async () => {
    const { say, heard } = setUp();
    say('p1|ping');
    expect(await heard()).toEqual(['response|p1|OK|pong']);
  });

  it.each(['1|route|invite', '1|sip||\nOPTIONS sip:a SIP/2.0\n\n', '1|proxy|x', '1|remove_route|invite'])(
    'does nothing for %j',
    async (payload) => {
      const { say, heard, ends, asked, routes } = setUp();
      say(payload);
      expect(await heard()).toEqual(['response|1|NO|not authenticated']);
      expect(ends).toEqual(['end']);
      expect(asked).toEqual([]);
      expect(routes.size).toBe(0);
    },
  );
});

describe('hostile and broken frames', () => {
  it.each([
    ['x', 'response|x|NO|Invalid message format'],
    ['1|bogus', 'response|1|NO|Unknown message type'],
    ['1|', 'response|1|NO|Unknown message type'],
    ['1|authenticate', 'response|1|NO|Invalid message format'],
    ['1|route', 'response|1|NO|Invalid message format'],
    ['1|route|', 'response|1|NO|Invalid message format'],
    ['1|remove_route', 'response|1|NO|Invalid message format'],
    ['1|route|in\u0000vite', 'response|1|NO|Invalid message format'],
    ['1|sip', 'response|1|NO|Invalid message format'],
    ['1|sip|a\nOPTIONS sip:a SIP/2.0\n\n', 'response|1|NO|Invalid message format'],
    ['1|sip||', 'response|1|NO|Invalid message format'],
    ['1|sip||\nnostartline', 'response|1|NO|Invalid message format'],
    ['1|sip||\nSIP/2.0 200 OK\n\n', 'response|1|NO|transaction id missing'],
    ['1|proxy', 'response|1|NO|Invalid proxy request: not enough information provided'],
    ['1|proxy|t|||\nINVITE sip:a SIP/2.0\n\n', 'response|1|NO|Invalid proxy request: not enough information provided'],
    ['1|proxy|t||||serial|||\nINVITE sip:a SIP/2.0\n\n', 'response|1|NO|Invalid proxy request: not enough information provided'],
  ])('ends the connection at %j', async (payload, reply) => {
    const { say, heard, ends, asked, gone } = await authenticated();
    say(payload);
    say('2|ping');
    expect(await heard()).toEqual([reply]);
    expect(ends).toEqual(['end']);
    expect(asked).toEqual([]);
    expect(gone.length).toBe(1);
  });

  it('closes silently when the framing is violated', async () => {
    const { session, heard, ends } = await authenticated();
    session.receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(await heard()).toEqual([]);
    expect(ends).toEqual(['destroy']);
  });

  it('gives up an application that does not read', async () => {
    const { session, ends } = await authenticated({ controlQueueBytes: 1000 }, 950);
    for (let count = 0; count < 2; count += 1) session.deliver({ meta, transactionId: 't', dialogId: '', message: invite() });
    expect(ends).toEqual(['destroy']);
    expect(session.isOpen).toBe(false);
  });

  it.each([
    ['a lone LF', 'X-A: b\u000bINVITE'],
    ['NUL', 'X-A: b\u0000c'],
  ])('refuses %s in a header and stays', async (_what, header) => {
    const { session, heard, asked } = await authenticated();
    const text = `1|sip||\r\nOPTIONS sip:a SIP/2.0\r\n${header.replace('\u000b', '\n')}\r\n\r\n`;
    session.receive(encodeControlFrame(text));
    expect(await heard()).toEqual(['response|1|NOK|invalid header']);
    expect(asked).toEqual([]);
    expect(session.isOpen).toBe(true);
  });

  it('refuses a message beyond the limits and stays', async () => {
    const { say, heard, session } = await authenticated({ bodyBytes: 10 });
    say(`1|sip||\nOPTIONS sip:a SIP/2.0\n\n${'x'.repeat(11)}`);
    expect(await heard()).toEqual(['response|1|NOK|message too large']);
    expect(session.isOpen).toBe(true);
  });
});

describe('routes', () => {
  it('registers and removes a verb', async () => {
    const { say, heard, routes, session } = await authenticated();
    say('1|route|invite');
    say('2|route|bogus');
    expect(routes.pick('invite')).toBe(session);
    say('3|remove_route|invite');
    say('4|remove_route|never');
    expect(await heard()).toEqual(['response|1|OK', 'response|2|OK', 'response|3|OK', 'response|4|OK']);
    expect(routes.pick('invite')).toBeUndefined();
    expect(routes.pick('bogus')).toBe(session);
  });

  it('removes them and notifies the core when the connection closes, once', async () => {
    const { say, routes, session, gone } = await authenticated();
    say('1|route|invite');
    session.closed();
    session.closed();
    expect(routes.pick('invite')).toBeUndefined();
    expect(gone).toEqual([session]);
  });
});

describe('commands', () => {
  it('distinguishes a request outside a dialog, one in a dialog, a CANCEL and a response', async () => {
    const { say, asked } = await authenticated();
    say('1|sip|||sip:127.0.0.1:5070;transport=tcp\nINVITE sip:a SIP/2.0\ncall-id: x\n\nbody');
    say('2|sip|ignored|call;from-tag=t\nBYE sip:placeholder SIP/2.0\n\n');
    say('3|sip|txn|\nCANCEL sip:a SIP/2.0\n\n');
    say('4|sip|txn|\nSIP/2.0 180 Ringing\n\n');
    expect(asked.map(({ what, ids }) => ({ what, ...ids }))).toEqual([
      { what: 'request', transactionId: '', dialogId: '', proxy: 'sip:127.0.0.1:5070;transport=tcp' },
      { what: 'request', transactionId: '', dialogId: 'call;from-tag=t', proxy: '' },
      { what: 'request', transactionId: 'txn', dialogId: '', proxy: '' },
      { what: 'respond', transactionId: 'txn' },
    ]);
    expect(asked[0]?.message.body.toString()).toBe('body');
  });

  it('keeps the spelling of preserved headers', async () => {
    const { say, asked } = await authenticated();
    say('1|sip||\nOPTIONS sip:a SIP/2.0\nmy_Header: 1\nmy-other: 2\n\n');
    expect(asked[0]?.message.headers.map(({ name }) => name)).toEqual(['my_Header', 'My-Other']);
  });

  it('lets only a CANCEL name a transaction', async () => {
    const { say, heard, asked } = await authenticated();
    say('1|sip|txn|\nINFO sip:a SIP/2.0\n\n');
    expect(await heard()).toEqual(['response|1|NOK|only a CANCEL may name a transaction']);
    expect(asked).toEqual([]);
  });

  it('refuses a next hop that could break a line', async () => {
    const { say, heard } = await authenticated();
    say('1|sip|||sip:a b\nINFO sip:a SIP/2.0\n\n');
    expect(await heard()).toEqual(['response|1|NOK|invalid proxy uri']);
  });

  it('reads a proxy command', async () => {
    const { say, asked } = await authenticated();
    say('1|proxy|txn|remainInDialog|fullResponse||simultaneous|1500ms|2s|sip:a|sip:sips:b\nINVITE sip:a SIP/2.0\nX-A: 1\n\n');
    expect(asked[0]?.options).toEqual({
      remainInDialog: true,
      fullResponse: true,
      followRedirects: false,
      simultaneous: true,
      provisionalTimeoutMs: 1500,
      finalTimeoutMs: 2000,
      destinations: ['sip:a', 'sips:b'],
    });
    expect(asked[0]?.message.get('x-a')).toBe('1');
  });
});

describe('frames to the application', () => {
  const time = '12:00:00.000000';

  it('has 13 tokens for a new request, so that receivedOn is set and no session token', async () => {
    const { session, heard } = await authenticated();
    const receivedOn = { host: '127.0.0.1', port: 5060 };
    session.deliver({ meta: { ...meta, source: 'network' }, transactionId: 't1', dialogId: '', receivedOn, message: invite() });
    const [leader = ''] = (await heard())[0]?.split('\r\n') ?? [];
    expect(leader).toBe(`sip|network|99|udp|127.0.0.9|5062|${time}|t1||127.0.0.1|5060|`);
    expect(`id|${leader}`.split('|').length).toBe(13);
  });

  it('has 11 tokens for everything else', async () => {
    const { session, heard } = await authenticated();
    session.deliver({ meta: { ...meta, source: 'network' }, transactionId: 't1', dialogId: 'c;from-tag=f', message: invite() });
    session.deliver({ meta, transactionId: 'unsolicited', dialogId: 'c;from-tag=f', message: invite() });
    const leaders = (await heard()).map((frame) => frame.split('\r\n')[0]);
    expect(leaders).toEqual([
      `sip|network|99|udp|127.0.0.9|5062|${time}|t1|c;from-tag=f|`,
      `sip|application|99|udp|127.0.0.9|5062|${time}|unsolicited|c;from-tag=f|`,
    ]);
    for (const leader of leaders) expect(`id|${leader}`.split('|').length).toBe(11);
  });

  it.each([
    ['ws', 'tcp'],
    ['wss', 'tcp'],
    ['tls', 'tls'],
    ['unknown', 'unknown'],
    ['', ''],
  ] as const)('reports %s as %s', async (protocol, reported) => {
    const { session, heard } = await authenticated();
    session.deliver({ meta: { ...meta, protocol }, transactionId: 't', dialogId: '', message: invite() });
    expect((await heard())[0]?.split('|')[3]).toBe(reported);
  });

  it('sends CDRs', async () => {
    const { session, heard } = await authenticated();
    session.sendCdr({ event: 'attempt', source: 'network', message: invite() });
    session.sendCdr({ event: 'stop', source: 'application', detail: 'normal-release', message: invite() });
    const leaders = (await heard()).map((frame) => frame.split('\r\n')[0]);
    expect(leaders).toEqual([`cdr:attempt|network|${time}`, `cdr:stop|application|${time}|normal-release`]);
  });
});

describe('replies', () => {
  async function command() {
    const all = await authenticated();
    all.say('1|sip||\nINVITE sip:a SIP/2.0\n\n');
    const reply = all.asked[0]?.reply;
    if (reply === undefined) throw new Error('no command came through');
    return { ...all, reply };
  }

  it('echoes a request', async () => {
    const { reply, heard } = await command();
    reply.request(meta, 'txn', invite());
    const [frame = ''] = await heard();
    expect(frame.split('\r\n')[0]).toBe('response|1|OK|application|99|udp|127.0.0.9|5062|12:00:00.000000|txn|Msg sent:|');
    expect(frame).toContain('\r\nINVITE sip:b@127.0.0.1 SIP/2.0\r\nCall-ID: abc\r\n');
  });

  it('echoes a response with the dialog id at index 11 and no word at 12', async () => {
    const { reply, heard } = await command();
    reply.response(meta, 'txn', 'abc;from-tag=1', invite());
    const tokens = `id|${(await heard())[0]?.split('\r\n')[0]}`.split('|');
    expect(tokens).toEqual(
      'id|response|1|OK|application|99|udp|127.0.0.9|5062|12:00:00.000000|txn|abc;from-tag=1||Msg sent:|'.split('|'),
    );
    expect(tokens[11]).toBe('abc;from-tag=1');
    expect(tokens[12]).toBe('');
  });

  it('reports proxied answers with `continue` at index 12, then done', async () => {
    const { reply, heard } = await command();
    reply.proxied({ ...meta, source: 'network' }, invite());
    reply.proxyDone();
    const frames = await heard();
    const tokens = `id|${frames[0]?.split('\r\n')[0]}`.split('|');
    expect(tokens[12]).toBe('continue');
    expect(tokens.length).toBe(13);
    expect(frames[1]).toBe('response|1|OK|done');
  });

  it('replies exactly once, with text that cannot break the frame', async () => {
    const { reply, heard } = await command();
    reply.nok('invalid request-uri: INVITE a|b\r\nX: y');
    reply.nok('again');
    reply.request(meta, 'txn', invite());
    expect(await heard()).toEqual(['response|1|NOK|invalid request-uri: INVITE a b  X: y']);
  });

  it('keeps the next frame of the call back after an echo, until the application had its turn', async () => {
    const releases: (() => void)[] = [];
    const write = vi.fn<(bytes: Buffer, done: () => void) => void>((_bytes, done) => done());
    const clock = new FakeClock();
    const session = new ControlSession(
      { write, unwritten: () => 0, end() {}, destroy() {} },
      {
        core: () => ({ request: (_app, _ids, _request, reply) => reply.request(meta, 't', invite()) }) as Core,
        routes: new AppRoutes({ cdrs: false }),
        clock,
        log: silentLog,
        limits: defaultLimits,
        pace: (release) => releases.push(release),
        webSocketName: 'tcp',
        preservedHeaders: new Set(['my_Header']),
        isSecret: () => true,
        greeting: () => '',
      },
    );
    session.receive(encodeControlFrame('1|authenticate|x|'));
    session.receive(encodeControlFrame('2|sip||\r\nINVITE sip:a SIP/2.0\r\n\r\n'));
    session.deliver({ meta, transactionId: 't', dialogId: '', message: invite() });
    session.deliver({ meta, transactionId: 't2', dialogId: '', message: invite('other') });
    await turn();
    const first = write.mock.calls.map(([bytes]) => bytes.toString()).join('');
    expect(first.match(/\|sip\|/g)).toHaveLength(1);
    releases[0]?.();
    await turn();
    expect(
      write.mock.calls
        .map(([bytes]) => bytes.toString())
        .join('')
        .match(/\|sip\|/g),
    ).toHaveLength(2);
  });
});
