import { parseNameAddr } from '#sip-engine/message/fields.ts';
import { formatUri, isNumericHost, parseUri } from '#sip-engine/message/uri.ts';
import type { SipUri } from '#sip-engine/message/uri.ts';
import type { ForkTarget } from './sip-fork.ts';
import { domainName } from './sip-names.ts';
import type { RingPlan } from './sip-outgoing.ts';
import type { Binding, SipRegistrar } from './sip-registrar.ts';
import type { SipProtocol, SipWire } from './sip-wire.ts';
import type { OutboundCall, TrunkFacts, VoiceSideDeps } from '#testing/twilio/base/voice-side.ts';

// Where a call to the house goes: the bindings of a user, a SIP address, or the origination addresses of a trunk.

type RoutingDeps = { readonly wire: SipWire; readonly registrar: SipRegistrar; readonly deps: VoiceSideDeps };

const nextUrlMs = 4000;
/** Whether the next origination address is not tried after this status. */
export function stopsFailover(status: number): boolean {
  return status < 300 || [400, 404, 405, 410, 416, 482, 484, 486].includes(status) || status >= 600;
}

export function planCall(call: OutboundCall, routing: RoutingDeps): RingPlan {
  const uri = parseUri(call.to);
  if (uri === undefined || uri.scheme !== 'sip') return impossible(400, 13_243);
  const name = domainName(uri.host);
  if (name === undefined) return planAddress(uri, call, routing);
  if (name.edge !== undefined) return impossible(400, 32_220);
  if (uri.user === '') return impossible(400, 32_223);
  const { directory, takesFault } = routing.deps;
  if (name.kind === 'trunk' || directory.domain(name.name) === undefined) return impossible(404, 32_214);
  if (takesFault('sip.binding-lost', 'invite.out')) return impossible(408, 32_011);
  const bindings = routing.registrar.of(uri.user, name.name);
  if (bindings.length === 0) return impossible(404, 32_009);
  const usable = bindings.filter(({ flow }) => !call.secure || flow.protocol === 'tls');
  if (usable.length === 0) return impossible(404, 32_209);
  const address = `sip:${uri.user}@${name.name}`;
  return { kind: 'ring', groups: [usable.map((binding) => targetOf(binding, address, name.name))], nextAfter: () => false };
}

export function planTrunkCall(trunk: TrunkFacts, call: OutboundCall, routing: RoutingDeps): RingPlan {
  if (trunk.originationUris.length === 0) return impossible(404, 32_010);
  const ordered = byPriorityAndWeight(trunk.originationUris, routing.deps.random);
  const groups = ordered.flatMap(({ uri }) => {
    const target = trunkTarget(uri, call, routing);
    return target ? [[target]] : [];
  });
  if (groups.length === 0) return impossible(404, 13_254);
  return {
    kind: 'ring',
    groups,
    attemptMs: nextUrlMs,
    nextAfter: (status) => !stopsFailover(status),
    redirect: (contact) => {
      const uri = parseNameAddr(contact)?.uri;
      return uri === undefined ? undefined : trunkTarget(uri, call, routing);
    },
  };
}

/** Lowest priority first; inside one priority drawn by weight. */
export function byPriorityAndWeight<Each extends { readonly priority: number; readonly weight: number }>(
  uris: readonly Each[],
  random: (below: number) => number,
): Each[] {
  const left = [...uris];
  const ordered: Each[] = [];
  while (left.length > 0) {
    const priority = Math.min(...left.map((uri) => uri.priority));
    const group = left.filter((uri) => uri.priority === priority);
    let place = random(
      Math.max(
        1,
        group.reduce((sum, uri) => sum + uri.weight, 0),
      ),
    );
    const drawn = group.find((uri) => (place -= uri.weight) < 0) ?? group[0];
    if (drawn === undefined) break;
    ordered.push(drawn);
    left.splice(left.indexOf(drawn), 1);
  }
  return ordered;
}

function planAddress(uri: SipUri, call: OutboundCall, { wire }: RoutingDeps): RingPlan {
  const target = addressTarget(uri, { wire, fromHost: 'sip.twilio.com', headers: {} });
  if (target === undefined) return impossible(404, 13_254);
  if (call.secure && transportOf(uri) !== 'tls') return impossible(400, 32_209);
  return { kind: 'ring', groups: [[target]], nextAfter: () => false };
}

function targetOf(binding: Binding, address: string, fromHost: string): ForkTarget {
  return {
    requestUri: binding.contact,
    to: `<${address}>`,
    fromHost,
    isRegistered: true,
    flow: () => Promise.resolve(binding.flow),
  };
}

function trunkTarget(text: string, call: OutboundCall, { wire }: RoutingDeps): ForkTarget | undefined {
  const uri = parseUri(text);
  if (uri === undefined || uri.scheme !== 'sip') return undefined;
  const fromHost = 'pstn.twilio.com';
  // A fixed user of the address keeps its place; the number called stands in Diversion always.
  const headers = {
    'P-Asserted-Identity': `<sip:${call.callerId}@${fromHost}:5060>`,
    Diversion: `<sip:${call.to}@twilio.com>;reason=unconditional`,
    ...headersOf(uri),
  };
  return addressTarget({ ...uri, user: uri.user === '' ? call.to : uri.user }, { wire, fromHost, headers });
}

type AddressTargetOptions = {
  readonly wire: SipWire;
  readonly fromHost: string;
  readonly headers: Readonly<Record<string, string>>;
};

function addressTarget(uri: SipUri, { wire, fromHost, headers }: AddressTargetOptions): ForkTarget | undefined {
  if (isNumericHost(uri.host) !== 4) return undefined;
  const protocol = transportOf(uri);
  const port = uri.port ?? (protocol === 'tls' ? 5061 : 5060);
  const params = new Map([...uri.params].filter(([name]) => !['secure', 'edge', 'region'].includes(name)));
  const requestUri = formatUri({ ...uri, params, headers: '' });
  return {
    requestUri,
    to: `<${formatUri({ ...uri, params: new Map(), headers: '' })}>`,
    fromHost,
    headers,
    isRegistered: false,
    flow: () => wire.flowTo(protocol, { address: uri.host, port }),
  };
}

function transportOf(uri: SipUri): SipProtocol {
  const transport = uri.params.get('transport')?.toLowerCase();
  return transport === 'tls' || transport === 'tcp' ? transport : 'udp';
}

function headersOf(uri: SipUri): Record<string, string> {
  if (uri.headers === '') return {};
  return Object.fromEntries(
    uri.headers.split('&').map((part) => {
      const equals = part.indexOf('=');
      return [decodeURIComponent(part.slice(0, equals)), decodeURIComponent(part.slice(equals + 1))];
    }),
  );
}

function impossible(status: number, twilioCode: number): RingPlan {
  return { kind: 'impossible', status, twilioCode };
}
