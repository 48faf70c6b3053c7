// The shapes of what the Supervisor answers, as far as we read it; what it adds later is passed over.
// Called by supervisor.ts.
// Source: home-assistant/supervisor, supervisor/api (2026-08-21); every success is `{result: "ok", data}`, a failure `{result: "error", message}`.
import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.int().min(1).max(65_535);
const ipAddress = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address');

/** GET /info */
export const infoData = z.object({ timezone: z.string().nullable(), hostname: z.string().nullable() });

/**
 * GET /addons/self/info; `network` is the port map as the user edited it, null for a port that is switched off; `ingress_port` is 0 until the
 * Supervisor has chosen one, and null without ingress.
 */
export const selfData = z.object({
  slug: z.string().regex(/^[-_.A-Za-z0-9]+$/),
  ip_address: ipAddress,
  ingress_port: z.int().min(0).max(65_535).nullable(),
  network: z.record(z.string(), port.nullable()).nullable(),
  host_network: z.boolean(),
});

/** GET /services/mqtt */
export const mqttData = z.object({
  host: z.string().min(1),
  port,
  ssl: z.boolean().default(false),
  username: z.string().optional(),
  password: z.string().optional(),
});

/** Addresses with their prefix, such as `192.168.1.5/24`. */
const addresses = z.object({ address: z.array(z.string()) });

/** GET /network/info */
export const networkData = z.object({
  interfaces: z.array(
    z.object({
      interface: z.string(),
      primary: z.boolean(),
      connected: z.boolean(),
      ipv4: addresses.nullable(),
      ipv6: addresses.nullable(),
    }),
  ),
});

/** GET /core/info */
export const coreData = z.object({ version: z.string().nullable(), ip_address: ipAddress, port, ssl: z.boolean() });

export const envelope = z.union([
  z.object({ result: z.literal('ok'), data: z.unknown() }),
  z.object({ result: z.literal('error'), message: z.string().optional() }),
]);
