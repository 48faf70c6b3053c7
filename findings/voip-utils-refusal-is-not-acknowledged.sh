#!/usr/bin/env bash
# voip-utils 0.5.0 (Home Assistant's own VoIP library): when the phone that it calls answers 486, 480, 404 or 603, it sends no ACK (only 200 and 487
# get one) and tells nobody: no callback comes, so an announcement to a busy phone waits for its own time-out while the phone sends its
# refusal again and again. One would have guessed an ACK for every final response (RFC 3261 section 17.1.1.3) and the end of the call.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check voip-utils==0.5.0 opuslib-next==1.1.6
cat >program.py <<'PROGRAM'
import asyncio
import re

from voip_utils.sip import SdpInfo, SipDatagramProtocol, get_sip_endpoint


class Assistant(SipDatagramProtocol):
    told = 0

    def on_call(self, call_info):
        self.told += 1

    def on_hangup(self, call_info):
        self.told += 1


class Phone(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.received.put_nowait((data.decode(), addr))


async def refuse(status):
    loop = asyncio.get_running_loop()
    side, assistant = await loop.create_datagram_endpoint(lambda: Assistant(SdpInfo("assist", 1, "assist", "1")), local_addr=("127.0.0.1", 0))
    phone_side, phone = await loop.create_datagram_endpoint(Phone, local_addr=("127.0.0.1", 0))
    own, other = side.get_extra_info("sockname"), phone_side.get_extra_info("sockname")
    assistant.outgoing_call(get_sip_endpoint(own[0], own[1], username="assist"), get_sip_endpoint(other[0], other[1], username="phone"), 40_000)
    invite, address = await asyncio.wait_for(phone.received.get(), 5)
    line = lambda name: re.search(rf"^{name}: .*?\r?$", invite, re.M | re.I).group(0).strip()
    lines = [f"SIP/2.0 {status}", line("Via"), line("From"), line("To") + ";tag=p", line("Call-ID"), line("CSeq"), "Content-Length: 0"]
    for _ in range(3):
        phone.transport.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), address)
        await asyncio.sleep(0.2)
    answers = []
    while not phone.received.empty():
        answers.append(phone.received.get_nowait()[0].split()[0])
    phone_side.close()
    side.close()
    return answers, assistant.told


async def main():
    held = True
    for status in ("486 Busy Here", "480 Temporarily Unavailable", "404 Not Found", "603 Decline"):
        answers, told = await refuse(status)
        print(f"{status}, sent three times: requests that came back {answers or 'none'}, callbacks {told}")
        held = held and answers == [] and told == 0
    answers, _ = await refuse("487 Request Terminated")
    print(f"for comparison 487 Request Terminated: {answers}")
    return held and answers == ["ACK"] * 3


raise SystemExit(0 if asyncio.run(main()) else 1)
PROGRAM
if env/bin/python program.py; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
