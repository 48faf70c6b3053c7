import { crc32, deflateSync } from 'node:zlib';

/** A picture of sky and hills, as a PNG. */
export function picturePng(width = 320, height = 240): Buffer {
  const lines = Array.from({ length: height }, (_, y) => {
    const line = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) line.set(colorAt(x / width, y / height), 1 + x * 3);
    return line;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits each of red, green and blue (PNG specification, section 11.2.1).
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(lines));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function colorAt(x: number, y: number): readonly [number, number, number] {
  const isHill = y > 0.65 + 0.12 * Math.sin(x * 7);
  return isHill ? [70, 120 + Math.round(60 * x), 80] : [120, 180 + Math.round(40 * y), 235];
}

function chunk(name: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([frame.subarray(0, 4), content, frame.subarray(4)]);
}
