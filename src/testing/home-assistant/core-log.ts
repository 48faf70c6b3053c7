/** One entry of Home Assistant's log; `message` may have several lines. */
export type LogEntry = { readonly level: string; readonly logger: string; readonly message: string };

const head = /^\S+ \S+ (?<level>WARNING|ERROR|CRITICAL|INFO|DEBUG) \([^)]*\) \[(?<logger>[^\]]+)\] /;

/** What the process printed → its entries; lines that are none belong to the entry before. */
export function readLog(printed: string): LogEntry[] {
  const entries: { level: string; logger: string; message: string }[] = [];
  for (const line of printed.split('\n')) {
    const { groups: { level = '', logger = '' } = {} } = head.exec(line) ?? {};
    const last = entries.at(-1);
    if (level !== '') entries.push({ level, logger, message: line.replace(head, '') });
    else if (last === undefined) entries.push({ level: 'ERROR', logger: 'before the log', message: line });
    else last.message += `\n${line}`;
  }
  return entries.map((entry) => ({ ...entry, message: entry.message.trim() })).filter(({ message }) => message !== '');
}
