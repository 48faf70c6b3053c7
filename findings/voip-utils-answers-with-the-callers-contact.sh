#!/usr/bin/env bash
# voip-utils 0.5.0 (Home Assistant's own VoIP library): its 200 to an INVITE bears the Contact of the caller instead of its own. Who follows
# RFC 3261 section 12.1.2 takes that for the remote target and sends ACK and BYE to itself: the assistant never learns that the caller has hung up.
# One would have guessed the address at which it answers. A caller that finds its own Contact in the answer keeps the address that it called.
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
    ended = 0

    def on_call(self, call_info):
        self.answer(call_info, 40_000)

    def on_hangup(self, call_info):
        self.ended += 1


class Caller(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait(data.decode())


async def main():
    loop = asyncio.get_running_loop()
    assistant_side, assistant = await loop.create_datagram_endpoint(
        lambda: Assistant(SdpInfo("assist", 1, "assist", "1")), local_addr=("127.0.0.1", 0)
    )
    caller_side, caller = await loop.create_datagram_endpoint(Caller, local_addr=("127.0.0.1", 0))
    assistant_address = assistant_side.get_extra_info("sockname")
    host, port = caller_side.get_extra_info("sockname")
    own_contact = f"<sip:caller@{host}:{port}>"
    sdp = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 123\r\na=rtpmap:123 opus/48000/2\r\n"
    head = lambda method, uri, to, sequence: (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{sequence}{method}\r\nMax-Forwards: 70\r\n"
        f"From: <sip:caller@{host}:{port}>;tag=a\r\nTo: {to}\r\nCall-ID: c@{host}\r\nCSeq: {sequence} {method}\r\nContact: {own_contact}\r\n"
    )
    called = f"sip:assist@{assistant_address[0]}:{assistant_address[1]}"
    invite = head("INVITE", called, f"<{called}>", 1) + f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
    caller_side.sendto(invite.encode(), assistant_address)
    answer = await asyncio.wait_for(caller.received.get(), 5)
    contact = re.search(r"^Contact: (.*?)\r?$", answer, re.M).group(1)
    to = re.search(r"^To: (.*?)\r?$", answer, re.M).group(1)
    print(f"{answer.splitlines()[0]}; Contact: {contact.replace(str(port), 'PORT OF THE CALLER')}")
    target = re.search(r"@([\d.]+):(\d+)", contact)
    bye = head("BYE", contact.strip("<>"), to, 2) + "Content-Length: 0\r\n\r\n"
    caller_side.sendto(bye.encode(), (target.group(1), int(target.group(2))))
    back = await asyncio.wait_for(caller.received.get(), 5)
    print(f"a BYE to that remote target arrives at the caller: {back.splitlines()[0].split()[0]}; calls ended at the assistant: {assistant.ended}")
    held = contact == own_contact and back.startswith("BYE ") and assistant.ended == 0
    caller_side.close()
    assistant_side.close()
    return held


raise SystemExit(0 if asyncio.run(main()) else 1)
PROGRAM
if env/bin/python program.py; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
