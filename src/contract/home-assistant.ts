import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { personId } from './ids.ts';

/** `off`: by the option. `no-broker`: none is known. `refused`: it answers and does not let us in. */
export const mqttStates = ['off', 'no-broker', 'connecting', 'connected', 'refused', 'unreachable'] as const;
/** `none`: the house has no Home Assistant. */
export const coreStates = ['none', 'connected', 'away'] as const;

/** In words for who looks after the house: what it is connected to, or what is wrong and what helps. */
const message = z.string();

export const getHomeAssistantLink = endpoint({
  id: 'getHomeAssistantLink',
  method: 'GET',
  path: '/system/home-assistant',
  access: 'admin',
  summary: 'How the house is joined to Home Assistant: over MQTT, and with Home Assistant itself',
  reply: z
    .object({
      mqtt: z.object({ state: z.enum(mqttStates).meta({ id: 'MqttState' }), message }),
      core: z.object({ state: z.enum(coreStates).meta({ id: 'CoreState' }), message }),
    })
    .meta({ id: 'HomeAssistantLink' }),
});

export const listHomeAssistantUsers = endpoint({
  id: 'listHomeAssistantUsers',
  method: 'GET',
  path: '/home-assistant/users',
  access: 'admin',
  summary: 'The people that Home Assistant knows, and who each is here',
  reply: z.object({
    items: z.array(
      z
        .object({
          id: z.string(),
          name: z.string(),
          /** Whether they may sign in there. */
          isActive: z.boolean(),
          isAdmin: z.boolean(),
          /** The person here; null where nobody is linked yet. */
          personId: personId.nullable(),
        })
        .meta({ id: 'HomeAssistantUser' }),
    ),
    /** Why they are not known, in English; null where they are. */
    problem: z.string().nullable(),
  }),
});
