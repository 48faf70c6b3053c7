#!/usr/bin/env bash
# voip-utils 0.5.0 (Home Assistant's own VoIP library): the 16-bit sequence number of its RTP output does not wrap. One packet goes out
# every 20 ms, also while nothing is said; after at most 65,536 of them (22 minutes) the next one raises struct.error, the task that sends
# ends without a word, and the call goes on in silence. One would have guessed a wrap to 0, as RFC 3550 section 5.1 counts.
# Needs the Opus library of the system (Debian: libopus0).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check voip-utils==0.5.0 opuslib-next==1.1.6
cat >program.py <<'PROGRAM'
import asyncio
import struct

from voip_utils.rtp_audio import RtpOpusOutput
from voip_utils.voip import RtpDatagramProtocol

output = RtpOpusOutput()
sequences = []
error = None
try:
    for _ in range(70_000):
        sequences.append(struct.unpack(">H", output.silence_frame()[2:4])[0])
except struct.error as raised:
    error = str(raised)
print(f"packets before the error: {len(sequences)} ({len(sequences) * 0.02 / 60:.1f} minutes), last sequence number {sequences[-1]}, then: {error}")


class Call(RtpDatagramProtocol):
    def on_chunk(self, audio_bytes):
        pass


class Transport:
    sent = 0

    def is_closing(self):
        return False

    def sendto(self, data, addr):
        self.sent += 1

    def close(self):
        pass


async def end_of_a_long_call():
    call = Call()
    call.addr = ("192.0.2.1", 4000)
    transport = Transport()
    call._rtp_output._rtp_sequence_num = 65_530
    call.connection_made(transport)
    task = call._sender_task
    await asyncio.wait([task], timeout=5)
    sent = transport.sent
    await asyncio.sleep(0.2)
    state = f"ended by {type(task.exception()).__module__}.{type(task.exception()).__name__}" if task.done() else "still runs"
    print(f"a call near its 22nd minute: {sent} packets, its sending task {state}, {transport.sent - sent} packets afterwards, connected: {call._is_connected}")
    return task.done() and sent == 6 and transport.sent == sent and call._is_connected


stopped = asyncio.run(end_of_a_long_call())
held = stopped and error is not None and sequences[-1] == 65_535 and len(sequences) <= 65_536
raise SystemExit(0 if held else 1)
PROGRAM
if env/bin/python program.py; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
