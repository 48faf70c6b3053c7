import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { CoreRefusal } from '#testing/home-assistant/fake-core-session.ts';
import { CoreError } from './core-connection.ts';
import { coreHealth } from './core-health.ts';
import { CoreLine } from './core-line.ts';

let core: FakeCore;
let clock: FakeClock;
let line: CoreLine;
let lines: string[];

beforeEach(async () => {
  core = await FakeCore.start();
  clock = new FakeClock();
  lines = [];
  line = open(core.token);
});

afterEach(async () => {
  await line[Symbol.asyncDispose]();
  await core.end();
  expect(clock.pending).toBe(0);
});

function open(token: string, url = core.url): CoreLine {
  const log = createLog({ level: 'info', destination: { write: (text: string) => void lines.push(text) } });
  return new CoreLine({ access: { url, token }, clock, log });
}

const untilConnected = () => vi.waitFor(() => expect(line.isConnected).toBe(true), 5000);

/** Moves the clock on until it is connected again. */
const untilBack = () =>
  vi.waitFor(async () => {
    await clock.advanceAsync(1000);
    expect(line.isConnected).toBe(true);
  }, 10_000);

async function errorOf(work: Promise<unknown>): Promise<CoreError> {
  const error = await work.then(
    () => undefined,
    (rejection: unknown) => rejection,
  );
  expect(error).toBeInstanceOf(CoreError);
  return error as CoreError;
}

