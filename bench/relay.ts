import { systemClock } from '../src/base/clock.ts';
import { createLog } from '../src/base/log.ts';
import { MediaRelay } from '../src/media/media-relay.ts';
import { RtpPeer } from '../src/testing/peers/rtp-peer.ts';
import { processorSeconds, residentMegabytes } from './machine.ts';
import type { Row } from './row.ts';

const seconds = 20;
const ports = { min: 23_000, max: 24_999 };

/** Calls relayed by rtpengine at the same time, with G.711 both ways. */
export async function benchRelay(): Promise<Row[]> {
  return [await relayed(20, 'no loss'), await relayed(100, 'no loss'), await relayed(200, '–')];
}

async function relayed(count: number, aim: string): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const mediaRelay = new MediaRelay({
    clock: systemClock,
    log: createLog({ level: 'error' }),
    options: { mode: 'rtpengine', ports, address: '127.0.0.1' },
  });
  stack.defer(() => mediaRelay.stop());
  await mediaRelay.start();
  if (mediaRelay.relayState.kind !== 'running') throw new Error(mediaRelay.health().message);
  const { pid } = mediaRelay.relayState;
  const peers: RtpPeer[] = [];
  const setupMs: number[] = [];
  for (let call = 0; call < count; call += 1) {
    const [far, near] = [await RtpPeer.open({ toneHz: 700 }), await RtpPeer.open({ toneHz: 450 })];
    stack.use(far);
    stack.use(near);
    peers.push(far, near);
    const started = performance.now();
    await connect(mediaRelay, far, near);
    setupMs.push(performance.now() - started);
  }
  const before = processorSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const used = (processorSeconds(pid) - before) / seconds;
  for (const peer of peers) peer.stopSending();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const sent = peers.reduce((sum, peer) => sum + peer.sent, 0);
  const received = peers.reduce((sum, peer) => sum + peer.receiveStats.packets, 0);
  const isHeard = peers.every((peer, index) => peer.toneShare(index % 2 === 0 ? 450 : 700) > 0.9);
  const slowest = Math.max(...setupMs).toFixed(1);
  const loss = `${sent - received} of ${sent} packets lost${isHeard ? '' : ', not every tone heard'}`;
  return {
    what: `${count} calls relayed at the same time, ${seconds} s`,
    measured: `${loss}; rtpengine: ${Math.round(used * 100)} % of a core, ${residentMegabytes(pid)} MB; offer and answer ≤ ${slowest} ms`,
    aim,
  };
}

async function connect(mediaRelay: MediaRelay, far: RtpPeer, near: RtpPeer): Promise<void> {
  const anchor = mediaRelay.anchor({
    call: 'bench',
    caller: { zone: 'external', trunk: 'bench', isBrowser: false },
    callee: { zone: 'internal', trunk: undefined, isBrowser: false },
    onLost: () => {},
  });
  const offered = await anchor?.offer(far.sdp(), 'caller');
  const answered = await anchor?.answer(near.sdp());
  if (offered?.kind !== 'sdp' || answered?.kind !== 'sdp') throw new Error('The relay refused a call');
  near.sendTo(offered.sdp);
  far.sendTo(answered.sdp);
}
