/** What one of Twilio's error codes means for a house, and what to do about it. */
export type ErrorHelp = { readonly meaning: string; readonly advice: string };

const readTwice = 'Check it in the Twilio Console';
const publicAddress = 'Run the self-test of the public URL; it says which hop is at fault';
const register = 'Register the number for texting in the Twilio Console (Messaging, Regulatory Compliance)';
const wait = 'GoSIP retries; if it persists, check status.twilio.com';
const fault = 'This is a bug in GoSIP: please report it with the log';
const otherSender = 'Send from another of your numbers';
const checkNumber = 'Check the number: it must be in international format, such as +14165550123';
const allowCountry = 'Allow the country in the Twilio Console (Voice or Messaging, Settings, Geo permissions)';
const nothing = 'Nothing can be done here; ask the other side, or use another channel';
const again = 'Send it again later';
const runSetup = 'Run the setup of Twilio again';
const smaller = 'Send a smaller file';
const payOrAsk = 'Check billing in the Twilio Console, or ask Twilio’s support';

const table: Readonly<Record<number, readonly [meaning: string, advice: string]>> = {
  // Webhooks.
  10004: ['The account has reached its limit of concurrent calls', 'Wait for one to end, or ask Twilio for a higher limit'],
  10005: ['The account may not make calls', payOrAsk],
  11100: ['A webhook URL is not valid', runSetup],
  11200: ['Twilio could not get a webhook response from the house', publicAddress],
  11201: ['The connection from Twilio to the house timed out', publicAddress],
  11202: ['The house refused Twilio’s connection', publicAddress],
  11203: ['The house did not respond to Twilio in time', publicAddress],
  11205: ['Twilio could not connect to the house', publicAddress],
  11206: ['The server at the public URL does not speak HTTP', publicAddress],
  11210: ['The host name of the public URL does not resolve', 'Check the name and its DNS entry'],
  11215: ['The public URL redirects too often', publicAddress],
  11216: ['The public URL redirects in a way that Twilio does not follow', publicAddress],
  11217: ['The house responded to Twilio with an error', publicAddress],
  11220: ['The TLS handshake with the public URL failed', 'Check its certificate'],
  11235: ['The certificate of the public URL is for another name', 'Get a certificate for the host name of the URL'],
  11236: ['The certificate of the public URL has expired', 'Renew it'],
  11237: ['The certificate of the public URL is not trusted', 'Use one of a public certificate authority, with the full chain'],
  11243: ['A webhook URL has invalid retry parameters', runSetup],
  11750: ['A webhook response was too long', fault],
  11751: ['A media file is too large', smaller],
  11770: ['A webhook response was empty', publicAddress],
  12100: ['A webhook response was not valid XML', 'A proxy between Twilio and GoSIP changes responses; run the self-test'],
  12102: ['A TwiML response had the wrong root element', fault],
  12200: ['A TwiML response had an element that Twilio does not know', fault],
  12300: ['A webhook response had the wrong content type', publicAddress],
  12400: ['Twilio had an internal error', wait],
  // Calls.
  13201: ['A call was forwarded where that is not possible', fault],
  13214: ['Twilio does not allow this caller ID', 'Use a number of the account as caller ID, or verify the number at Twilio'],
  13223: ['The number called is not valid', checkNumber],
  13224: ['Twilio has no route to this number', checkNumber],
  13225: ['The number called is blocked at Twilio', payOrAsk],
  13227: ['The account may not call this country', allowCountry],
  13243: ['The SIP URI called is not valid', runSetup],
  13247: [
    'Twilio does not allow this number as caller ID',
    'Use a number of the account as caller ID, or verify the number at Twilio',
  ],
  13250: ['Too many phones were called at once', 'Let ten or fewer ring'],
  13251: ['A call had too many SIP headers', fault],
  13252: ['A SIP header is not valid', fault],
  13253: ['A SIP header is too long', fault],
  13254: ['Twilio cannot reach the SIP host: its address is not public', 'Let the house register at its SIP Domain instead'],
  13255: ['The SIP Domain belongs to another account', runSetup],
  13256: ['The status callback URL of a recording is not valid', fault],
  13257: ['The callback URL of a transcription is not valid', fault],
  13420: ['A greeting is in a format Twilio cannot play', 'Upload it as WAV or MP3'],
  13520: ['A <Say> had no text', fault],
  13521: ['A greeting is too long for text to speech', 'Make its text shorter'],
  13617: ['A recording was too short or too long for a transcript', 'Only messages from 2 to 120 seconds get one from Twilio'],
  13618: ['A recording was deleted before it was transcribed', 'Keep recordings at Twilio until the transcript arrives'],
  13801: ['A transfer was requested on a call that cannot be transferred', fault],
  13802: ['A phone requested a transfer from Twilio', 'Transfer through GoSIP, which handles it without Twilio'],
  13805: ['A call of a trial account ended after ten minutes', 'Upgrade the account'],
  13810: ['A call was rejected with a reason that Twilio does not know', fault],
  15003: ['A status callback to the house failed', publicAddress],
  15004: ['A URL in TwiML was not absolute', fault],
  // The account and its requests.
  20003: [
    'Twilio does not accept the account SID with this token or key',
    'Copy both again from the first page of the Twilio Console, Account Info',
  ],
  20004: ['Twilio does not allow this', fault],
  20005: ['The account at Twilio is suspended or closed', payOrAsk],
  20007: ['A requested page was too large', fault],
  20008: ['These are test credentials, which have no effect', 'Use the live credentials'],
  20009: ['Twilio cannot delete this yet', wait],
  20404: ['The resource does not exist at Twilio', readTwice],
  20409: ['A resource of this name exists already', runSetup],
  20422: ['Twilio rejected a value as invalid', fault],
  20429: ['Too many requests to Twilio at once', wait],
  20500: ['Twilio had an internal error', wait],
  20503: ['Twilio is not available', wait],
  21201: ['No number to call was given', checkNumber],
  21205: ['A webhook URL is not valid', runSetup],
  21210: ['The caller ID is not verified at Twilio', 'Use a number of the account as caller ID, or verify the number at Twilio'],
  21211: ['The number of the other side is not valid', checkNumber],
  21212: ['The number to send or call from is not valid', otherSender],
  21214: ['The number of the other side cannot be reached', checkNumber],
  21215: ['The account may not call this country', allowCountry],
  21216: ['Twilio does not call this number', nothing],
  21217: ['The number of the other side does not seem to exist', checkNumber],
  21218: ['An application configured at Twilio is not valid', runSetup],
  21219: ['A trial account can call verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  21220: ['The call is not in a state that allows this; it may be over', 'No action is needed'],
  21231: ['Twilio rejected a SIP setting, or it exists already', runSetup],
  21232: ['The name of the SIP Domain is taken', runSetup],
  21243: ['Twilio rejected the SIP credentials', runSetup],
  21244: [
    'The account has reached its limit of trunks',
    'Delete one in the Twilio Console (Elastic SIP Trunking), then run the setup again',
  ],
  21245: ['The domain name of the trunk is taken or not valid', runSetup],
  21248: ['The domain name of the trunk is taken or not valid', runSetup],
  21404: ['A trial account cannot have more numbers', 'Upgrade the account'],
  21628: ['The address for emergency calls is not valid', 'Correct it; Twilio suggests one'],
  21629: ['The address for emergency calls was found, but Twilio spells it differently', 'Use the spelling that Twilio suggests'],
  21634: ['The number is used for emergency calls on the trunk', 'Remove it from emergency calling first'],
  // Messages, in the response.
  21408: ['The account may not text this country', allowCountry],
  21602: ['The message has no text', 'Write something'],
  21603: ['No number to send from was given', otherSender],
  21604: ['No recipient was given', checkNumber],
  21606: ['This number is not in the account or cannot send messages', otherSender],
  21608: ['A trial account texts verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  21610: ['The recipient has opted out (STOP)', 'Only they can opt in again, by sending START'],
  21611: ['Too many messages from this number are queued', wait],
  21612: ['Messages cannot be sent from this number to the recipient', otherSender],
  21614: ['The recipient’s number cannot receive messages; it may be a landline', 'Use a mobile number'],
  21617: ['The message is too long', 'Keep it below 1600 characters'],
  21619: ['The message is empty', 'Write something'],
  21620: ['Twilio cannot fetch a media file from the house', publicAddress],
  21621: ['Media cannot be sent from this number to the recipient', 'Send text only'],
  21623: ['The message has more than ten media files', 'Send fewer'],
  21635: ['The recipient’s number is a landline', 'Use a mobile number'],
  21660: ['The number to send from is not in this account', otherSender],
  // Messages, by status callback.
  30001: ['Too many messages from this number were queued', again],
  30002: ['The account was suspended before the message was sent', payOrAsk],
  30003: ['The other side’s phone could not be reached', again],
  30004: ['The recipient blocks messages from this number', nothing],
  30005: ['The recipient’s number is unknown or not in service', checkNumber],
  30006: ['The number is a landline, or its carrier does not accept messages', 'Use a mobile number'],
  30007: ['A carrier filtered the message as spam', 'Rephrase it, without links; register the number for texting'],
  30008: ['The message was not delivered, for a reason unknown to Twilio', again],
  30009: ['A part of a message did not arrive', 'Ask for it to be sent again'],
  30010: ['The message costs more than the limit set for it', 'Raise the limit; sending it again does not help'],
  30011: ['The recipient’s network does not support MMS', 'Send text only'],
  30017: ['The carrier’s network is overloaded', again],
  30018: ['This country requires registered senders', register],
  30019: ['The file is too large for the carrier', smaller],
  30022: ['The number has sent more than its registration allows per minute', again],
  30023: ['The number has sent more than its registration allows per day', 'Send it tomorrow'],
  30027: ['The carrier’s daily limit is reached', 'Send it tomorrow'],
  30032: ['The toll-free number is not verified, so carriers block its messages', register],
  30033: ['The registration of the number is suspended', register],
  30034: ['The number is not registered for texting in the US (A2P 10DLC), so carriers block its messages', register],
  30035: ['The number is still being set up', again],
  30036: ['The message was too old to be sent', again],
  30037: ['The account may not send messages', payOrAsk],
  30039: ['Twilio stopped a message loop', 'Check the automatic replies on both sides'],
  30410: ['The carrier did not answer', again],
  30450: ['Twilio blocks messages to similar numbers for a while (SMS pumping protection)', 'Send it again in half an hour'],
  30453: ['Twilio blocked the message as fraud', payOrAsk],
  30454: ['The account has reached its limit of messages', payOrAsk],
  30500: ['Twilio had an internal error', again],
  // SIP.
  32001: ['More calls per second than the trunk allows', again],
  32002: ['The SIP Domain does not exist', runSetup],
  32005: ['The SIP Domain is disabled', payOrAsk],
  32007: ['Too many contacts are registered at Twilio', 'Wait an hour for the old ones to expire'],
  32008: ['The house registers too often', 'Wait a minute'],
  32009: ['The house was not registered at Twilio when a call came', 'Check the health page: it says why'],
  32010: ['The trunk has no origination URL', runSetup],
  32011: ['Twilio could not reach the house for a call', 'Check the connection to the internet; use TLS'],
  32014: ['A call without media was ended', 'Run the self-test: it checks the media relay'],
  32015: ['A call reached the maximum duration', 'No action is needed'],
  32018: ['A TwiML document was too long', fault],
  32019: ['A call had two TwiML documents', fault],
  32021: ['The STIR/SHAKEN signature of a caller could not be verified', 'No action is needed'],
  32022: ['Twilio received no ACK from the house', 'Switch off SIP ALG in the router; use TLS'],
  32100: ['A trial account calls verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  32102: ['Twilio could not parse the SDP of the house', fault],
  32105: ['The house gave Twilio an address that leads to itself', 'Check the option sip_external_ip'],
  32106: ['The house called with a different user name than it authenticated with', fault],
  32201: [
    'The trunk does not accept calls from this address',
    'Remove the IP access control list from the trunk, or add the address',
  ],
  32202: ['Twilio does not accept the SIP credentials of the house', runSetup],
  32204: ['The trunk does not accept this caller ID', 'Use a number of the account as caller ID'],
  32205: ['The account may not call this country', allowCountry],
  32207: ['The house requires encryption and the SIP Domain does not', runSetup],
  32208: ['The SIP Domain requires encryption and the house does not', runSetup],
  32209: ['The SIP Domain requires TLS', runSetup],
  32210: ['The SIP Domain does not accept registrations', runSetup],
  32212: ['The SIP Domain has no credential list', runSetup],
  32214: ['The SIP Domain belongs to another account', runSetup],
  32218: ['The trunk does not allow transfers', 'Transfer through GoSIP, which handles it without Twilio'],
  32220: ['A SIP URI names an edge where it must not', fault],
  32221: ['The house is not registered at the requested edge', 'Check the health page: it says why'],
  32222: ['The TLS version of the house is too old', fault],
  32223: ['A SIP URI has no user', fault],
};

/** Undefined for an unknown code; then Twilio's own message is used. */
export function helpFor(code: number): ErrorHelp | undefined {
  const found = table[code];
  return found === undefined ? undefined : { meaning: found[0], advice: found[1] };
}

/** One text for a code, such as to store with a message; Twilio's own message for an unknown code. */
export function explainErrorCode(code: number | undefined, twilioMessage = ''): string {
  const help = code === undefined ? undefined : helpFor(code);
  if (help !== undefined) return `${help.meaning}. ${help.advice}. (Twilio ${code})`;
  if (code === undefined) return twilioMessage;
  return twilioMessage === '' ? `Twilio error ${code}` : `${twilioMessage} (Twilio ${code})`;
}

export const knownErrorCodes: readonly number[] = Object.keys(table).map(Number);
