// What Home Assistant 2026.11 takes as a discovery message of a device, and no more: one unknown key of the root, `device` or `origin` makes
// it drop the whole message; inside a component it would only ignore it, which is a slip of ours all the same.
// Called by the tests of discovery and of the whole app.
import { z } from 'zod';

const topic = z.string().regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/);
const text = z.string().min(1);
const id = z.string().regex(/^[a-zA-Z0-9_-]+$/);

const entityOf = (domain: string) => ({
  platform: z.literal(domain),
  unique_id: id,
  default_entity_id: z.string().regex(new RegExp(`^${domain}\\.[\\p{L}\\p{N}_]+$`, 'u')),
  name: text,
  icon: z
    .string()
    .regex(/^mdi:[a-z0-9-]+$/)
    .optional(),
});
/** A read-only entity cannot be of the category `config`. */
const diagnostic = z.literal('diagnostic').optional();
const attributes = { json_attributes_topic: topic.optional() };
const state = { state_topic: topic };
const heard = { ...state, qos: z.literal(1) };
const command = { command_topic: topic };

const binarySensor = z.strictObject({
  ...entityOf('binary_sensor'),
  ...heard,
  ...attributes,
  device_class: z.enum(['connectivity', 'problem', 'running']).optional(),
  entity_category: diagnostic,
});

const sensor = z
  .strictObject({
    ...entityOf('sensor'),
    ...heard,
    ...attributes,
    device_class: z.enum(['timestamp', 'enum', 'duration']).optional(),
    state_class: z.enum(['measurement', 'total', 'total_increasing']).optional(),
    unit_of_measurement: text.optional(),
    options: z
      .array(z.string().regex(/^[a-z0-9_]+$/))
      .min(1)
      .optional(),
    entity_category: diagnostic,
  })
  .refine((one) => (one.options !== undefined) === (one.device_class === 'enum'), 'options belong to the class enum')
  .refine((one) => one.options === undefined || (one.state_class ?? one.unit_of_measurement) === undefined, 'a word has no unit')
  .refine(
    (one) => one.device_class !== 'duration' || /^(ms|s|min|h|d)$/.test(one.unit_of_measurement ?? ''),
    'a duration has a unit',
  )
  .refine((one) => one.device_class !== 'timestamp' || one.state_class === undefined, 'a time has no state class');

const event = z
  .strictObject({
    ...entityOf('event'),
    ...heard,
    event_types: z.array(z.string().regex(/^[a-z0-9_]+$/)).min(1),
    device_class: z.enum(['button', 'doorbell', 'motion']).optional(),
  })
  .refine((one) => one.device_class !== 'doorbell' || one.event_types.includes('ring'), 'a doorbell rings');

const component = z.discriminatedUnion('platform', [
  binarySensor,
  sensor,
  event,
  z.strictObject({ ...entityOf('switch'), ...state, ...attributes, ...command, entity_category: z.literal('config').optional() }),
  z.strictObject({
    ...entityOf('button'),
    ...command,
    device_class: z.enum(['identify', 'restart', 'update']).optional(),
    entity_category: z.enum(['config', 'diagnostic']).optional(),
  }),
  z.strictObject({ ...entityOf('notify'), ...command }),
  z.strictObject({
    ...entityOf('text'),
    value_template: text.optional(),
    ...state,
    ...attributes,
    ...command,
    max: z.number().int().min(1).max(255),
    pattern: text.optional(),
    entity_category: z.literal('config').optional(),
  }),
  z.strictObject({
    platform: z.literal('device_automation'),
    automation_type: z.literal('trigger'),
    topic,
    qos: z.literal(1),
    value_template: z.literal('{{ value_json.event_type }}'),
    payload: text,
    type: text,
    subtype: z.string(),
  }),
]);

const device = z.strictObject({
  identifiers: z.array(id).length(1),
  name: text,
  manufacturer: text,
  model: text.optional(),
  sw_version: text.optional(),
  via_device: id.optional(),
  configuration_url: z
    .string()
    .regex(/^(https?|homeassistant):\/\//)
    .optional(),
});

export const discoverySchema = z.strictObject({
  device,
  origin: z.strictObject({ name: text, sw_version: text.optional(), support_url: text.optional() }),
  availability_topic: topic,
  components: z.record(id, component),
});
