import { handle } from '#contract/endpoint.ts';
import { getHomeAssistantLink, listHomeAssistantUsers } from '#contract/home-assistant.ts';
import type { coreStates } from '#contract/home-assistant.ts';
import type { PartHealth } from '#contract/system.ts';
import { isAdministrator, listUsers } from '#home-assistant/users.ts';
import type { People } from '#people/people.ts';
import type { RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { HomeAssistantRoom } from './home-assistant.ts';
import type { CoreRoom } from './home-assistant-core.ts';

type CoreState = (typeof coreStates)[number];

type LinkDeps = {
  readonly homeAssistant: Pick<HomeAssistantRoom, 'mqtt'>;
  readonly core: Pick<CoreRoom, 'core' | 'face'>;
  readonly people: Pick<People, 'byHomeAssistantUser'>;
};

/** Shows how the house is joined to Home Assistant, and who of its users is who here. */
export function composeHomeAssistantLink({ homeAssistant, core, people }: LinkDeps): { readonly face: RoomFace } {
  const route = handle(getHomeAssistantLink, async () => {
    const { core: line, face } = core;
    const health: PartHealth | undefined = await face.probes['Home Assistant']?.();
    const state: CoreState = line === undefined ? 'none' : line.isConnected ? 'connected' : 'away';
    return { mqtt: homeAssistant.mqtt(), core: { state, message: health?.message ?? '' } };
  });
  const users = handle(listHomeAssistantUsers, () => usersOf(core, people));
  return { face: faceOf({ routes: [route, users] }) };
}

/** Home Assistant being away is no fault of whoever asks. */
async function usersOf({ core }: LinkDeps['core'], people: LinkDeps['people']) {
  if (core === undefined) return { items: [], problem: 'There is no Home Assistant' };
  try {
    const users = (await listUsers(core)).filter(({ isProgram }) => !isProgram);
    const items = users.map(({ id, name, isActive, ...rights }) => ({
      ...{ id, name, isActive, isAdmin: isAdministrator(rights) },
      personId: people.byHomeAssistantUser(id)?.id ?? null,
    }));
    return { items, problem: null };
  } catch (error) {
    return { items: [], problem: error instanceof Error ? error.message : String(error) };
  }
}
