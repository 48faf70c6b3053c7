#!/usr/bin/env bash
# pjsua2-python 2.15.1 (PyPI, Linux x86-64): the phone answers no MD5 challenge at all: it sends one REGISTER without credentials and reports 401, as if the
# password were missing. The rebuilt wheel 2.15.1.post1 of the same PJSIP answers. No changelog says so, and a pin to "2.15.1" takes the one that cannot.
# One would have guessed that a SIP library can do the one digest that every registrar offers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >register.py <<'PROGRAM'
# A registrar that challenges once with MD5, and the phone beside it.
import os, re, socket, sys, threading
import pjsua2 as pj

seen = []
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 0))
port = server.getsockname()[1]


def serve():
    while True:
        data, peer = server.recvfrom(65535)
        text = data.decode()
        if not text.startswith('REGISTER'):
            continue
        line = lambda name: re.search(rf'^{name}: (.*)$', text, re.I | re.M).group(1).strip()
        has = re.search(r'^Authorization:', text, re.I | re.M) is not None
        seen.append('with credentials' if has else 'without')
        lines = [f"SIP/2.0 {'200 OK' if has else '401 Unauthorized'}"]
        lines += [f'{name}: {line(name)}' for name in ('Via', 'From', 'Call-ID', 'CSeq')] + [f"To: {line('To')};tag=x"]
        challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'
        lines += [f"Contact: {line('Contact')};expires=300" if has else challenge, 'Content-Length: 0', '', '']
        server.sendto('\r\n'.join(lines).encode(), peer)


threading.Thread(target=serve, daemon=True).start()
ended = threading.Event()


class Account(pj.Account):
    def onRegState(self, state):
        seen.append(f'result {state.code}')
        ended.set()


endpoint = pj.Endpoint()
endpoint.libCreate()
config = pj.EpConfig()
config.logConfig.level = config.logConfig.consoleLevel = 0
endpoint.libInit(config)
endpoint.audDevManager().setNullDev()
transport = pj.TransportConfig()
transport.boundAddress = '127.0.0.1'
endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
endpoint.libStart()
settings = pj.AccountConfig()
settings.idUri = f'sip:11@127.0.0.1:{port}'
settings.regConfig.registrarUri = f'sip:127.0.0.1:{port}'
settings.sipConfig.authCreds.append(pj.AuthCredInfo('digest', '*', '11', 0, 'secret'))
account = Account()
account.create(settings)
ended.wait(10)
print(f"RESULT {sys.argv[1]}: {', '.join(seen)}", flush=True)
os._exit(0)
PROGRAM
for version in 2.15.1 2.15.1.post1; do
  python3 -m venv "$version"
  "$version/bin/pip" --quiet --disable-pip-version-check install "pjsua2-python==$version"
  timeout 60 "$version/bin/python" register.py "$version" | sed -n 's/^RESULT //p' | tee -a seen
done
cat >expected <<'EXPECTED'
2.15.1: without, result 401
2.15.1.post1: without, with credentials, result 200
EXPECTED
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Pin 2.15.1.post1.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
