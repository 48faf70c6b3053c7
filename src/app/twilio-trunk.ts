// Makes the trunk to Twilio out of the settings, at the start and whenever they change.
// Called by app.ts.
// Must stay true: we are registered exactly while calls are to come in by our registration, and calls leave only the way that was chosen.
import type { SipEngineHandle } from './sip-engine.ts';
import type { Log } from '#base/log.ts';
import type { Sip } from '#sip/sip.ts';
import type { OutboundRoute, TrunkSettings } from '#sip/trunk/settings.ts';
import type { LiveTwilioSettings, TwilioSettings } from '#twilio/api/settings.ts';
import { secretHeaderName, signallingAddresses } from '#twilio/setup/origination.ts';
import { trunkName } from '#twilio/api/settings.ts';

/** Routers forget a silent connection after half a minute or more; Twilio allows keep-alives no more often than every 15 s. */
const keepAliveSeconds = 25;

type TwilioTrunkSettings = Pick<
  TwilioSettings,
  'domain' | 'trunk' | 'sipAccount' | 'edge' | 'inbound' | 'outbound' | 'isSecure'
> &
  Pick<TwilioSettings, 'publicUrl' | 'origination' | 'originationSecret' | 'signallingAddresses'>;

/** The trunk as `Sip` wants it; undefined while there is nothing to do with it. */
export function twilioTrunk(wanted: TwilioTrunkSettings): TrunkSettings | undefined {
  const { domain, trunk, sipAccount, edge, inbound, outbound, isSecure } = wanted;
  if (sipAccount === undefined) return undefined;
  const register = inbound === 'webhook' && domain !== undefined;
  const outboundRoute = outboundRouteOf({ domain, trunk, edge, outbound });
  const direct = inboundFrom(wanted);
  if (!register && direct === undefined && outboundRoute.kind === 'none') return undefined;
  return {
    name: trunkName,
    transport: 'tls',
    register,
    allow: [],
    outboundRoute,
    keepAliveSeconds,
    isSecure,
    username: sipAccount.username,
    password: sipAccount.password,
    host: domain === undefined ? '' : hostAt(domain.name, edge),
    ...(domain === undefined ? {} : { domain: domain.name }),
    callHeaders: { number: 'X-Did', join: 'X-Gosip-Call', name: 'X-Twilio-CallSid' },
    ...direct,
  };
}

/** Which calls the trunk is for; undefined while there is none. */
export function twilioDirection(wanted: TwilioTrunkSettings): 'both' | 'incoming' | 'outgoing' | undefined {
  const trunk = twilioTrunk(wanted);
  if (trunk === undefined) return undefined;
  if (trunk.outboundRoute?.kind === 'none') return 'incoming';
  return trunk.register || trunk.allow.length > 0 ? 'both' : 'outgoing';
}

/** Who may call in over a trunk that is pointed at the house. */
function inboundFrom({
  inbound,
  trunk,
  publicUrl,
  origination,
  originationSecret,
  signallingAddresses: addresses,
}: TwilioTrunkSettings) {
  if (inbound !== 'trunk' || trunk === undefined || originationSecret === undefined) return undefined;
  return {
    allow: addresses ?? signallingAddresses,
    secretHeader: { name: secretHeaderName, value: originationSecret },
    inboundTransport: transportOf(origination?.address),
    // The setup has pointed its disaster recovery URL at the voicemail.
    failsOver: publicUrl !== undefined,
  };
}

/** Until it is known where Twilio was pointed, the secret alone identifies our calls. */
function transportOf(originationAddress: string | undefined): TrunkSettings['transport'] {
  const [, transport] = /;transport=(tcp|tls)$/.exec(originationAddress ?? '') ?? [];
  return transport === 'tcp' || transport === 'tls' ? transport : 'udp';
}

function outboundRouteOf({
  domain,
  trunk,
  edge,
  outbound,
}: Pick<TwilioTrunkSettings, 'domain' | 'trunk' | 'edge' | 'outbound'>): OutboundRoute {
  if (outbound === 'trunk' && trunk !== undefined) return { kind: 'number', host: hostAt(trunk.name, edge) };
  if (outbound !== 'domain' || domain === undefined) return { kind: 'none' };
  return { kind: 'account', host: hostAt(domain.name, edge), fromHeader: 'X-Gosip-From' };
}

/** `home.sip.twilio.com` is entered at `home.sip.frankfurt.twilio.com`; without an edge it is Ashburn. */
function hostAt(name: string, edge: TwilioSettings['edge']): string {
  return edge === 'ashburn' ? name : name.replace(/\.twilio\.com$/, `.${edge}.twilio.com`);
}

type TwilioTrunkDeps = {
  readonly settings: LiveTwilioSettings;
  readonly sip: Pick<Sip, 'setTrunk'>;
  readonly engine: Pick<SipEngineHandle, 'trustTrunk'>;
  readonly log: Log;
  readonly stack: AsyncDisposableStack;
};

export function syncTwilioTrunk({ settings, sip, engine, log, stack }: TwilioTrunkDeps): void {
  let isThere = false;
  const follow = (changed: TwilioSettings) => {
    const wanted = twilioTrunk(changed);
    if (wanted === undefined && !isThere) return;
    isThere = true;
    engine.trustTrunk(trunkName, wanted?.allow ?? []);
    sip.setTrunk(trunkName, wanted).catch((error: unknown) => log.error({ err: error }, 'Twilio trunk not configured'));
  };
  follow(settings.current);
  stack.defer(settings.onChange(follow));
}
