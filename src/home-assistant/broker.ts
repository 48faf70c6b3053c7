// Owns what a broker is to those who find one: the options, the Supervisor, or the one we run ourselves.
// Called by the connection and by whoever supplies a broker.
// Must stay true: a broker is asked for again before each try, so that a changed password is picked up by itself.

export type Broker = {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM; trusted besides the public authorities. */
  readonly ca?: string;
  readonly source: 'supervisor' | 'options' | 'embedded';
};

/** The broker to use now; undefined where there is none. Rejects where that cannot be found out. */
export type FindBroker = () => Promise<Broker | undefined>;

export function isSameBroker(one: Broker | undefined, other: Broker | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.url === other.url && one.username === other.username && one.password === other.password && one.ca === other.ca;
}

/** For people: where it is and who told us. */
export function describeBroker({ url, source }: Broker): string {
  const whose = { supervisor: "Home Assistant's", options: 'of the option mqtt_url', embedded: 'of GoSIP itself' }[source];
  return `${url} (${whose})`;
}
