import type { CoreClient } from './core-client.ts';

export type State = {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly last_changed: string;
};
export type RegisteredEntity = {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly platform: string;
  readonly device_id: string | null;
  readonly entity_category: string | null;
  readonly original_name: string | null;
};
export type RegisteredDevice = {
  readonly id: string;
  readonly identifiers: readonly (readonly string[])[];
  readonly config_entries: readonly string[];
  readonly name: string | null;
  readonly manufacturer?: string | null;
  readonly model?: string | null;
  readonly sw_version?: string | null;
  readonly via_device_id?: string | null;
};
type Spoken = {
  readonly response: { readonly response_type: string; readonly speech: { readonly plain?: { readonly speech: string } } };
};

type PipelineEvent = { readonly type: string; readonly data?: { readonly intent_output?: Spoken } };

/** What a person finds there: states, entities, devices, triggers and the voice. */
export class CoreEntities {
  readonly client: CoreClient;

  constructor(client: CoreClient) {
    this.client = client;
  }

  async states(): Promise<Map<string, State>> {
    const states = await this.client.command<State[]>({ type: 'get_states' });
    return new Map(states.map((one) => [one.entity_id, one]));
  }

  async state(entityId: string): Promise<State | undefined> {
    return (await this.states()).get(entityId);
  }

  /** Entities that came by MQTT. */
  async mqttEntities(): Promise<RegisteredEntity[]> {
    const all = await this.client.command<RegisteredEntity[]>({ type: 'config/entity_registry/list' });
    return all.filter(({ platform }) => platform === 'mqtt');
  }

  /** Devices that came by MQTT, by their identifier there. */
  async mqttDevices(): Promise<Map<string, RegisteredDevice>> {
    const all = await this.client.command<RegisteredDevice[]>({ type: 'config/device_registry/list' });
    return new Map(
      all.flatMap((device) =>
        device.identifiers.filter(([domain]) => domain === 'mqtt').map(([, identifier = '']) => [identifier, device] as const),
      ),
    );
  }

  /** As a person does who finds one left over. */
  async removeMqttDevices(): Promise<void> {
    for (const {
      id,
      config_entries: [entry],
    } of (await this.mqttDevices()).values()) {
      await this.client.command({ type: 'config/device_registry/remove_config_entry', config_entry_id: entry, device_id: id });
    }
  }

  /** `action` is such as `switch.turn_on`. */
  async act(action: string, entityId?: string, data: Record<string, unknown> = {}): Promise<void> {
    const [domain, service] = action.split('.');
    const target = entityId === undefined ? {} : { target: { entity_id: entityId } };
    await this.client.command({ type: 'call_service', domain, service, service_data: data, ...target });
  }

  /** The device triggers that the automation editor offers. */
  deviceTriggers(deviceId: string): Promise<Record<string, unknown>[]> {
    return this.client.command({ type: 'device_automation/trigger/list', device_id: deviceId });
  }

  /** Calls `listener` with the variables of each time that a trigger of an automation fires. */
  onTrigger(trigger: unknown, listener: (variables: Record<string, unknown>) => void): Promise<() => Promise<unknown>> {
    return this.client.subscribe<{ variables: { trigger: Record<string, unknown> } }>(
      { type: 'subscribe_trigger', trigger },
      ({ variables }) => listener(variables.trigger),
    );
  }

  /** Calls `listener` with each new state of these entities, in order. */
  onState(entityIds: readonly string[], listener: (state: State) => void): Promise<() => Promise<unknown>> {
    return this.client.subscribe<{ data: { new_state: State | null } }>(
      { type: 'subscribe_events', event_type: 'state_changed' },
      ({ data: { new_state: state } }) => {
        if (state !== null && entityIds.includes(state.entity_id)) listener(state);
      },
    );
  }

  /** Says a sentence; what it answers. */
  async say(text: string, language = 'en'): Promise<string> {
    const { response } = await this.client.command<Spoken>({ type: 'conversation/process', text, language });
    return response.speech.plain?.speech ?? '';
  }

  /** Says a sentence at a voice satellite; what it answers. */
  async sayAt(deviceId: string, text: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const run = { type: 'assist_pipeline/run', start_stage: 'intent', end_stage: 'intent', input: { text }, device_id: deviceId };
    await this.client.subscribe<PipelineEvent>(run, ({ type, data }) => {
      if (type === 'intent-end') resolve(data?.intent_output?.response.speech.plain?.speech ?? '');
      if (type === 'error') reject(new Error(JSON.stringify(data)));
    });
    return promise;
  }
}
