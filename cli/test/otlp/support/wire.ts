/** Writes the wire format of protobuf by hand, right or wrong, so that tests do not depend on an encoder. */

export function json(content: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(content));
}

/** A field with other fields in it. */
export function message(number: number, ...fields: Uint8Array[]): Uint8Array {
  return bytes(number, Buffer.concat(fields));
}

export function bytes(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([raw((BigInt(number) << 3n) | 2n), raw(BigInt(content.length)), content]);
}

export function string(number: number, content: string): Uint8Array {
  return bytes(number, Buffer.from(content));
}

export function varint(number: number, value: bigint): Uint8Array {
  return Buffer.concat([raw(BigInt(number) << 3n), raw(value)]);
}

export function fixed64(number: number, value: bigint): Uint8Array {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return Buffer.concat([raw((BigInt(number) << 3n) | 1n), content]);
}

export function double(number: number, value: number): Uint8Array {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([raw((BigInt(number) << 3n) | 1n), content]);
}

function raw(value: bigint): Uint8Array {
  const written: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left >= 0x80n; left >>= 7n) written.push(Number(left & 0x7fn) | 0x80);
  return Uint8Array.from([...written, Number(left)]);
}
