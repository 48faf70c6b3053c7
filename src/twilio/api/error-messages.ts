/** What one of Twilio's codes means for a house, and what its people can do about it. */
export type ErrorHelp = { readonly meaning: string; readonly advice: string };

const readTwice = 'Look at it again in the Twilio Console';
const publicAddress = 'Run the self-test of the public address; it says which hop is at fault';
const register = 'Register the number for texting in the Twilio Console (Messaging, Regulatory Compliance)';
const wait = 'GoSIP tries again by itself; if it stays so, look at status.twilio.com';
const fault = 'This is a fault of GoSIP: please report it with the log';
const otherSender = 'Send from another number of yours';
const checkNumber = 'Check the number: it must be in the international form, such as +14165550123';
const allowCountry = 'Allow the country in the Twilio Console (Voice or Messaging, Settings, Geo permissions)';
const nothing = 'Nothing can be done from here; ask the other side, or reach them another way';
const again = 'Send it again later';
const runSetup = 'Run the setup of Twilio again';
const smaller = 'Send a smaller file';
const payOrAsk = 'Look at billing in the Twilio Console, or ask Twilio’s support';

const table: Readonly<Record<number, readonly [meaning: string, advice: string]>> = {
  // Twilio to us.
  10004: ['The account has as many calls at once as it may', 'Wait for one to end, or ask Twilio for more'],
  10005: ['The account may not make calls', payOrAsk],
  11100: ['An address that Twilio should call is not valid', runSetup],
  11200: ['Twilio could not fetch an answer from the house', publicAddress],
  11201: ['The house did not take Twilio’s connection in time', publicAddress],
  11202: ['The house refused Twilio’s connection', publicAddress],
  11203: ['The house did not answer Twilio in time', publicAddress],
  11205: ['Twilio could not connect to the house', publicAddress],
  11206: ['What answers at the public address does not speak HTTP', publicAddress],
  11210: ['The name in the public address cannot be found', 'Check the name and its DNS entry'],
  11215: ['The public address redirects too often', publicAddress],
  11216: ['The public address redirects in a way Twilio does not follow', publicAddress],
  11217: ['The house answered Twilio with an error', publicAddress],
  11220: ['TLS with the public address failed', 'Check its certificate'],
  11235: ['The certificate of the public address is for another name', 'Get a certificate for the name in the address'],
  11236: ['The certificate of the public address has expired', 'Renew it'],
  11237: ['The certificate of the public address is not trusted', 'Use one of a public authority, with the whole chain'],
  11243: ['An address Twilio should call has a bad retry rule', runSetup],
  11750: ['An answer to Twilio was too long', fault],
  11751: ['A media file is too big', smaller],
  11770: ['An answer to Twilio was empty', publicAddress],
  12100: ['An answer to Twilio was not valid XML', 'Something between Twilio and GoSIP changes answers; run the self-test'],
  12102: ['An answer to Twilio had the wrong root', fault],
  12200: ['An answer to Twilio had something Twilio does not know', fault],
  12300: ['An answer to Twilio had the wrong content type', publicAddress],
  12400: ['Twilio had a fault of its own', wait],
  // Calls.
  13201: ['A call was to be forwarded from where that is not possible', fault],
  13214: ['Twilio may not show this caller id', 'Call with a number of the account, or verify the number at Twilio'],
  13223: ['The number called is not valid', checkNumber],
  13224: ['Twilio does not know how to reach this number', checkNumber],
  13225: ['The number called is blocked at Twilio', payOrAsk],
  13227: ['The account may not call this country', allowCountry],
  13243: ['The SIP address called is not valid', runSetup],
  13247: ['Twilio may not call with this number', 'Call with a number of the account, or verify the number at Twilio'],
  13250: ['Too many phones were to ring at once', 'Let ten or fewer ring'],
  13251: ['A call had too many SIP headers', fault],
  13252: ['A SIP header is not valid', fault],
  13253: ['A SIP header is too long', fault],
  13254: ['Twilio cannot reach the SIP host: it is not public', 'Let the house register at its SIP Domain instead'],
  13255: ['The SIP Domain belongs to another account', runSetup],
  13256: ['The address to report a recording to is not valid', fault],
  13257: ['The address to report a transcript to is not valid', fault],
  13420: ['A greeting is in a format Twilio cannot play', 'Upload it as WAV or MP3'],
  13520: ['There was nothing to say', fault],
  13521: ['A greeting is too long to be spoken', 'Make its text shorter'],
  13617: ['A recording was too short or too long for a transcript', 'Only messages from 2 to 120 seconds get one from Twilio'],
  13618: ['A recording was gone before it was transcribed', 'Keep recordings at Twilio until the transcript is there'],
  13801: ['A transfer was asked for on a call that cannot be transferred', fault],
  13802: ['A phone asked Twilio to transfer a call', 'Transfer with GoSIP, which keeps it from Twilio'],
  13805: ['A call of a trial account ended after ten minutes', 'Upgrade the account'],
  13810: ['A call was rejected for a reason Twilio does not know', fault],
  15003: ['The house did not take Twilio’s report', publicAddress],
  15004: ['An address in a document for Twilio was not complete', fault],
  // The account and its requests.
  20003: [
    'Twilio does not accept the account SID with this token or key',
    'Copy both anew from the Twilio Console, first page, Account Info',
  ],
  20004: ['Twilio does not allow this', fault],
  20005: ['The account at Twilio is suspended or closed', payOrAsk],
  20007: ['A page asked for was too long', fault],
  20008: ['These are test credentials, with which nothing really happens', 'Use the live credentials'],
  20009: ['Twilio cannot delete this yet', wait],
  20404: ['There is no such thing at Twilio', readTwice],
  20409: ['Something of this name is there already', runSetup],
  20422: ['Twilio found a value invalid', fault],
  20429: ['Twilio wants fewer requests at once', wait],
  20500: ['Twilio had a fault of its own', wait],
  20503: ['Twilio is not available', wait],
  21201: ['Nobody to call was given', checkNumber],
  21205: ['An address Twilio should call is not valid', runSetup],
  21210: ['The caller’s number is not verified at Twilio', 'Call with a number of the account, or verify the number at Twilio'],
  21211: ['The number of the other side is not valid', checkNumber],
  21212: ['Our own number is not valid', otherSender],
  21214: ['The number of the other side cannot be reached', checkNumber],
  21215: ['The account may not call this country', allowCountry],
  21216: ['Twilio does not call this number', nothing],
  21217: ['The number of the other side does not seem to exist', checkNumber],
  21218: ['An application set at Twilio is not valid', runSetup],
  21219: ['A trial account reaches verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  21220: ['The call is not in a state for this; perhaps it is over', 'Nothing needs to be done'],
  21231: ['Twilio did not take a SIP setting, or it is there already', runSetup],
  21232: ['The name of the SIP Domain is taken', runSetup],
  21243: ['Twilio did not take the SIP credentials', runSetup],
  21244: [
    'The account has as many trunks as it may',
    'Delete one in the Twilio Console (Elastic SIP Trunking), then run the setup again',
  ],
  21245: ['The name of the trunk is taken or not valid', runSetup],
  21248: ['The name of the trunk is taken or not valid', runSetup],
  21404: ['A trial account can have no more numbers', 'Upgrade the account'],
  21628: ['The address for emergency calls is not valid', 'Correct it; Twilio suggests one'],
  21629: ['The address for emergency calls was found, and Twilio spells it otherwise', 'Take the spelling that Twilio suggests'],
  21634: ['The number serves emergency calls on the trunk', 'Take it off emergency calling first'],
  // Messages, at once.
  21408: ['The account may not text this country', allowCountry],
  21602: ['A message needs a text', 'Write something'],
  21603: ['No number to send from was given', otherSender],
  21604: ['Nobody to send to was given', checkNumber],
  21606: ['This number is not ours or cannot send messages', otherSender],
  21608: ['A trial account texts verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  21610: ['The other side has asked for no more messages (STOP)', 'Only they can change that, by writing START'],
  21611: ['Too many messages of this number wait already', wait],
  21612: ['Messages cannot go from this number to that one', otherSender],
  21614: ['The other side’s number cannot receive messages; it is perhaps a landline', 'Use a mobile number'],
  21617: ['The message is too long', 'Keep it below 1600 characters'],
  21619: ['The message is empty', 'Write something'],
  21620: ['Twilio cannot fetch a media file from the house', publicAddress],
  21621: ['Pictures cannot be sent from this number to that one', 'Send a text without a picture'],
  21623: ['The message has more than ten files', 'Send fewer'],
  21635: ['The other side’s number is a landline', 'Use a mobile number'],
  21660: ['The number to send from is not of this account', otherSender],
  // Messages, later.
  30001: ['Too many messages of this number waited', again],
  30002: ['The account was suspended before the message went out', payOrAsk],
  30003: ['The other side’s phone could not be reached', again],
  30004: ['The other side does not take messages from this number', nothing],
  30005: ['The number of the other side is unknown or not in service', checkNumber],
  30006: ['The number is a landline, or its carrier takes no messages', 'Use a mobile number'],
  30007: ['A carrier took the message for spam', 'Write it differently, without links; register the number for texting'],
  30008: ['The message was lost for a reason Twilio does not know', again],
  30009: ['A part of a message did not arrive', 'Ask for it to be sent again'],
  30010: ['The message costs more than the limit that was set for it', 'Sending it again changes nothing; raise the limit'],
  30011: ['The other side’s network takes no pictures', 'Send a text without a picture'],
  30017: ['The carrier’s network is overloaded', again],
  30018: ['This country wants senders to be registered', register],
  30019: ['The file is too big for the carrier', smaller],
  30022: ['The number has sent more than its registration allows per minute', again],
  30023: ['The number has sent more than its registration allows per day', 'Send it tomorrow'],
  30027: ['The carrier’s limit of today is reached', 'Send it tomorrow'],
  30032: ['The toll-free number is not verified, so carriers drop its messages', register],
  30033: ['The registration of the number is suspended', register],
  30034: ['The number is not registered for texting in the US, so carriers drop its messages', register],
  30035: ['The number is still being set up', again],
  30036: ['The message was too old to be sent', again],
  30037: ['The account may not send messages', payOrAsk],
  30039: ['Twilio stopped a message that seemed to answer itself without end', 'Check the automatic replies on both sides'],
  30410: ['The carrier did not answer', again],
  30450: ['Twilio blocks messages to numbers like this one for a while, against pumping', 'Send it again in half an hour'],
  30453: ['Twilio took the message for fraud', payOrAsk],
  30454: ['The account has reached its limit of messages', payOrAsk],
  30500: ['Twilio had a fault of its own', again],
  // SIP.
  32001: ['More calls per second than the trunk may take', again],
  32002: ['The SIP Domain does not exist', runSetup],
  32005: ['The SIP Domain is switched off', payOrAsk],
  32007: ['Too many places are registered at Twilio', 'Wait an hour for old ones to expire'],
  32008: ['The house registers too often', 'Wait a minute'],
  32009: ['The house was not registered at Twilio when a call came', 'Look at the health page: it says why'],
  32010: ['The trunk does not know where the house is', runSetup],
  32011: ['Twilio could not reach the house for a call', 'Check the connection to the internet; use TLS'],
  32014: ['A call had no sound for long and was ended', 'Run the self-test of sound'],
  32015: ['A call reached the longest time there is', 'Nothing needs to be done'],
  32018: ['A document for a call was too long', fault],
  32019: ['A call had two documents', fault],
  32021: ['The signature of a caller’s number could not be checked', 'Nothing needs to be done'],
  32022: ['Twilio did not hear that the house had heard of an answer', 'Switch off SIP ALG in the router; use TLS'],
  32100: ['A trial account calls verified numbers only', 'Verify the number at Twilio, or upgrade the account'],
  32102: ['Twilio could not read what the house says of the sound of a call (SDP)', fault],
  32105: ['The house gave Twilio an address that leads to itself', 'Check the option sip_external_ip'],
  32106: ['The house called with another name than it authenticated with', fault],
  32201: ['The trunk does not accept calls from this address', 'Take the address list off the trunk, or add the address'],
  32202: ['Twilio does not accept the SIP credentials of the house', runSetup],
  32204: ['The trunk does not accept this caller id', 'Call with a number of the account'],
  32205: ['The account may not call this country', allowCountry],
  32207: ['The house wants encryption and the SIP Domain does not', runSetup],
  32208: ['The SIP Domain wants encryption and the house does not', runSetup],
  32209: ['The SIP Domain wants TLS', runSetup],
  32210: ['The SIP Domain takes no registrations', runSetup],
  32212: ['The SIP Domain has no list of credentials', runSetup],
  32214: ['The SIP Domain belongs to another account', runSetup],
  32218: ['The trunk does not allow transfers', 'Transfer with GoSIP, which keeps it from Twilio'],
  32220: ['A SIP address names an edge where it must not', fault],
  32221: ['The house is not registered at the edge that was asked for', 'Look at the health page: it says why'],
  32222: ['The house speaks too old a TLS', fault],
  32223: ['A SIP address has no user', fault],
};

/** Undefined for a code we have no words for; then Twilio's own must do. */
export function helpFor(code: number): ErrorHelp | undefined {
  const found = table[code];
  return found === undefined ? undefined : { meaning: found[0], advice: found[1] };
}

/** One text for a code, such as to store with a message; Twilio's own words where we have none. */
export function explainErrorCode(code: number | undefined, twilioMessage = ''): string {
  const help = code === undefined ? undefined : helpFor(code);
  if (help !== undefined) return `${help.meaning}. ${help.advice}. (Twilio ${code})`;
  if (code === undefined) return twilioMessage;
  return twilioMessage === '' ? `Twilio error ${code}` : `${twilioMessage} (Twilio ${code})`;
}

export const knownErrorCodes: readonly number[] = Object.keys(table).map(Number);
