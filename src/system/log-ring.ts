// Owns the newest lines of the log, for whoever cannot look at the terminal.
// Called by the log, which hands every line in as it is written (secrets hidden already), and by observation-routes.ts.
// Must stay true: it holds a fixed number of lines, whatever happens; lines are read only when somebody asks.
import type { LogLine, LogQuery } from '#contract/observation.ts';

const maxLines = 2000;
const maxLineLength = 4000;
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export class LogRing {
  readonly #lines: string[] = [];
  #next = 0;

  readonly add = (line: string): void => {
    this.#lines[this.#next] = line.slice(0, maxLineLength);
    this.#next = (this.#next + 1) % maxLines;
  };

  /** The newest first; everything given must hold. */
  find({ level, room, callId, text }: Omit<LogQuery, 'limit'>): readonly LogLine[] {
    const least = levels.indexOf(level ?? 'trace');
    const inOrder = [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)].toReversed();
    const wanted = [text, callId].filter((one) => one !== undefined).map((one) => one.toLowerCase());
    return inOrder
      .filter((line) => wanted.every((one) => line.toLowerCase().includes(one)))
      .flatMap((line) => parse(line) ?? [])
      .filter((line) => levels.indexOf(line.level) >= least && (room === undefined || line.room === room))
      .filter(({ fields }) => callId === undefined || Object.values(fields).includes(callId));
  }
}

/** Undefined for a line that was cut. */
function parse(line: string): LogLine | undefined {
  try {
    const { level, time, room, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    return {
      level: String(level),
      time: String(time),
      room: typeof room === 'string' ? room : null,
      message: typeof msg === 'string' ? msg : '',
      fields,
    };
  } catch {
    return undefined;
  }
}
