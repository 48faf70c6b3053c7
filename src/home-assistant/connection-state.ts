// Decides what an attempt to connect came to, in the words of the person who runs the house.
// Called by the connection and by the probe of health.
// Must stay true: it names the broker and the user, never the password.
import type { PartHealth } from '#contract/system.ts';
import { describeBroker } from './broker.ts';
import type { Broker } from './broker.ts';

export type ConnectionState =
  | { readonly kind: 'off' }
  /** None is known yet. */
  | { readonly kind: 'no-broker' }
  | { readonly kind: 'connecting'; readonly broker: Broker }
  | { readonly kind: 'connected'; readonly broker: Broker }
  /** It answers and does not want us: `message` says what to do. */
  | { readonly kind: 'refused'; readonly broker: Broker; readonly message: string }
  | { readonly kind: 'unreachable'; readonly broker: Broker | undefined; readonly message: string };

/** Reason codes of MQTT 5 (section 3.2.2.2) and return codes of MQTT 3.1.1 (section 3.2.2.3). */
const badCredentials = new Set([4, 0x86]);
const notAuthorized = new Set([5, 0x87]);
const badProtocol = new Set([1, 0x84]);

/** Whether the broker speaks MQTT 3.1.1 alone. */
export function isOldProtocol(code: number | undefined): boolean {
  return code !== undefined && badProtocol.has(code);
}

/** `code`: of the CONNACK or the error. */
export function failureOf(broker: Broker, error: Error & { readonly code?: unknown }): ConnectionState {
  const at = describeBroker(broker);
  const { code } = error;
  const who = broker.username === undefined ? 'a client without a user name' : `the user "${broker.username}"`;
  if (typeof code === 'number') {
    const message = badCredentials.has(code)
      ? `The MQTT broker ${at} refuses ${who}: the user name or password is wrong. ${whereToSet(broker)}`
      : notAuthorized.has(code)
        ? `The MQTT broker ${at} does not allow ${who} to connect. ${whereToSet(broker)}`
        : `The MQTT broker ${at} refuses the connection (${error.message}, code ${code})`;
    return { kind: 'refused', broker, message };
  }
  return { kind: 'unreachable', broker, message: `The MQTT broker ${at} cannot be reached: ${reasonOf(error)}` };
}

/** Reason code of MQTT 5 (section 3.14.2.1). */
const sessionTakenOver = 0x8e;

/** By another client with our id. */
export function isTakenOver(reasonCode: number | undefined): boolean {
  return reasonCode === sessionTakenOver;
}

/** The broker ended a connection that was made; `reasonCode` says why, where it does. */
export function endedBy(broker: Broker, reasonCode: number | undefined): ConnectionState {
  const at = describeBroker(broker);
  if (!isTakenOver(reasonCode)) {
    const code = reasonCode === undefined ? '' : ` (code ${reasonCode})`;
    return { kind: 'unreachable', broker, message: `The MQTT broker ${at} ended the connection${code}` };
  }
  const message = `Another GoSIP with the same data is connected to the MQTT broker ${at}, such as a copy from a backup: stop one of the two`;
  return { kind: 'refused', broker, message };
}

function whereToSet({ source }: Broker): string {
  if (source === 'supervisor') return 'Home Assistant gave these credentials itself: restart the app of the broker, then GoSIP';
  return 'Set mqtt_username and mqtt_password to a user that the broker knows';
}

/** Of codes that people meet: what it means. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the broker started, and is the port right?',
  ENOTFOUND: 'its name is not known; is the host in mqtt_url right?',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it in the network',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an unknown authority; give its file as mqtt_ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; give its file as mqtt_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an unknown authority; give its file as mqtt_ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an unknown authority; give its file as mqtt_ca',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the one in mqtt_url',
};

function reasonOf({ message, code }: { readonly message: string; readonly code?: unknown }): string {
  return (typeof code === 'string' ? reasons[code] : undefined) ?? message;
}

/** Nothing of the telephone depends on it: never down. */
export function connectionHealth(state: ConnectionState): PartHealth {
  switch (state.kind) {
    case 'off':
      return { status: 'ok', message: 'Off (option mqtt)' };
    case 'no-broker':
      return { status: 'ok', message: 'No MQTT broker is known' };
    case 'connecting':
      return { status: 'ok', message: `Connecting to ${describeBroker(state.broker)}` };
    case 'connected':
      return { status: 'ok', message: `Connected to ${describeBroker(state.broker)}` };
    case 'refused':
    case 'unreachable':
      return { status: 'degraded', message: state.message };
  }
}
