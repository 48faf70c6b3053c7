// Owns the newest lines of the log, for whoever cannot look at the terminal.
// Called by the log, which hands every line in as it is written (secrets hidden already), and by observation-routes.ts.
// Must stay true: it holds a fixed number of lines, whatever happens; lines are read only when somebody asks.
import type { LogLine, LogQuery } from '#contract/observation.ts';

type Line = { readonly id: number; readonly text: string };

const roomName = /"room":"([\w-]{1,32})"/;
const maxLines = 2000;
const maxLineLength = 4000;
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export class LogRing {
  readonly #lines: Line[] = [];
  #count = 0;

  readonly add = (line: string): void => {
    this.#lines[this.#count % maxLines] = { id: this.#count + 1, text: line.slice(0, maxLineLength) };
    this.#count += 1;
  };

  /** The parts that have written a line, in order. */
  rooms(): readonly string[] {
    const rooms = this.#lines.map(({ text }) => roomName.exec(text)?.[1]).filter((room) => room !== undefined);
    return [...new Set(rooms)].sort();
  }

  /** The newest first; everything given must hold. */
  find({ level, room, callId, text, after = 0 }: Omit<LogQuery, 'limit'>): readonly LogLine[] {
    const least = levels.indexOf(level ?? 'trace');
    const next = this.#count % maxLines;
    const inOrder = [...this.#lines.slice(next), ...this.#lines.slice(0, next)].toReversed();
    const wanted = [text, callId].filter((one) => one !== undefined).map((one) => one.toLowerCase());
    return inOrder
      .filter(({ id, text: line }) => id > after && wanted.every((one) => line.toLowerCase().includes(one)))
      .flatMap((line) => parse(line) ?? [])
      .filter((line) => levels.indexOf(line.level) >= least && (room === undefined || line.room === room))
      .filter(({ fields }) => callId === undefined || Object.values(fields).includes(callId));
  }
}

/** Undefined for a line that was cut. */
function parse({ id, text }: Line): LogLine | undefined {
  try {
    const { level, time, room, msg, ...fields } = JSON.parse(text) as Record<string, unknown>;
    return {
      id,
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
