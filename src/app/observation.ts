// Composes what an admin sees of the house from inside: log, alerts, options in effect, figures.
// Called by app.ts.
// Must stay true: it reads the rooms and changes nothing.
import type { CallId } from '#base/ids.ts';
import type { AlertWatch } from '#system/alert-watch.ts';
import type { LogRing } from '#system/log-ring.ts';
import { FigureHistory } from '#system/figure-history.ts';
import { Metrics } from '#system/metrics.ts';
import { observationRoutes } from '#system/observation-routes.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { CallsRoom } from './calls.ts';
import type { AppContext, RoomFace } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import { faceOf } from './face.ts';
import type { MediaRoom } from './media.ts';
import type { NotificationRoom } from './notifications.ts';
import type { OutgoingWebhooksRoom } from './outgoing-webhooks.ts';
import type { TwilioServices } from './twilio.ts';
import type { WebhooksRoom } from './webhooks.ts';

type ObservationDeps = AppContext & {
  readonly devices: DevicesRoom;
  readonly calls: CallsRoom;
  readonly media: MediaRoom;
  readonly twilio: TwilioServices;
  readonly webhooks: WebhooksRoom;
  readonly notifications: NotificationRoom;
  readonly outgoingWebhooks: OutgoingWebhooksRoom;
  readonly logRing: LogRing;
  readonly alerts: () => AlertWatch | undefined;
};

/** Of each relayed call: two parties, RTP and RTCP. */
const portsPerCall = 4;

export function composeObservation(deps: ObservationDeps): { readonly face: RoomFace } {
  const {
    options,
    clock,
    stack,
    events,
    devices,
    calls,
    media,
    twilio,
    webhooks,
    notifications,
    outgoingWebhooks,
    logRing,
    alerts,
  } = deps;
  const metrics = new Metrics({
    events,
    registrations: () => devices.registrations.size,
    callsInProgress: () => calls.calls.list().length,
    outbox: () => twilio.outbox.openByKind(),
    notifications: notifications.counts,
    webhookDeliveries: outgoingWebhooks.counts,
    relayPorts: () => media.mediaRelay.size * portsPerCall,
    webhooks: webhooks.counts,
    setupMs: (callId) => {
      const record = calls.cdrs.get(callId as CallId);
      return record?.ringingAt === undefined ? undefined : record.ringingAt - record.startedAt;
    },
  });
  const figures = new FigureHistory({
    clock,
    registrations: () => devices.registrations.size,
    callsInProgress: () => calls.calls.list().length,
    memoryBytes: () => process.memoryUsage.rss(),
  });
  figures.start();
  stack.defer(() => figures.stop());
  const routes = observationRoutes({
    metrics,
    figures,
    ring: logRing,
    alerts,
    options,
    version: packageFile.version,
    nodeVersion: process.versions.node,
  });
  return { face: faceOf({ routes }) };
}
