import type { Phone, PhoneLogin, SipServer } from './data.ts';

export type Place = { readonly server: string; readonly transports: string };

const usualPort = 5060;

/** What is typed as the server, by what the phone may use: without the port where it is the usual one, which phones fill in by themselves. */
export function mainPlace(server: SipServer | undefined, phone?: Pick<Phone, 'transports'>): Place | undefined {
  const places = (server?.places ?? []).map((place) => ({
    ...place,
    transports: place.transports.filter((one) => phone?.transports.includes(one) ?? true),
  }));
  const place = places.find(({ transports }) => transports.length > 0);
  if (place === undefined) return undefined;
  const host = place.address.includes(':') ? `[${place.address}]` : place.address;
  return {
    server: place.port === usualPort ? host : `${host}:${place.port}`,
    transports: place.transports.map((one) => one.toUpperCase()).join(', '),
  };
}

/** What the camera of a phone shows, to copy from. */
export function loginText({ username, secret }: Pick<PhoneLogin, 'username' | 'secret'>, place: Place | undefined): string {
  return [...(place === undefined ? [] : [place.server]), username, secret].join('\n');
}

/** Whether a browser finds a way in: by WebSocket alone. Where phones register at an engine of its own, that is not known here. */
export function takesBrowsers({ places }: Pick<SipServer, 'places'>): boolean {
  return places.length === 0 || places.some(({ transports }) => transports.some((one) => one === 'ws' || one === 'wss'));
}
