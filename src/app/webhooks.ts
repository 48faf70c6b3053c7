// Composes the public listener and what Twilio reaches through it.
// Called by app.ts.
// Must stay true: the listener is open only while there is a public URL, and no request of Twilio's waits for anything outside this machine.
import { PublicServer } from '#http/public-server.ts';
import { listenerHealth } from '#twilio/webhooks/listener-health.ts';
import { preloadSdk } from '#twilio/webhooks/sdk-loader.ts';
import { SelfTest } from '#twilio/webhooks/self-test.ts';
import { pathPrefixOf } from '#twilio/webhooks/signature.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';
import type { VoiceWebhookDeps } from '#twilio/webhooks/voice-webhooks.ts';
import type { MessagesPort, PublicMediaPort } from '#twilio/webhooks/webhook-ports.ts';
import { Webhooks } from '#twilio/webhooks/webhooks.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type WebhooksRoom = {
  /** Requests since the start, by what became of them. */
  readonly counts: () => { readonly accepted: number; readonly refused: number; readonly failed: number };
  /** A round through the public URL. */
  readonly selfTest: SelfTest;
  /** Where the listener is, while it is open. */
  readonly address: () => { readonly host: string; readonly port: number } | undefined;
  readonly face: RoomFace;
};

type WebhooksDeps = Pick<VoiceWebhookDeps, 'calls' | 'voicemail' | 'isReachable' | 'callerIdFor'> &
  Pick<AppContext, 'options' | 'clock' | 'log' | 'stack'> & {
    readonly settings: LiveTwilioSettings;
    readonly messages: MessagesPort;
    readonly media: PublicMediaPort;
  };

const retryMs = 30_000;

/** Throws `conflict` where there is a public URL and the port cannot be had; as an app, which shares the host's ports, it is tried again instead. */
export async function composeWebhooks(deps: WebhooksDeps): Promise<WebhooksRoom> {
  const { options, settings, clock, stack } = deps;
  const log = deps.log.child({ room: 'twilio' });
  const selfTest = new SelfTest({ settings, clock });
  const webhooks = new Webhooks({ ...deps, log, selfTest });
  const server = new PublicServer({
    ...options.publicHttp,
    pathPrefix: () => pathPrefixOf(settings.current.publicUrl),
    handler: webhooks.handler,
    onUnroutedRequest: (target) => selfTest.observeUnhandled(target),
    clock,
    log: deps.log.child({ room: 'http' }),
  });
  stack.defer(() => server.stop());
  let problem: string | undefined;
  const open = () => {
    preloadSdk();
    return server.start();
  };
  // One after the other, however fast the settings change.
  let last = Promise.resolve();
  const follow = async () => {
    const isWanted = settings.current.publicUrl !== undefined;
    if (isWanted === server.isListening) {
      problem = undefined;
      return;
    }
    try {
      await (isWanted ? open() : server.stop());
      problem = undefined;
    } catch (error) {
      if (problem === undefined) log.error({ err: error }, 'Public listener cannot be opened');
      problem = error instanceof Error ? error.message : 'The public port is not available';
    }
  };
  const isApp = options.homeAssistant.supervisorToken !== undefined;
  if (settings.current.publicUrl !== undefined) await (isApp ? follow() : open());
  const followNext = () => void (last = last.then(follow));
  stack.defer(settings.onChange(followNext));
  const retry = clock.every(retryMs, () => problem !== undefined && followNext());
  stack.defer(() => retry.cancel());
  const probe = () => {
    const { isListening, refusedConnections } = server;
    const port = isListening ? server.address.port : undefined;
    return listenerHealth({ problem, port, refusedConnections }, webhooks.watch.health());
  };
  const address = () => (server.isListening ? { host: options.publicHttp.host, port: server.address.port } : undefined);
  return { selfTest, address, counts: () => webhooks.watch.counts, face: faceOf({ probes: { webhooks: probe } }) };
}
