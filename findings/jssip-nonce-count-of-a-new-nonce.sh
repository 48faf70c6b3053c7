#!/usr/bin/env bash
# JsSIP 3.13.8: challenged anew with another nonce and stale=true, it answers with the new nonce and nc=00000002. nc counts the requests with
# this very nonce (RFC 7616 section 3.4), so the first is 1. And of qop="auth,auth-int" it takes auth-int, which hardly a server can check.
# A registrar that wants the first nc of a nonce to be 1 never lets it in after a nonce has died.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error jssip@3.13.8 >/dev/null
cat >run.mjs <<'PROGRAM'
import JsSIP from 'jssip';

JsSIP.debug.disable();

/** Registers with a server that challenges so, then accepts; the Authorization of each REGISTER, in short. */
function register(challenges) {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  const seen = [];
  const socket = {
    ...{ via_transport: 'WS', url: 'ws://127.0.0.1:1', sip_uri: 'sip:127.0.0.1:1;transport=ws' },
    ...{ onconnect() {}, ondisconnect() {}, ondata() {}, disconnect() {}, isConnected: () => true, isConnecting: () => false },
    connect() {
      setImmediate(() => this.onconnect());
    },
    send(message) {
      const text = String(message);
      if (!text.startsWith('REGISTER')) return true;
      const line = (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1] ?? '';
      const authorization = line('Authorization');
      const part = (name) => new RegExp(`${name}="?([^",]*)`).exec(authorization)?.[1];
      seen.push(authorization === '' ? 'none' : `nonce ${part(' nonce')} nc ${part('nc')} qop ${part('qop')}`);
      const challenge = challenges.shift();
      const answer = [
        challenge === undefined ? 'SIP/2.0 200 OK' : 'SIP/2.0 401 Unauthorized',
        `Via: ${line('Via')}`,
        `From: ${line('From')}`,
        `To: ${line('To')};tag=x`,
        `Call-ID: ${line('Call-ID')}`,
        `CSeq: ${line('CSeq')}`,
        challenge === undefined ? `Contact: ${line('Contact')}` : `WWW-Authenticate: ${challenge}`,
        'Content-Length: 0',
        '',
        '',
      ];
      setImmediate(() => this.ondata(answer.join('\r\n')));
      return true;
    },
  };
  const agent = new JsSIP.UA({ sockets: [socket], uri: 'sip:11@example.org', password: 'secret' });
  agent.on('registered', () => resolve(seen.join(', then ')));
  agent.on('registrationFailed', () => resolve(`${seen.join(', then ')}, then it gave up`));
  agent.start();
  return promise;
}

const digest = (nonce, rest) => `Digest realm="r", nonce="${nonce}", algorithm=MD5, ${rest}`;
console.log(await register([digest('one', 'qop="auth"'), digest('two', 'qop="auth", stale=true')]));
console.log(await register([digest('one', 'qop="auth,auth-int"')]));
process.exit(0);
PROGRAM
cat >expected <<'EXPECTED'
none, then nonce one nc 00000001 qop auth, then nonce two nc 00000002 qop auth
none, then nonce one nc 00000001 qop auth-int
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Take any nc above the last one of a nonce, and offer qop=auth alone.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
