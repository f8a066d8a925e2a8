/** A reader of the protobuf wire format: enough for OTLP, so that tests see the bytes a receiver would. */

export interface WireField {
  number: number;
  /** A varint or a fixed 64-bit value as written (unsigned), or the bytes of a length-delimited field. */
  value: bigint | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The fields of one message, in the order they were written. */
export function readFields(bytes: Uint8Array): WireField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: WireField[] = [];
  let at = 0;

  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };

  while (at < bytes.byteLength) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case VARINT:
        fields.push({ number, value: varint() });
        break;
      case FIXED64:
        fields.push({ number, value: view.getBigUint64(at, true) });
        at += 8;
        break;
      case BYTES: {
        const length = Number(varint());
        fields.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case FIXED32:
        fields.push({ number, value: BigInt(view.getUint32(at, true)) });
        at += 4;
        break;
      default:
        throw new Error(`wire type ${tag & 7} is not used by OTLP`);
    }
  }
  return fields;
}
