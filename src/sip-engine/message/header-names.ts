// Owns the spelling of header names: compact forms, the canonical spelling, and what an unknown name looks like on the wire.
// Called by the parsers, and by SipMessage wherever a header is added.
// Must stay true: a key is always the lower-case long name, so that two spellings of one header never coexist.

const canonicalNames = [
  'Accept',
  'Accept-Contact',
  'Accept-Encoding',
  'Accept-Language',
  'Accept-Resource-Priority',
  'Alert-Info',
  'Allow',
  'Allow-Events',
  'Answer-Mode',
  'Authentication-Info',
  'Authorization',
  'Call-ID',
  'Call-Info',
  'Contact',
  'Content-Disposition',
  'Content-Encoding',
  'Content-ID',
  'Content-Language',
  'Content-Length',
  'Content-Type',
  'CSeq',
  'Date',
  'Diversion',
  'Error-Info',
  'Event',
  'Expires',
  'Flow-Timer',
  'From',
  'Geolocation',
  'History-Info',
  'Identity',
  'Identity-Info',
  'In-Reply-To',
  'Info-Package',
  'Join',
  'Max-Forwards',
  'MIME-Version',
  'Min-Expires',
  'Min-SE',
  'Organization',
  'P-Access-Network-Info',
  'P-Asserted-Identity',
  'P-Associated-URI',
  'P-Called-Party-ID',
  'P-Charging-Function-Addresses',
  'P-Charging-Vector',
  'P-DCS-Trace-Party-ID',
  'P-Preferred-Identity',
  'P-Visited-Network-ID',
  'Path',
  'Permission-Missing',
  'Priority',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authentication-Info',
  'Proxy-Authorization',
  'Proxy-Require',
  'RAck',
  'Reason',
  'Record-Route',
  'Recv-Info',
  'Refer-Sub',
  'Refer-To',
  'Referred-By',
  'Reject-Contact',
  'Remote-Party-ID',
  'Replaces',
  'Reply-To',
  'Request-Disposition',
  'Require',
  'Resource-Priority',
  'Retry-After',
  'Route',
  'RSeq',
  'Security-Client',
  'Security-Server',
  'Security-Verify',
  'Server',
  'Service-Route',
  'Session-Expires',
  'Session-ID',
  'SIP-ETag',
  'SIP-If-Match',
  'Subject',
  'Subscription-State',
  'Supported',
  'Target-Dialog',
  'Timestamp',
  'To',
  'Unsupported',
  'User-Agent',
  'User-to-User',
  'Via',
  'Warning',
  'WWW-Authenticate',
];

const compactForms: Record<string, string> = {
  i: 'call-id',
  m: 'contact',
  e: 'content-encoding',
  l: 'content-length',
  c: 'content-type',
  f: 'from',
  s: 'subject',
  k: 'supported',
  t: 'to',
  v: 'via',
  o: 'event',
  r: 'refer-to',
  b: 'referred-by',
  u: 'allow-events',
  x: 'session-expires',
  d: 'request-disposition',
  j: 'reject-contact',
  y: 'identity',
  a: 'accept-contact',
  n: 'identity-info',
};

export type HeaderName = { readonly key: string; readonly name: string };

const byKey = new Map<string, HeaderName>();
// Every common spelling, as found on the wire, so that most lines need no lower-casing.
const bySpelling = new Map<string, HeaderName>();

for (const name of canonicalNames) {
  const known = { key: name.toLowerCase(), name };
  byKey.set(known.key, known);
  for (const spelling of [name, known.key, name.toUpperCase()]) bySpelling.set(spelling, known);
}
for (const [compact, key] of Object.entries(compactForms)) {
  const known = byKey.get(key);
  if (!known) continue;
  bySpelling.set(compact, known);
  bySpelling.set(compact.toUpperCase(), known);
}

/** The name that a received spelling stands for; an unknown header keeps its spelling. */
export function headerName(spelling: string): HeaderName {
  const known = bySpelling.get(spelling);
  if (known) return known;
  const key = spelling.toLowerCase();
  return byKey.get(key) ?? { key, name: spelling };
}

/**
 * The name of a header the application set: known ones canonical, `X-` ones and those of `preserved` as they are, all others capitalised after
 * each hyphen.
 */
export function applicationHeaderName(spelling: string, preserved?: ReadonlySet<string>): HeaderName {
  if (preserved?.has(spelling)) return { key: headerName(spelling).key, name: spelling };
  const { key, name } = headerName(spelling);
  if (byKey.has(key) || key.startsWith('x-')) return { key, name };
  return { key, name: capitalise(key) };
}

/** The wire spelling of a lower-case long header name. */
export function wireName(key: string): string {
  const known = byKey.get(key);
  if (known) return known.name;
  return key.startsWith('x-') ? key : capitalise(key);
}

function capitalise(key: string): string {
  return key
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('-');
}
