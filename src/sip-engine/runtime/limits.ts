/** Every limit of the engine, so that no peer can make it grow without bound. All can be changed by options. */
export type Limits = {
  readonly datagramBytes: number;
  readonly streamMessageBytes: number;
  readonly headerCount: number;
  readonly headerLineBytes: number;
  readonly startLineBytes: number;
  readonly headersBytes: number;
  readonly bodyBytes: number;
  readonly viaCount: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly serverTransactions: number;
  /** Completed non-INVITE transactions kept to answer retransmissions; the oldest go first. */
  readonly completedTransactions: number;
  readonly clientTransactions: number;
  readonly dialogs: number;
  readonly earlyDialogsPerCall: number;
  readonly proxyTargets: number;
  readonly redirects: number;
  readonly flowCache: number;
  readonly dnsQueries: number;
  readonly controlFrameBytes: number;
  readonly controlQueueBytes: number;
  readonly controlConnections: number;
  /** Messages per second from the address of an untrusted source, and the burst; phones and trunks have higher limits (source-limits.ts). */
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
  readonly limitedSources: number;
};

export const defaultLimits: Limits = {
  datagramBytes: 65_535,
  streamMessageBytes: 262_144,
  headerCount: 256,
  headerLineBytes: 16_384,
  startLineBytes: 4_096,
  headersBytes: 65_536,
  bodyBytes: 131_072,
  viaCount: 70,
  connections: 4_096,
  connectionsPerAddress: 256,
  serverTransactions: 20_000,
  completedTransactions: 16_384,
  clientTransactions: 20_000,
  dialogs: 20_000,
  earlyDialogsPerCall: 8,
  proxyTargets: 10,
  redirects: 5,
  flowCache: 20_000,
  dnsQueries: 512,
  controlFrameBytes: 262_144,
  controlQueueBytes: 16_777_216,
  controlConnections: 64,
  requestsPerSecond: 50,
  requestBurst: 200,
  limitedSources: 10_000,
};

/** A fiftieth is reserved for emergency calls. */
export function withoutEmergencyReserve(limit: number): number {
  return limit - Math.floor(limit / 50);
}
