import type { Edge } from './sip-edge.ts';
import { SipMedia } from './sip-media.ts';

// How many are kept to be measured.
const maxEndpoints = 200;

export async function openMedia(edge: Edge, isSecure: boolean): Promise<SipMedia> {
  const { switches, deps, wire, endpoints } = edge;
  const media = await SipMedia.open({
    address: wire.address,
    isSecure,
    laws: switches.codecs === 'pcma' ? ['PCMA'] : ['PCMU', 'PCMA'],
    latches: switches.latches,
    isMute: deps.takesFault('rtp.one-way', 'rtp'),
    lateMs: switches.lateRtpMs,
  });
  endpoints.push(media.rtp);
  if (endpoints.length > maxEndpoints) endpoints.shift();
  return media;
}
