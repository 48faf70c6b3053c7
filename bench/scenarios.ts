/** SIPp scenarios. Injection fields: 0 = user, 1 = `[authentication …]`, 2 = dialled extension. */

const identity = `From: <sip:[field0]@[remote_ip]>;tag=[pid]f[call_number]
Call-ID: [call_id]
Max-Forwards: 70`;

const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport';
const sdp = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 40000 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
`;

function send(message: string, attributes = ''): string {
  return `<send ${attributes}><![CDATA[\n\n${message}\n]]></send>\n`;
}

function scenario(name: string, steps: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps}</scenario>\n`;
}

function register(cseq: number, extra = '', contact = '[local_ip]:[local_port]'): string {
  return `REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
${via}
${identity}
To: <sip:[field0]@[remote_ip]>
CSeq: ${cseq} REGISTER
Contact: <sip:[field0]@${contact}>
Expires: 3600
${extra}Content-Length: 0

`;
}

/** REGISTER, 401, REGISTER with digest, 200. Response times: 1 = challenge, 2 = stored registration. */
export const registerScenario = scenario(
  'register',
  send(register(1), 'retrans="500" start_rtd="1"') +
    '<recv response="401" auth="true" rtd="1"/>\n' +
    send(register(2, '[field1]\n'), 'retrans="500" start_rtd="2"') +
    '<recv response="200" rtd="2"/>\n',
);

/** One registration of a contact elsewhere: the phone that another SIPp plays. */
export function registerAtScenario(contact: string): string {
  return scenario(
    'register at',
    send(register(1, '', contact), 'retrans="500"') +
      '<recv response="401" auth="true"/>\n' +
      send(register(2, '[field1]\n', contact), 'retrans="500"') +
      '<recv response="200"/>\n',
  );
}

function invite(cseq: number, extra = ''): string {
  return `INVITE sip:[field2]@[remote_ip]:[remote_port] SIP/2.0
${via}
${identity}
To: <sip:[field2]@[remote_ip]>
CSeq: ${cseq} INVITE
Contact: <sip:[field0]@[local_ip]:[local_port]>
${extra}${sdp}`;
}

function inDialog(method: string, cseq: number): string {
  return `${method} [next_url] SIP/2.0
${via}
${identity}
[routes]
To: <sip:[field2]@[remote_ip]>[peer_tag_param]
CSeq: ${cseq} ${method}
Content-Length: 0

`;
}

const failedAck = `ACK sip:[field2]@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
${identity}
To: <sip:[field2]@[remote_ip]>[peer_tag_param]
CSeq: 1 ACK
Content-Length: 0

`;

/** A phone's call with digest; `holdMs` between answer and BYE. Response time 1 = INVITE with digest to 200. */
export function callerScenario(holdMs: number): string {
  return scenario(
    'caller',
    send(invite(1), 'retrans="500"') +
      '<recv response="100" optional="true"/>\n<recv response="401" auth="true"/>\n' +
      send(failedAck) +
      send(invite(2, '[field1]\n'), 'retrans="500" start_rtd="1"') +
      '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n<recv response="183" optional="true"/>\n' +
      '<recv response="200" rtd="1" rrs="true"/>\n' +
      send(inDialog('ACK', 2)) +
      (holdMs > 0 ? `<pause milliseconds="${holdMs}"/>\n` : '') +
      send(inDialog('BYE', 3), 'retrans="500"') +
      '<recv response="200"/>\n',
  );
}

/** The same call straight to the answering side, without digest: what the load generator itself costs. */
export const directCallerScenario = scenario(
  'direct caller',
  send(invite(2), 'retrans="500" start_rtd="1"') +
    '<recv response="180" optional="true"/>\n<recv response="200" rtd="1" rrs="true"/>\n' +
    send(inDialog('ACK', 2)) +
    send(inDialog('BYE', 3), 'retrans="500"') +
    '<recv response="200"/>\n',
);

const answerHead = `[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:];tag=[pid]t[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port]>`;

export const calleeScenario = scenario(
  'callee',
  '<recv request="INVITE" rrs="true"/>\n' +
    send(`SIP/2.0 180 Ringing\n${answerHead}\nContent-Length: 0\n\n`) +
    send(`SIP/2.0 200 OK\n${answerHead}\n${sdp}`, 'retrans="500"') +
    '<recv request="ACK"/>\n<recv request="BYE"/>\n' +
    send('SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n'),
);
