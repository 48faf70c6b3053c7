// The cast of drachtio-srf's own tests: each peer's name, the last part of its address, and the sipp scenario it plays.

type Peer = { readonly name: string; readonly last: number; readonly scenario?: string };

export const engines: readonly Peer[] = [
  { name: 'drachtio-sut', last: 10 },
  { name: 'drachtio-uas', last: 19 },
];

export const answeringPeers: readonly Required<Peer>[] = [
  { name: 'sipp-uas-cancel', last: 12, scenario: 'uas-cancel' },
  { name: 'sipp-uas', last: 13, scenario: 'uas' },
  { name: 'sipp-uas-404', last: 14, scenario: 'uas-404' },
  { name: 'sipp-uas-auth', last: 15, scenario: 'uas-auth' },
  { name: 'sipp-uas-auth-register', last: 16, scenario: 'uas-auth-register' },
  { name: 'sipp-uas-auth-register-no-realm', last: 17, scenario: 'uas-auth-register-no-realm' },
  { name: 'sipp-uas-refer', last: 18, scenario: 'uas-refer' },
  { name: 'sipp-uas-fast-reinvite', last: 20, scenario: 'uas-reinvite' },
  { name: 'sipp-uas-reinvite-overlap', last: 21, scenario: 'uas-reinvite-overlap' },
  { name: 'sipp-uas-302', last: 22, scenario: 'uas-302' },
  { name: 'sipp-uas-prack', last: 23, scenario: 'uas-prack' },
  { name: 'sipp-uas-bye-with-auth', last: 24, scenario: 'uas-bye-with-auth' },
  { name: 'sipp-uas-reinvite-with-auth', last: 25, scenario: 'uas-reinvite-with-auth' },
  { name: 'sipp-uas-options', last: 26, scenario: 'uas-options-expect-200' },
  { name: 'sipp-uas-407-no-auth-header', last: 27, scenario: 'uas-407-no-auth-header' },
  { name: 'sipp-uas-200-ok-no-contact-cancel', last: 28, scenario: 'uas-200-ok-no-contact-cancel' },
  { name: 'sipp-uas-fast-update', last: 29, scenario: 'uas-update-with-sdp' },
];

/** Started by a test itself. */
const peersOfTests: readonly Peer[] = [{ name: 'sipp-uas-b-teardown', last: 30 }];

/** Name → address in one network, such as `127.29.0.`. */
export function hostsIn(network: string): Record<string, string> {
  const all = [...engines, ...answeringPeers, ...peersOfTests];
  return Object.fromEntries(all.map(({ name, last }) => [name, `${network}${last}`]));
}
