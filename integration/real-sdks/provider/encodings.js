/** How the events of a stream go over the wire, by the name that an API's module says in `encoding`. */
import { crc32 } from 'node:zlib';

const jsonOf = (data) => (typeof data === 'string' ? data : JSON.stringify(data));

export const ENCODINGS = {
  events: {
    type: 'text/event-stream',
    encode: ({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${jsonOf(data)}\n\n`,
  },
  lines: { type: 'application/x-ndjson', encode: ({ data }) => `${jsonOf(data)}\n` },
  'aws-events': {
    type: 'application/vnd.amazon.eventstream',
    encode: ({ event, data }) =>
      awsFrame(
        { ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' },
        Buffer.from(jsonOf(data)),
      ),
  },
};

const STRING_HEADER = 7;

/** A frame of Amazon's event streams: lengths, their checksum, headers, payload, checksum of it all. */
function awsFrame(headers, payload) {
  const encoded = Buffer.concat(Object.entries(headers).map(([name, value]) => awsHeader(name, value)));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(8 + 4 + encoded.length + payload.length + 4, 0);
  prelude.writeUInt32BE(encoded.length, 4);
  const message = Buffer.concat([prelude, checksum(prelude), encoded, payload]);
  return Buffer.concat([message, checksum(message)]);
}

function awsHeader(name, value) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([STRING_HEADER]),
    length,
    Buffer.from(value),
  ]);
}

function checksum(bytes) {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
