// Composes the check of a trunk: the names that the SIP engine would find, a connection of its own, and a question by SIP.
// Called by app/trunks.ts.
// Must stay true: it changes no registration, and looks names up as the engine does.
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { Clock } from '#base/clock.ts';
import { KnownHosts } from '#sip-engine/resolver/known-hosts.ts';
import { createResolver } from '#sip-engine/resolver/resolver.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import type { Options } from '#options/options.ts';
import type { Sip } from '#sip/sip.ts';
import type { TrunkSettings } from '#sip/trunk/settings.ts';
import { connectOnce } from '#trunks/connect.ts';
import type { Target } from '#trunks/connect.ts';
import { checkTrunkSteps } from '#trunks/trunk-check.ts';
import type { CheckStep } from '#trunks/trunk-check.ts';

type TrunkCheckDeps = {
  readonly clock: Clock;
  readonly sipOptions: Options['sip'];
  readonly sip: () => Pick<Sip, 'askTrunk'>;
};

export type TrunkChecks = {
  readonly check: (settings: TrunkSettings) => Promise<readonly CheckStep[]>;
  readonly hasBadCertificate: (settings: TrunkSettings) => Promise<boolean>;
};

const maxQueries = 20;

export function composeTrunkChecks({ clock, sipOptions, sip }: TrunkCheckDeps): TrunkChecks {
  const hosts = new KnownHosts(sipOptions.hosts);
  const connect = (target: Target, { transport }: TrunkSettings) =>
    connectOnce(target, { clock, transport: transport === 'tls' ? 'tls' : 'tcp', ca: certificatesOf(sipOptions.trustedCaFile) });
  return {
    check: (settings) =>
      checkTrunkSteps(
        { registers: settings.register, transport: settings.transport },
        {
          resolve: () => targetsOf(settings, { clock, hosts }),
          connect: (target) => connect(target, settings),
          ask: () => sip().askTrunk(settings),
        },
      ),
    hasBadCertificate: async (settings) => {
      const [first] = await targetsOf(settings, { clock, hosts });
      return first !== undefined && (await connect(first, settings)).outcome === 'certificate';
    },
  };
}

/** Where the first request goes. Each time with a memory of its own: what a name leads to may just have been mended. */
function targetsOf(settings: TrunkSettings, { clock, hosts }: { readonly clock: Clock; readonly hosts: KnownHosts }) {
  const { host, port, transport } = nextHopOf(settings);
  const resolver = createResolver({ clock, log: silentLog, limits: { dnsQueries: maxQueries }, hosts });
  return new Promise<readonly Target[]>((resolve) => {
    resolver.resolve({ scheme: 'sip', host, port, transport, maddr: undefined }, [transport], (targets) => {
      resolver.stop();
      resolve(targets);
    });
  });
}

function nextHopOf({ host, port, proxy, transport }: TrunkSettings) {
  if (proxy === undefined) return { host, port, transport };
  const [, bracketed, plain, proxyPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(proxy) ?? [];
  return { host: bracketed ?? plain ?? proxy, port: proxyPort === undefined ? undefined : Number(proxyPort), transport };
}

function certificatesOf(file: string | undefined): readonly string[] | undefined {
  if (file === undefined) return undefined;
  try {
    return [...rootCertificates, readFileSync(file, 'utf8')];
  } catch {
    return undefined;
  }
}
