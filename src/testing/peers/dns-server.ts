import { createSocket } from 'node:dgram';

// A DNS server for tests, on an ephemeral port of 127.0.0.1.
// Called by tests of the SIP resolver.
// Must stay true: it answers from the records it was given and says NXDOMAIN to all else.

type Rdata = readonly (number | string | { readonly text: string } | Buffer)[];

/** A record's data in wire order: numbers are 16 bits, `{ text }` is a character string, texts are domain names, buffers go as they are. */
export type DnsRecord = { readonly name: string; readonly type: keyof typeof types; readonly data: Rdata };

const types = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 } as const;

export type DnsServer = { readonly address: string; readonly queries: string[]; readonly close: () => Promise<void> };

export async function startDnsServer(records: readonly DnsRecord[]): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const queries: string[] = [];
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    queries.push(`${typeName(type)} ${name}`);
    const found = records.filter((record) => types[record.type] === type && record.name === name);
    socket.send(answer(query, end, found), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      socket.close(() => resolve());
    });
  return { address: `127.0.0.1:${socket.address().port}`, queries, close };
}

function typeName(type: number): string {
  return Object.entries(types).find(([, value]) => value === type)?.[0] ?? String(type);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let index = 12;
  for (let length = query[index] ?? 0; length > 0; length = query[index] ?? 0) {
    labels.push(query.toString('latin1', index + 1, index + 1 + length));
    index += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(index + 1), end: index + 5 };
}

function answer(query: Buffer, questionEnd: number, records: readonly DnsRecord[]): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(records.length > 0 ? 0x8580 : 0x8583, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records.map(encodeRecord)]);
}

function encodeRecord({ name, type, data }: DnsRecord): Buffer {
  const rdata = Buffer.concat(data.map(encodePart));
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(types[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(rdata.length, 8);
  return Buffer.concat([encodeName(name), fixed, rdata]);
}

function encodePart(part: Rdata[number]): Buffer {
  if (Buffer.isBuffer(part)) return part;
  if (typeof part === 'string') return encodeName(part);
  if (typeof part === 'number') return Buffer.from([part >> 8, part & 255]);
  return Buffer.concat([Buffer.of(part.text.length), Buffer.from(part.text, 'latin1')]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])), Buffer.of(0)]);
}
