import type { AlertId } from '../alert-ids.ts';
import type { TrunkStateKind } from '../trunk-words.ts';

/** What is wrong in the house and what helps, for the panel and for notifications. `{name}` is filled in; how, value-forms.ts says. */
export const alertWords = {
  'trunk.state.off': 'Switched off',
  'trunk.state.ready': 'Ready',
  'trunk.state.registering': 'Connecting…',
  'trunk.state.registered': 'Connected',
  'trunk.state.wrong-password': 'Wrong password',
  'trunk.state.refused': 'Refused',
  'trunk.state.name-not-found': 'Server not found',
  'trunk.state.certificate': 'Certificate not trusted',
  'trunk.state.unreachable': 'No answer',
  'trunk.state.locked': 'Password lost',
  'lockout.password': 'logins with a password',
  'lockout.token': 'requests with an API token',
  'alert.storage-failed': 'Nothing can be saved',
  'alert.storage-failed.text':
    'Calls still work, but settings, call records and voicemails would be lost. Free some space on the disk or check it, then start GoSIP again.',
  'alert.outbox-failing': '{about} is not reached',
  'alert.outbox-failing.text':
    'What should go there waits and is sent as soon as it works again. Check the Internet connection and the account.',
  'alert.sip-port-taken': 'Another program holds a port of the phones',
  'alert.sip-port-taken.text':
    'Phones cannot reach GoSIP at {protocol} {port}. In Home Assistant it is often “Voice over IP”. Give that or GoSIP another port, such as {instead}, and enter it in the phones.',
  'alert.web-port-taken': 'Another program holds the port of the panel',
  'alert.web-port-taken.text':
    'Until GoSIP is started again with another one, it is reached at port {port}. Home Assistant and the phones are not affected.',
  'alert.login-locked': 'Somebody could not sign in too often',
  'alert.login-locked.text':
    '{failures} {kind} from {source} failed. From there everybody waits until {until}. If it is one of yours, you can let it in at once.',
  'alert.login-locked.others': '{others} more addresses have to wait. Can GoSIP be reached from the Internet? Better not.',
  'alert.password-guessing': 'Somebody guesses the password of a phone',
  'alert.password-guessing.text':
    '{name}: {tries} tries within an hour. A password made by GoSIP is too long to be guessed. If no phone connects from outside, close the SIP port at the router.',
  'alert.outgoing-refused': 'A phone was not allowed to call',
  'alert.outgoing-refused.text':
    '{phone} wanted to call {number} (tries in the last day: {times}). {reason}. If nobody in the house did that, give the phone a new password.',
  'alert.trunk-down': 'No calls over {about}',
  'alert.trunk-down.text': '{state} for more than five minutes: no calls come in or go out over it.',
  'alert.call-records-failing': 'Calls cannot be written down',
  'alert.call-records-failing.text':
    'Calls go on, and are written down once that is possible again. Free some space on the disk.',
  'alert.escalation-exhausted': 'Nobody took an escalation',
  'alert.escalation-exhausted.text': '“{name}”, {at}: everybody was asked and nobody took it. See to it, then take or cancel it.',
  'alert.recording-suspended': 'Calls are not recorded',
  'alert.recording-suspended.text': 'There is too little room on the disk. Free some, or keep recordings for a shorter time.',
  'alert.transcripts-missing': 'Voicemails are not put into words',
  'alert.transcripts-missing.text':
    'Home Assistant did not do it. Check that its speech-to-text runs and knows the language, or choose another engine.',
  'alert.holidays-unread': 'Holidays cannot be read from a calendar',
  'alert.holidays-unread.text':
    '{about}: rules for holidays use what was last known. Check that the calendar is still there in Home Assistant.',
  'alert.mqtt-broken': 'Home Assistant is not reached over MQTT',
  'alert.mqtt-broken.text':
    'Devices and automations there do not learn what happens. Phones are not affected. Check the MQTT broker, its user name and password.',
  'alert.home-assistant-refuses': 'Home Assistant refuses GoSIP',
  'alert.home-assistant-refuses.text':
    'The access token is not valid any more. Make a new long-lived one in your profile there, and write it into the option home_assistant_token.',
  'alert.notifications-failing': 'Notifications do not arrive: {about}',
  'alert.notifications-failing.text':
    'What was to be sent there is tried again for a while, then given up. See what was answered under Notifications, and check the settings.',
  'alert.backup-failed': 'The last backup failed',
  'alert.backup-failed.text':
    'Until one succeeds, a broken disk would take everything with it since the last good one. Check where backups are kept, and that there is room.',
  'alert.number-settings-drifted': 'Settings at Twilio were changed',
  'alert.number-settings-drifted.text':
    'They are no longer as GoSIP set them: calls or messages may not reach you. Set them right again under Twilio.',
  'alert.channel.mail': 'mail',
  'alert.channel.gotify': 'Gotify',
  'alert.channel.ntfy': 'ntfy',
  'alert.channel.home-assistant': 'Home Assistant',
  'alert.channel.web-push': 'notifications in the browser',
} as const satisfies Readonly<Record<`alert.${AlertId}` | `alert.${AlertId}.text` | `trunk.state.${TrunkStateKind}`, string>> &
  Readonly<Record<string, string>>;

export type AlertWords = Readonly<Record<keyof typeof alertWords, string>>;