describe('the line to Home Assistant', () => {
  it('carries commands and their answers', async () => {
    core.commands.set('get_config', () => ({ time_zone: 'Europe/Berlin' }));
    line.start();
    await untilConnected();
    await expect(line.command({ type: 'get_config' })).resolves.toEqual({ time_zone: 'Europe/Berlin' });
    expect(coreHealth(line.state, core.url)).toEqual({
      status: 'ok',
      message: `Connected to Home Assistant 2026.11.0 at ${core.url}`,
    });
  });

  it.each([
    ['not_found', 'not-found'],
    ['unauthorized', 'forbidden'],
    ['invalid_format', 'invalid'],
    ['unknown_error', 'unavailable'],
  ])('says what Core says where it refuses a command with %s', async (reason, code) => {
    core.commands.set('blueprint/save', () => {
      throw new CoreRefusal(reason, 'No way.');
    });
    line.start();
    await untilConnected();
    const error = await errorOf(line.command({ type: 'blueprint/save' }));
    expect(error).toMatchObject({ code, reason, message: 'Home Assistant says: No way.' });
  });

  it('rejects at once before Core was there', async () => {
    const error = await errorOf(line.command({ type: 'get_config' }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(core.url) });
  });

  it('opens again when Core restarts in the middle of a command, and subscriptions with it', async () => {
    core.setState('input_boolean.bedtime', 'off');
    line.start();
    await untilConnected();
    const heard: unknown[] = [];
    let connects = 0;
    line.onConnected(() => (connects += 1));
    line.subscribe({ type: 'subscribe_entities', entity_ids: ['input_boolean.bedtime'] }, (message) => heard.push(message));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    for (const session of core.sessions) session.isMute = true;
    const asked = errorOf(line.command({ type: 'get_config' }));
    await core.end();
    expect(await asked).toMatchObject({ code: 'unavailable' });
    await clock.advanceAsync(60_000);
    expect(coreHealth(line.state, core.url).status).toBe('degraded');
    core.setState('input_boolean.bedtime', 'on');
    await core.begin();
    await untilBack();
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard[1]).toMatchObject({ a: { 'input_boolean.bedtime': { s: 'on' } } });
    expect(connects).toBe(2);
    // One line for the loss, however often it was tried.
    expect(lines.filter((one) => one.includes('does not answer'))).toHaveLength(1);
  });

  it('ends a subscription at Core too', async () => {
    line.start();
    await untilConnected();
    const heard: unknown[] = [];
    const end = line.subscribe({ type: 'subscribe_entities' }, (message) => heard.push(message));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await vi.waitFor(() => expect(core.sessions[0]?.subscriptions).toBe(1));
    end();
    core.setState('light.hall', 'on');
    await vi.waitFor(() => expect(core.sessions[0]?.subscriptions).toBe(0));
    expect(heard).toHaveLength(1);
  });

  it('a listener that throws ends neither the process nor the line', async () => {
    line.start();
    await untilConnected();
    const heard: unknown[] = [];
    line.onConnected(() => {
      throw new Error('of onConnected');
    });
    line.subscribe({ type: 'subscribe_entities' }, () => {
      throw new Error('of a subscription');
    });
    line.subscribe({ type: 'subscribe_entities' }, (message) => heard.push(message));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(lines.filter((one) => one.includes('A listener to Home Assistant failed'))).toHaveLength(2);
    expect(line.isConnected).toBe(true);
  });

  it('what is no JSON, or no object, is passed over', async () => {
    core.commands.set('get_config', () => ({}));
    line.start();
    await untilConnected();
    for (const text of ['<html>', 'null', '"text"', '[null]', '[1]', '{"id":77,"type":"pong"}']) core.sessions[0]?.sayRaw(text);
    await expect(line.command({ type: 'get_config' })).resolves.toEqual({});
  });

  it('gives up a command that a silent Core does not answer, then the line, and is back with the next one', async () => {
    line.start();
    await untilConnected();
    core.sessions[0]!.isMute = true;
    const asked = errorOf(line.command({ type: 'get_config' }, 3000));
    await clock.advanceAsync(3000);
    expect(await asked).toMatchObject({ code: 'unavailable' });
    await clock.advanceAsync(40_000);
    await vi.waitFor(() => expect(line.isConnected).toBe(false));
    await untilBack();
    expect(core.signIns).toBe(2);
  });

  it('does not wait for ever for a server that takes the connection and says nothing', async () => {
    core.fault = 'silent';
    line.start();
    await clock.advanceAsync(15_000);
    await vi.waitFor(() => expect(coreHealth(line.state, core.url).status).toBe('degraded'));
    core.fault = 'none';
    await untilBack();
  });

  it('is there when Core comes after a Supervisor that answered 502', async () => {
    core.fault = 'bad-gateway';
    line.start();
    await vi.waitFor(() => expect(coreHealth(line.state, core.url).status).toBe('degraded'));
    core.fault = 'none';
    await untilBack();
  });

  it('says what to do where the token is refused, and tries again rarely, until it is taken', async () => {
    core.tokens.clear();
    line.start();
    await vi.waitFor(() => expect(coreHealth(line.state, core.url).status).toBe('degraded'));
    expect(coreHealth(line.state, core.url).message).toContain('put it into the option home_assistant_token');
    await clock.advanceAsync(59_000);
    core.tokens.add(core.token);
    expect(core.signIns).toBe(0);
    await untilBack();
    expect(lines.filter((one) => one.includes('refuses the access token'))).toHaveLength(1);
    expect(lines.join('')).not.toContain(core.token);
  });

  it('opens again after the token was revoked and Core restarted, once it is valid again', async () => {
    line.start();
    await untilConnected();
    core.tokens.clear();
    await core.end();
    await core.begin();
    await vi.waitFor(async () => {
      await clock.advanceAsync(1000);
      expect(coreHealth(line.state, core.url).message).toContain('refuses the access token');
    });
    core.tokens.add(core.token);
    await untilBack();
  });

  it('stops while it is opening, and nothing is left', async () => {
    core.fault = 'silent';
    line.start();
    await clock.advanceAsync(1000);
    await line[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(clock.pending).toBe(0));
    expect(line.isConnected).toBe(false);
  });
});

it('a house whose Home Assistant is not there says at which address it looked', async () => {
  await core.end();
  line.start();
  await vi.waitFor(() => expect(coreHealth(line.state, core.url).status).toBe('degraded'));
  expect(coreHealth(line.state, core.url).message).toBe(
    `Home Assistant at ${core.url} does not answer: is it running, and is home_assistant_url its address?`,
  );
});
