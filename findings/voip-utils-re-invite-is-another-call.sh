#!/usr/bin/env bash
# voip-utils 0.5.0 (Home Assistant's own VoIP library): an INVITE inside an answered call (a hold, or the refresh of a session timer, RFC 4028) is
# taken for a new call. It opens a second pair of ports, names the new one in its 200, makes a second call object (in Home Assistant: the greeting
# begins again) and leaves the first one open and sending; the BYE then ends the second alone.
# One would have guessed the answer of the call that is going on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check voip-utils==0.5.0 opuslib-next==1.1.6
cat >program.py <<'PROGRAM'
import asyncio
import re

from voip_utils.sip import SdpInfo
from voip_utils.voip import RtpDatagramProtocol, VoipDatagramProtocol

calls = []


class Sound(RtpDatagramProtocol):
    def on_chunk(self, audio_bytes):
        pass


def make_call(call_info, rtcp_state):
    calls.append(Sound(rtcp_state=rtcp_state))
    return calls[-1]


class Caller(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait(data.decode())


async def main():
    loop = asyncio.get_running_loop()
    assistant_side, _ = await loop.create_datagram_endpoint(
        lambda: VoipDatagramProtocol(SdpInfo("assist", 1, "assist", "1"), make_call), local_addr=("127.0.0.1", 0)
    )
    caller_side, caller = await loop.create_datagram_endpoint(Caller, local_addr=("127.0.0.1", 0))
    assistant_address = assistant_side.get_extra_info("sockname")
    host, port = caller_side.get_extra_info("sockname")
    called = f"sip:assist@{assistant_address[0]}:{assistant_address[1]}"

    async def ask(method, to, sequence):
        sdp = f"v=0\r\no=- 1 {sequence} IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 123\r\na=rtpmap:123 opus/48000/2\r\n"
        body = sdp if method == "INVITE" else ""
        kind = "Content-Type: application/sdp\r\n" if body else ""
        request = (
            f"{method} {called} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{sequence}{method}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:caller@{host}:{port}>;tag=a\r\nTo: {to}\r\nCall-ID: c@{host}\r\nCSeq: {sequence} {method}\r\n"
            f"Contact: <sip:caller@{host}:{port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        caller_side.sendto(request.encode(), assistant_address)
        if method == "ACK":
            return ""
        reply = await asyncio.wait_for(caller.received.get(), 5)
        await asyncio.sleep(0.3)
        return reply

    first = await ask("INVITE", f"<{called}>", 1)
    to = re.search(r"^To: (.*?)\r?$", first, re.M).group(1)
    await ask("ACK", to, 1)
    second = await ask("INVITE", to, 2)
    await ask("ACK", to, 2)
    ports = [re.search(r"^m=audio (\d+)", reply, re.M).group(1) for reply in (first, second)]
    await ask("BYE", to, 3)
    open_calls = [call._is_connected for call in calls]
    print(f"call objects: {len(calls)}; the ports of both answers are {'the same' if ports[0] == ports[1] else 'different'}")
    print(f"after the BYE: first still open: {open_calls[0]}, second still open: {open_calls[-1]}")
    held = len(calls) == 2 and ports[0] != ports[1] and open_calls == [True, False]
    for call in calls:
        call.disconnect()
    caller_side.close()
    assistant_side.close()
    return held


raise SystemExit(0 if asyncio.run(main()) else 1)
PROGRAM
if env/bin/python program.py; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
