// Owns every MQTT topic of ours.
// Called by the files of this room.
// Must stay true: topics are made of our own ids and keys alone, never of a name or a number; MQTT does not take every text.

/** `base`: the option mqtt_base_topic; `prefix`: mqtt_discovery_prefix. */
export type TopicOptions = { readonly base: string; readonly prefix: string };

/** One entity of one owner, by id and key. */
export type EntityAddress = { readonly ownerId: string; readonly key: string };

export type Topics = ReturnType<typeof topicsOf>;

export function topicsOf({ base, prefix }: TopicOptions) {
  const state = ({ ownerId, key }: EntityAddress) => `${base}/${ownerId}/${key}`;
  return {
    availability: `${base}/status`,
    state,
    attributes: (address: EntityAddress) => `${state(address)}/attributes`,
    set: (address: EntityAddress) => `${state(address)}/set`,
    reply: (requestId: string) => `${base}/reply/${requestId}`,
    discovery: (ownerId: string) => `${prefix}/device/${deviceIdentifier(ownerId)}/config`,
    allSets: `${base}/+/+/set`,
    allCommands: `${base}/command/+`,
    allDiscovery: `${prefix}/device/+/config`,
    homeAssistant: `${prefix}/status`,
    /** What a message on one of our topics is about; undefined where it is none of them. */
    parse: (topic: string) => parseTopic(topic, { base, prefix }),
  };
}

/** The device's identifier in Home Assistant, and its discovery id. */
export function deviceIdentifier(ownerId: string): string {
  return `gosip_${ownerId}`;
}

export type ParsedTopic =
  | { readonly kind: 'set'; readonly address: EntityAddress }
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'discovery'; readonly ownerId: string }
  | { readonly kind: 'home-assistant' }
  | { readonly kind: 'availability' };

function parseTopic(topic: string, { base, prefix }: TopicOptions): ParsedTopic | undefined {
  if (topic === `${prefix}/status`) return { kind: 'home-assistant' };
  if (topic === `${base}/status`) return { kind: 'availability' };
  const ours = within(topic, base);
  if (ours?.length === 2 && ours[0] === 'command') return { kind: 'command', name: ours[1] ?? '' };
  if (ours?.length === 3 && ours[2] === 'set') return { kind: 'set', address: { ownerId: ours[0] ?? '', key: ours[1] ?? '' } };
  const [first, identifier = '', last, ...more] = within(topic, prefix) ?? [];
  const ownerId = ownerPattern.exec(identifier)?.[1];
  if (first !== 'device' || last !== 'config' || more.length > 0 || ownerId === undefined) return undefined;
  return { kind: 'discovery', ownerId };
}

/** Of our identifiers. */
const ownerPattern = /^gosip_(exchange|(?:dev|person)_[\w-]+)$/;

/** The levels below one topic. */
function within(topic: string, above: string): readonly string[] | undefined {
  return topic.startsWith(`${above}/`) ? topic.slice(above.length + 1).split('/') : undefined;
}
