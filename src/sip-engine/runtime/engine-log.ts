type Write = (facts: object, message: string) => void;

/** What the engine needs of a logger; pino satisfies it. */
export type EngineLog = {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
};

export const silentLog: EngineLog = { debug() {}, info() {}, warn() {}, error() {} };
