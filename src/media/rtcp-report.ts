// Reception reports (RFC 3550 section 6.4): what the far side says of our packets.

const senderReport = 200;
const receiverReport = 201;
const headerBytes = 8;
const senderInfoBytes = 20;
const blockBytes = 24;
/** Of a block: the extended highest sequence number received. */
const highestAt = 8;

/** Whether a compound RTCP packet reports that something of ours was received. */
export function reportsReception(bytes: Buffer): boolean {
  for (let start = 0; start + 4 <= bytes.length; start += 4 + bytes.readUInt16BE(start + 2) * 4) {
    const first = bytes[start] ?? 0;
    if (first >> 6 !== 2) return false;
    if (hasReceived(bytes.subarray(start, start + 4 + bytes.readUInt16BE(start + 2) * 4), first & 0x1f)) return true;
  }
  return false;
}

function hasReceived(packet: Buffer, blocks: number): boolean {
  const type = packet[1];
  if (type !== senderReport && type !== receiverReport) return false;
  const firstBlock = headerBytes + (type === senderReport ? senderInfoBytes : 0);
  if (packet.length < firstBlock + blocks * blockBytes) return false;
  return Array.from({ length: blocks }, (_, at) => packet.readUInt32BE(firstBlock + at * blockBytes + highestAt)).some(
    (highest) => highest > 0,
  );
}
