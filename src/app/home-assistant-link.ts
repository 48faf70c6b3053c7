import { handle } from '#contract/endpoint.ts';
import { getHomeAssistantLink } from '#contract/home-assistant.ts';
import type { coreStates } from '#contract/home-assistant.ts';
import type { PartHealth } from '#contract/system.ts';
import type { RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { HomeAssistantRoom } from './home-assistant.ts';
import type { CoreRoom } from './home-assistant-core.ts';

type CoreState = (typeof coreStates)[number];

type LinkDeps = {
  readonly homeAssistant: Pick<HomeAssistantRoom, 'mqtt'>;
  readonly core: Pick<CoreRoom, 'core' | 'face'>;
};

/** Shows how the house is joined to Home Assistant. */
export function composeHomeAssistantLink({ homeAssistant, core }: LinkDeps): { readonly face: RoomFace } {
  const route = handle(getHomeAssistantLink, async () => {
    const { core: line, face } = core;
    const health: PartHealth | undefined = await face.probes['Home Assistant']?.();
    const state: CoreState = line === undefined ? 'none' : line.isConnected ? 'connected' : 'away';
    return { mqtt: homeAssistant.mqtt(), core: { state, message: health?.message ?? '' } };
  });
  return { face: faceOf({ routes: [route] }) };
}
