import { expect, test } from 'vitest';
import { takenPortAlerts, takenPortMessage } from './taken-port-alerts.ts';

const udp = { listener: 'udp:0.0.0.0:5060', protocol: 'udp', port: 5060, holder: undefined };
const others = ['tcp:0.0.0.0:5060'];

const ours =
  'give GoSIP another port (option sip_listen, or the variable GOSIP_SIP_LISTEN, such as udp:0.0.0.0:5062), enter it in the phones, and start GoSIP again. Until then phones reach tcp:0.0.0.0:5060 alone.';
const theirs =
  'give Voice over IP another port in Home Assistant (Settings → Devices & services → Voice over IP → Configure → SIP port), and GoSIP takes this one by itself; or ';

test.each([
  ['Home Assistant has Voice over IP', 'set-up', 'the integration "Voice over IP" of Home Assistant', theirs],
  [
    'Home Assistant cannot be asked',
    'unknown',
    'another program: it may be the integration "Voice over IP" of Home Assistant, which listens there by default',
    theirs,
  ],
  ['Home Assistant has it not', 'absent', 'another program on this machine', ''],
  ['there is no Home Assistant', undefined, 'another program on this machine', ''],
] as const)('UDP 5060 is taken, and %s', (_when, voip, who, advice) => {
  expect(takenPortMessage(udp, { others, voip, isApp: false })).toBe(
    `Cannot listen on UDP 0.0.0.0:5060: the port is in use by ${who}. What to do: ${advice}${ours}`,
  );
});

test('as an app of Home Assistant the ports are on its page', () => {
  expect(takenPortMessage(udp, { others, voip: 'absent', isApp: true })).toContain(
    'give GoSIP another port (Settings → Apps → GoSIP → Configuration → Network, such as 5062), enter it in the phones',
  );
});

test('who holds a port is named where that can be seen, whatever Home Assistant says', () => {
  const message = takenPortMessage({ ...udp, holder: 'kamailio (process 123)' }, { others, voip: 'set-up', isApp: false });
  expect(message).toContain('in use by kamailio (process 123). What to do: give GoSIP another port');
});

test('another port is not that of Voice over IP', () => {
  const tls = { listener: 'tls:[::]:5061', protocol: 'tls', port: 5061, holder: undefined };
  expect(takenPortMessage(tls, { others: [], voip: 'set-up', isApp: false })).toBe(
    'Cannot listen on TLS [::]:5061: the port is in use by another program on this machine. What to do: give GoSIP another port (option sip_listen, or the variable GOSIP_SIP_LISTEN, such as tls:[::]:5063), enter it in the phones, and start GoSIP again.',
  );
});

test('each port that is taken is an alert, by what is known of it at the time', () => {
  let voip: 'unknown' | 'set-up' = 'unknown';
  const [alert] = takenPortAlerts(() => ({ taken: [udp], others, voip, isApp: false }));
  expect(alert?.active()).toMatchObject([
    { about: 'udp:0.0.0.0:5060', message: expect.stringContaining('it may be'), values: { port: 5060, instead: 5062 } },
  ]);
  voip = 'set-up';
  expect(alert?.active()[0]?.message).not.toContain('it may be');
});
