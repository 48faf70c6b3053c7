import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { Broker } from './broker.ts';
import { failureOf } from './connection-state.ts';
import { ConnectionWatch } from './connection-watch.ts';
import { mqttAlerts } from './mqtt-alerts.ts';

const broker: Broker = { url: 'mqtts://broker.lan:8883', username: 'house', password: 'pa55', source: 'options' };
const failed = (code: string | number) => failureOf(broker, Object.assign(new Error('it failed'), { code }));

function watch() {
  const clock = new FakeClock();
  const lines: { msg: string; level: string }[] = [];
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(JSON.parse(line)) } });
  const it = new ConnectionWatch({ clock, log });
  const [alert] = mqttAlerts(() => it.alerts());
  return { clock, lines, it, active: () => alert?.active() ?? [] };
}

describe('an outage of the broker', () => {
  it('is one line of the log however often it is tried again, and one more when it is over', () => {
    const { lines, it: watched } = watch();
    for (let tries = 0; tries < 5; tries += 1) {
      watched.changed({ kind: 'connecting', broker });
      watched.changed(failed('ECONNREFUSED'));
    }
    watched.changed({ kind: 'connecting', broker });
    watched.changed({ kind: 'connected', broker });
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    watched.changed(failed('ECONNREFUSED'));
    expect(lines).toHaveLength(3);
  });

  it('of less than five minutes alerts nobody; a wrong password alerts at once; both end with the connection', () => {
    const { clock, it: watched, active } = watch();
    watched.changed(failed('ECONNREFUSED'));
    clock.advance(299_000);
    expect(active()).toEqual([]);
    watched.changed({ kind: 'connecting', broker });
    clock.advance(1000);
    watched.changed(failed('ECONNREFUSED'));
    expect(active()).toMatchObject([{ about: 'broker', message: expect.stringContaining('nothing listens there') }]);
    watched.changed({ kind: 'connected', broker });
    expect(active()).toEqual([]);
    watched.changed(failed(0x86));
    expect(active()).toMatchObject([{ message: expect.stringContaining('the user name or password is wrong') }]);
  });

  it.each([
    [4, 'refuses the user "house": the user name or password is wrong'],
    [0x86, 'refuses the user "house": the user name or password is wrong'],
    [5, 'does not allow the user "house" to connect'],
    [0x87, 'does not allow the user "house" to connect'],
    [0x89, 'refuses the connection (it failed, code 137)'],
    ['ENOTFOUND', 'its name is not known'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'give its file as mqtt_ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
    ['EWEIRD', 'cannot be reached: it failed'],
  ])('with the code %s says what is wrong in the words of a person, never the password', (code, words) => {
    const { it: watched } = watch();
    watched.changed(failed(code));
    const { status, message } = watched.health();
    expect(status).toBe('degraded');
    expect(message).toContain(words);
    expect(message).not.toContain('pa55');
  });

  it('that Home Assistant names tells where its credentials come from', () => {
    const named = failureOf({ ...broker, source: 'supervisor' }, Object.assign(new Error('x'), { code: 4 }));
    expect('message' in named && named.message).toContain('Home Assistant gave these credentials itself');
  });

  it('never counts as the house being down', () => {
    const { it: watched } = watch();
    for (const state of [
      { kind: 'off' },
      { kind: 'no-broker' },
      { kind: 'connecting', broker },
      { kind: 'connected', broker },
    ] as const) {
      watched.changed(state);
      expect(watched.health().status).toBe('ok');
    }
  });
});
