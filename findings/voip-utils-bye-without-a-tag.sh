#!/usr/bin/env bash
# voip-utils 0.5.0 (Home Assistant's own VoIP library): after it has answered a call with a To tag, hang_up() sends a BYE whose From has no tag. The tag
# is made while answering and kept nowhere. A peer that finds dialogs by RFC 3261 section 12 answers 481, and the call stays up on its side
# until somebody there hangs up. One would have guessed that the BYE belongs to the dialog that the 200 made.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check voip-utils==0.5.0 opuslib-next==1.1.6
cat >program.py <<'PROGRAM'
import asyncio
import re

from voip_utils.sip import SdpInfo, SipDatagramProtocol


class Assistant(SipDatagramProtocol):
    call = None

    def on_call(self, call_info):
        self.call = call_info
        self.answer(call_info, 40_000)


class Caller(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait(data.decode())


def tag(name, message):
    found = re.search(rf"^{name}:.*;tag=([^;\r]+)", message, re.M)
    return found and found.group(1)


async def main():
    loop = asyncio.get_running_loop()
    assistant_side, assistant = await loop.create_datagram_endpoint(
        lambda: Assistant(SdpInfo("assist", 1, "assist", "1")), local_addr=("127.0.0.1", 0)
    )
    caller_side, caller = await loop.create_datagram_endpoint(Caller, local_addr=("127.0.0.1", 0))
    assistant_address = assistant_side.get_extra_info("sockname")
    host, port = caller_side.get_extra_info("sockname")
    called = f"sip:assist@{assistant_address[0]}:{assistant_address[1]}"
    sdp = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 123\r\na=rtpmap:123 opus/48000/2\r\n"
    invite = (
        f"INVITE {called} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
        f"From: <sip:caller@{host}:{port}>;tag=a\r\nTo: <{called}>\r\nCall-ID: c@{host}\r\nCSeq: 1 INVITE\r\n"
        f"Contact: <sip:caller@{host}:{port}>\r\nContent-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
    )
    caller_side.sendto(invite.encode(), assistant_address)
    answer = await asyncio.wait_for(caller.received.get(), 5)
    assistant.hang_up(assistant.call)
    bye = await asyncio.wait_for(caller.received.get(), 5)
    print(f"tag in the To of the 200: {'yes' if tag('To', answer) else 'none'}")
    print(f"the BYE: tag in its From: {'yes' if tag('From', bye) else 'none'}; tag in its To: {tag('To', bye) or 'none'}; Max-Forwards: {'yes' if 'Max-Forwards' in bye else 'none'}")
    held = bye.startswith("BYE ") and tag("To", answer) is not None and tag("From", bye) is None
    caller_side.close()
    assistant_side.close()
    return held


raise SystemExit(0 if asyncio.run(main()) else 1)
PROGRAM
if env/bin/python program.py; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
