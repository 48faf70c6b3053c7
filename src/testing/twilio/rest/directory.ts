import { linkedLists } from './rest-links.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { EmulatorState, Link } from '#testing/twilio/base/state.ts';
import type { AddressRange, CredentialLookup, SipDirectory } from '#testing/twilio/base/voice-side.ts';

/** What the SIP side may know of the SIP Domains and trunks that were made by REST. */
export function makeDirectory(state: EmulatorState): SipDirectory {
  return {
    accountSid: state.account.sid,
    isSuspended: () => state.isSuspended,
    ownsCallerId: (e164) => state.owns(e164),
    domain(name) {
      const domain = [...state.domains.values()].find((each) => each['domain_name'] === name.toLowerCase());
      if (domain === undefined) return undefined;
      return {
        sid: domain.sid,
        name,
        secure: domain['secure'] === true,
        acceptsRegistrations: domain['sip_registration'] === true,
        registrationCredentials: credentials(state, domain.sid, 'registrations'),
        callCredentials: credentials(state, domain.sid, 'calls'),
        callAddresses: addresses(state, domain.sid),
      };
    },
    trunk(name) {
      const trunk = [...state.trunks.values()].find((each) => each['domain_name'] === name.toLowerCase() || each.sid === name);
      if (trunk === undefined) return undefined;
      const urls = [...state.originationUrls.values()].filter((url) => url['trunk_sid'] === trunk.sid && url['enabled'] === true);
      return {
        sid: trunk.sid,
        name: asText(trunk['domain_name']),
        secure: trunk['secure'] === true,
        credentials: credentials(state, trunk.sid, 'calls'),
        addresses: addresses(state, trunk.sid),
        originationUris: urls.map((url) => ({
          uri: asText(url['sip_url']),
          priority: Number(url['priority']),
          weight: Number(url['weight']),
        })),
        transferMode: asText(trunk['transfer_mode']),
      };
    },
  };
}

function credentials(state: EmulatorState, parentSid: string, kind: Link['kind']): CredentialLookup | undefined {
  const lists = linkedLists(state, parentSid, kind);
  if (lists.length === 0) return undefined;
  return (username) => {
    const found = [...state.credentials.values()].find(
      (each) => each['username'] === username && lists.includes(asText(each['credential_list_sid'])),
    );
    return found === undefined ? undefined : state.passwords.get(found.sid);
  };
}

function addresses(state: EmulatorState, parentSid: string): readonly AddressRange[] | undefined {
  const lists = linkedLists(state, parentSid, 'addresses');
  if (lists.length === 0) return undefined;
  return [...state.addressRanges.values()]
    .filter((range) => lists.includes(asText(range['ip_access_control_list_sid'])))
    .map((range) => ({ address: asText(range['ip_address']), prefix: Number(range['cidr_prefix_length']) }));
}
