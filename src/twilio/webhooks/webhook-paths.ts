/** The webhook paths below the public URL. Setup writes them into the account; the listener mounts the same. */
export const webhookPaths = {
  /** VoiceUrl of a number. */
  voiceInbound: 'voice/inbound',
  /** VoiceFallbackUrl of a number and of the SIP Domain. */
  voiceFallback: 'voice/fallback',
  /** VoiceUrl of the SIP Domain: an outbound call of the house. */
  voiceOutbound: 'voice/outbound',
  /** DisasterRecoveryUrl of a trunk whose origination is the house. */
  voiceRecovery: 'voice/recovery',
  /** StatusCallback of a number and of the SIP Domain. */
  voiceStatus: 'voice/status',
  dialDone: 'voice/dial-done',
  /** The key of a caller who was asked for one. */
  challenge: 'voice/challenge',
  /** Asks whoever answered a forwarded call for a key; then the key. */
  screen: 'voice/screen',
  screened: 'voice/screened',
  recordDone: 'voice/record-done',
  recording: 'recording',
  transcription: 'transcription',
  /** SmsUrl of a number. */
  smsInbound: 'sms/inbound',
  /** SmsFallbackUrl of a number. */
  smsFallback: 'sms/fallback',
  /** StatusCallback of a message we send. */
  smsStatus: 'sms/status',
  /** GET and HEAD of `media/<token>`: a file that Twilio plays or forwards. */
  media: 'media',
  selfTest: 'self-test',
} as const;

/** The absolute URL of a webhook. `publicUrl` has no trailing slash. */
export function webhookUrl(publicUrl: string, path: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `${publicUrl}/api/webhooks/${path}${search === '' ? '' : `?${search}`}`;
}
