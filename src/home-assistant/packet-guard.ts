// Decides which packets of a broker are handed on to MQTT.js.
// Called by the connection for each packet, before MQTT.js handles it.
// Must stay true: what a broker never sends to a client like ours goes no further, because half of such a packet ends the whole process.
import type { Packet } from 'mqtt';

/** All that a client of QoS 0 and 1 without extended authentication is sent (MQTT 5 section 3). */
export function isExpected(packet: Packet): boolean {
  switch (packet.cmd) {
    case 'connack':
    case 'pingresp':
    case 'disconnect':
      return true;
    case 'publish':
      return typeof packet.topic === 'string' && Buffer.isBuffer(packet.payload) && packet.qos !== 2;
    case 'puback':
    case 'unsuback':
      return typeof packet.messageId === 'number';
    case 'suback':
      return typeof packet.messageId === 'number' && Array.isArray(packet.granted);
    default:
      return false;
  }
}

/** MQTT.js does nothing with it. */
export function neutralize(packet: Packet): void {
  packet.cmd = 'pingresp';
}
