// MessagePack for messages of ImJoy: null, booleans, numbers, text, ArrayBuffers, lists and mappings.
// Whole numbers that a Number cannot hold exactly are BigInts.

export function encode(value) {
  const out = new Output();
  write(value, out);
  return out.bytes.slice(0, out.count);
}

export function decode(buffer) {
  const input = { view: new DataView(buffer), at: 0 };
  const value = read(input);
  if (input.at !== buffer.byteLength) throw new Error(`${buffer.byteLength - input.at} bytes follow the value`);
  return value;
}

class Output {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  count = 0;

  /** The place of `length` more bytes. */
  grow(length) {
    const start = this.count;
    this.count += length;
    if (this.count > this.bytes.length) {
      const old = this.bytes;
      this.bytes = new Uint8Array(Math.max(2 * old.length, this.count));
      this.bytes.set(old);
      this.view = new DataView(this.bytes.buffer);
    }
    return start;
  }

  byte(byte) {
    const start = this.grow(1);
    this.bytes[start] = byte;
  }

  /** A first byte, and a number after it that a setter of DataView writes. */
  tagged(tag, setter, size, number) {
    this.byte(tag);
    const start = this.grow(size);
    this.view[setter](start, number);
  }

  /** The head of something with a length; `tags` are those for lengths of 8, 16 and 32 bits. */
  head(length, [short, limit], tags) {
    if (length < limit) this.byte(short | length);
    else if (length <= 0xff && tags[0]) this.tagged(tags[0], "setUint8", 1, length);
    else if (length <= 0xffff) this.tagged(tags[1], "setUint16", 2, length);
    else this.tagged(tags[2], "setUint32", 4, length);
  }

  append(bytes) {
    const start = this.grow(bytes.length);
    this.bytes.set(bytes, start);
  }
}

function write(value, out) {
  if (value === null || value === undefined) return out.byte(0xc0);
  if (typeof value === "boolean") return out.byte(value ? 0xc3 : 0xc2);
  if (typeof value === "number") return writeNumber(value, out);
  if (typeof value === "bigint") {
    return value < 0 ? out.tagged(0xd3, "setBigInt64", 8, value) : out.tagged(0xcf, "setBigUint64", 8, value);
  }
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    out.head(text.length, [0xa0, 32], [0xd9, 0xda, 0xdb]);
    return out.append(text);
  }
  if (value instanceof ArrayBuffer) {
    out.head(value.byteLength, [0, 0], [0xc4, 0xc5, 0xc6]);
    return out.append(new Uint8Array(value));
  }
  if (Array.isArray(value)) {
    out.head(value.length, [0x90, 16], [0, 0xdc, 0xdd]);
    for (const element of value) write(element, out);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error(`no MessagePack for ${value}`);
  const members = Object.entries(value);
  out.head(members.length, [0x80, 16], [0, 0xde, 0xdf]);
  for (const [name, member] of members) {
    write(name, out);
    write(member, out);
  }
}

function writeNumber(value, out) {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return out.tagged(0xcb, "setFloat64", 8, value);
  if (value >= 0) {
    if (value < 0x80) out.byte(value);
    else if (value <= 0xff) out.tagged(0xcc, "setUint8", 1, value);
    else if (value <= 0xffff) out.tagged(0xcd, "setUint16", 2, value);
    else if (value <= 0xffffffff) out.tagged(0xce, "setUint32", 4, value);
    else out.tagged(0xcf, "setBigUint64", 8, BigInt(value));
  } else if (value >= -0x20) out.byte(value & 0xff);
  else if (value >= -0x80) out.tagged(0xd0, "setInt8", 1, value);
  else if (value >= -0x8000) out.tagged(0xd1, "setInt16", 2, value);
  else if (value >= -0x80000000) out.tagged(0xd2, "setInt32", 4, value);
  else out.tagged(0xd3, "setBigInt64", 8, BigInt(value));
}

function read(input) {
  const tag = number(input, "getUint8", 1);
  if (tag < 0x80) return tag;
  if (tag < 0x90) return mapping(input, tag & 0x0f);
  if (tag < 0xa0) return list(input, tag & 0x0f);
  if (tag < 0xc0) return text(input, tag & 0x1f);
  if (tag >= 0xe0) return tag - 0x100;
  switch (tag) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xc4: return bytes(input, number(input, "getUint8", 1));
    case 0xc5: return bytes(input, number(input, "getUint16", 2));
    case 0xc6: return bytes(input, number(input, "getUint32", 4));
    case 0xca: return number(input, "getFloat32", 4);
    case 0xcb: return number(input, "getFloat64", 8);
    case 0xcc: return number(input, "getUint8", 1);
    case 0xcd: return number(input, "getUint16", 2);
    case 0xce: return number(input, "getUint32", 4);
    case 0xcf: return exact(number(input, "getBigUint64", 8));
    case 0xd0: return number(input, "getInt8", 1);
    case 0xd1: return number(input, "getInt16", 2);
    case 0xd2: return number(input, "getInt32", 4);
    case 0xd3: return exact(number(input, "getBigInt64", 8));
    case 0xd9: return text(input, number(input, "getUint8", 1));
    case 0xda: return text(input, number(input, "getUint16", 2));
    case 0xdb: return text(input, number(input, "getUint32", 4));
    case 0xdc: return list(input, number(input, "getUint16", 2));
    case 0xdd: return list(input, number(input, "getUint32", 4));
    case 0xde: return mapping(input, number(input, "getUint16", 2));
    case 0xdf: return mapping(input, number(input, "getUint32", 4));
    default: throw new Error(`no value begins with the byte ${tag}`);
  }
}

function number(input, getter, size) {
  const value = input.view[getter](input.at);
  input.at += size;
  return value;
}

function exact(large) {
  const small = Number(large);
  return Number.isSafeInteger(small) ? small : large;
}

function bytes(input, length) {
  if (input.at + length > input.view.byteLength) throw new Error("the message is cut off");
  input.at += length;
  return input.view.buffer.slice(input.at - length, input.at);
}

function text(input, length) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes(input, length));
}

function list(input, length) {
  const elements = [];
  for (let index = 0; index < length; index++) elements.push(read(input));
  return elements;
}

function mapping(input, length) {
  const members = {};
  for (let index = 0; index < length; index++) {
    const name = read(input);
    members[name] = read(input);
  }
  return members;
}
