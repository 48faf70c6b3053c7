import { handle } from '#contract/endpoint.ts';
import { deviceTransport, getSipServer } from '#contract/devices.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import { machineAddresses, registrarPlaces } from './reachable.ts';
import { formatListeners } from './sip-engine.ts';
import type { SipEngineHandle } from './sip-engine.ts';

type SipServerDeps = Pick<AppContext, 'options'> & { readonly engine: Pick<SipEngineHandle, 'hostports' | 'listening'> };

/** What is entered into phones as their server. */
export function composeSipServer({ options, engine }: SipServerDeps): { readonly face: RoomFace } {
  const route = handle(getSipServer, () => {
    const listeners = formatListeners(engine.listening() ?? engine.hostports);
    const places = registrarPlaces(listeners, machineAddresses()).map(({ address, port, protocols }) => ({
      address,
      port,
      transports: deviceTransport.options.filter((one) => protocols.includes(one)),
    }));
    return { realm: options.sip.realm, places };
  });
  return { face: faceOf({ routes: [route] }) };
}
