import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const sipPortTaken = alert({ alertId: 'sip-port-taken', title: 'Phones cannot reach a port that another program holds' });

/** What is known of Home Assistant's integration `voip`, which listens on UDP 5060 of the host by default. */
export type VoipIntegration = 'set-up' | 'absent' | 'unknown';

export type TakenPort = {
  /** Such as `udp:0.0.0.0:5060`. */
  readonly listener: string;
  readonly protocol: string;
  readonly port: number;
  /** Such as `kamailio (process 123)`. */
  readonly holder: string | undefined;
};

export type TakenPortFacts = {
  /** What listens nevertheless, such as `tcp:0.0.0.0:5060`. */
  readonly others: readonly string[];
  /** `undefined` where there is no Home Assistant. */
  readonly voip: VoipIntegration | undefined;
  /** Whether we are an app of Home Assistant, whose page has the ports. */
  readonly isApp: boolean;
};

const voipPort = 5060;

/** What is wrong and what to do, for the person who runs the house. */
export function takenPortMessage(taken: TakenPort, { others, voip, isApp }: TakenPortFacts): string {
  const { listener, protocol, port, holder } = taken;
  const isVoips = protocol === 'udp' && port === voipPort && holder === undefined;
  const who = holder ?? (isVoips ? suspect(voip) : 'another program on this machine');
  const instead = listener.replace(/\d+$/, String(port + 2));
  const where = isApp
    ? `Settings → Apps → GoSIP → Configuration → Network, such as ${port + 2}`
    : `option sip_listen, or the variable GOSIP_SIP_LISTEN, such as ${instead}`;
  const there = isVoips && voip !== undefined && voip !== 'absent' ? `${voipAdvice}; or ` : '';
  const meanwhile = others.length === 0 ? '' : ` Until then phones reach ${others.join(' and ')} alone.`;
  const at = `${protocol.toUpperCase()} ${listener.slice(protocol.length + 1)}`;
  return `Cannot listen on ${at}: the port is in use by ${who}. What to do: ${there}give GoSIP another port (${where}), enter it in the phones, and start GoSIP again.${meanwhile}`;
}

const voipAdvice =
  'give Voice over IP another port in Home Assistant (Settings → Devices & services → Voice over IP → Configure → SIP port), and GoSIP takes this one by itself';

function suspect(voip: VoipIntegration | undefined): string {
  if (voip === 'set-up') return 'the integration "Voice over IP" of Home Assistant';
  if (voip === 'unknown')
    return 'another program: it may be the integration "Voice over IP" of Home Assistant, which listens there by default';
  return 'another program on this machine';
}

export type TakenPortDeps = TakenPortFacts & { readonly taken: readonly TakenPort[] };

export function takenPortAlerts(now: () => TakenPortDeps): readonly Alert[] {
  const active = () => {
    const { taken, ...facts } = now();
    return taken.map((one) => ({ about: one.listener, message: takenPortMessage(one, facts), values: portOf(one) }));
  };
  return [bindAlert(sipPortTaken, { active, changedBy: [] })];
}

function portOf({ protocol, port }: TakenPort): Record<string, string | number> {
  return { protocol: protocol.toUpperCase(), port, instead: port + 2 };
}

export const webPortTaken = alert({ alertId: 'web-port-taken', title: 'The port of the API is held by another program' });

/** `problem`: one sentence that names port and option; `port`: where the API listens instead. */
export type TakenWebPort = { readonly problem: string; readonly port: number };

export function webPortMessage({ problem, port }: TakenWebPort): string {
  return `${problem}. Until GoSIP is started again with another one, the API is at port ${port}; the panel in Home Assistant and the phones are not affected.`;
}

export function webPortAlerts(now: () => TakenWebPort | undefined): readonly Alert[] {
  const active = () => {
    const taken = now();
    return taken === undefined ? [] : [{ about: 'http', message: webPortMessage(taken), values: { port: taken.port } }];
  };
  return [bindAlert(webPortTaken, { active, changedBy: [] })];
}
