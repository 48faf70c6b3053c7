/** Messages in sipp's own words: what stands in brackets is filled in by sipp. */
const serviceUri = 'sip:[service]@[remote_ip]:[remote_port]';

const requestHead = (method: string, cseq: number) => `
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
      To: <${serviceUri}>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: ${cseq} ${method}
      Max-Forwards: 70`;

const sdp = `v=0
      o=sipp 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0`;

function scenario(name: string, steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="${name}">\n${steps.join('\n')}\n</scenario>\n`;
}

function send(text: string, attributes = ''): string {
  return `  <send ${attributes}><![CDATA[\n${text}\n  ]]></send>`;
}

function request(method: string, cseq: number, { headers = '', body = '', uri = serviceUri } = {}): string {
  const type = body === '' ? '' : '\n      Content-Type: application/sdp';
  const line = `      ${method} ${uri} SIP/2.0`;
  return `\n${line}${requestHead(method, cseq)}${headers}${type}\n      Content-Length: [len]\n\n      ${body}`;
}

const contact = '\n      Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>';
const receive = (what: string, attributes = '') => `  <recv ${what} ${attributes}></recv>`;
const optional = 'optional="true"';

/** Calls, is answered, talks for a while, hangs up. */
export function callAndHangUp(talkMs = 50): string {
  const steps = [
    send(request('INVITE', 1, { headers: contact, body: sdp }), 'retrans="500"'),
    receive('response="100"', optional),
    receive('response="180"', optional),
    receive('response="200"', 'rtd="true"'),
    send(request('ACK', 1)),
    `  <pause milliseconds="${talkMs}"/>`,
    send(request('BYE', 2), 'retrans="500"'),
    receive('response="200"'),
  ];
  return scenario('call and hang up', steps);
}

/** The same through a proxy that records a route: ACK and BYE go along it to the Contact. */
export function callAlongRoute(): string {
  const alongRoute = { headers: '\n      [routes]', uri: '[next_url]' };
  const steps = [
    send(request('INVITE', 1, { headers: contact, body: sdp }), 'retrans="500"'),
    receive('response="100"', optional),
    receive('response="180"', optional),
    receive('response="200"', 'rrs="true"'),
    send(request('ACK', 1, alongRoute)),
    '  <pause milliseconds="50"/>',
    send(request('BYE', 2, alongRoute), 'retrans="500"'),
    receive('response="200"'),
  ];
  return scenario('call along a route', steps);
}

/** Calls and is refused with this status. */
export function callAndBeRefused(status: number): string {
  const steps = [
    send(request('INVITE', 1, { headers: contact, body: sdp }), 'retrans="500"'),
    receive('response="100"', optional),
    receive('response="180"', optional),
    receive(`response="${status}"`),
    // The branch of four steps ago, as an ACK to a failure must have it.
    send(request('ACK', 1).replace('[branch]', '[branch-4]')),
  ];
  return scenario(`call and be refused with ${status}`, steps);
}

/** Calls, hears ringing, gives up. */
export function callAndCancel(): string {
  const branchOfInvite = '[branch-3]';
  const twin = (method: string, branch: string) => request(method, 1).replace('[branch]', branch).replace('[peer_tag_param]', '');
  const ack = request('ACK', 1).replace('[branch]', '[branch-6]');
  const steps = [
    send(request('INVITE', 1, { headers: contact, body: sdp }), 'retrans="500"'),
    receive('response="100"', optional),
    receive('response="180"'),
    send(twin('CANCEL', branchOfInvite), 'retrans="500"'),
    receive('response="200"'),
    receive('response="487"'),
    send(ack),
  ];
  return scenario('call and cancel', steps);
}

/** Registers; the application sends no challenge. */
export function register(): string {
  const headers = `${contact}\n      Expires: 60`;
  return scenario('register', [send(request('REGISTER', 1, { headers }), 'retrans="500"'), receive('response="200"')]);
}

/** Is called, rings, answers, waits for the BYE. */
export function answerAndWait(): string {
  const reply = (statusLine: string, more = '', body = '') => `
      SIP/2.0 ${statusLine}
      [last_Via:]
      [last_Record-Route:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]${more}
      Content-Length: [len]

      ${body}`;
  const steps = [
    receive('request="INVITE"', 'crlf="true"'),
    send(reply('180 Ringing')),
    send(reply('200 OK', `${contact}\n      Content-Type: application/sdp`, sdp), 'retrans="500"'),
    receive('request="ACK"', 'rtd="true" crlf="true"'),
    receive('request="BYE"'),
    send(reply('200 OK').replace('[last_To:];tag=[call_number]', '[last_To:]')),
    '  <timewait milliseconds="200"/>',
  ];
  return scenario('answer and wait', steps);
}
