import protobuf from "protobufjs/minimal.js";
import type { FieldType, MessageType } from "./message-types.ts";

/** How deep messages may nest, as in protobuf's own readers. */
const MAX_DEPTH = 100;

/** What a message takes in memory, beside its texts. */
const MESSAGE_BYTES = 64;

/** How often it is told how much was taken. */
const MESSAGES_PER_CLAIM = 1_000;

type Reader = protobuf.Reader;

/**
 * Reads a request from protobuf into the object that OTLP/JSON has for it: ids in hex, bytes in base64, 64 bit integers as bigint. Fields that nobody knows are passed over.
 *
 * @param take hears how many bytes more it takes in memory, as messages come: an empty one takes two
 * bytes on the wire. It may throw.
 * @throws {Error} for bytes that are no such message, or one that nests too deep.
 */
export function decodeRequest(
  bytes: Uint8Array,
  type: MessageType,
  take: (bytes: number) => void,
): unknown {
  const reader = protobuf.Reader.create(bytes);
  let messages = 0;
  return readMessage(reader, reader.len, type, 0, () => {
    messages += 1;
    if (messages % MESSAGES_PER_CLAIM === 0) take(MESSAGES_PER_CLAIM * MESSAGE_BYTES);
  });
}

function readMessage(
  reader: Reader,
  end: number,
  type: MessageType,
  depth: number,
  count: () => void,
): Record<string, unknown> {
  count();
  if (depth > MAX_DEPTH) throw new Error(`protobuf: expected at most ${MAX_DEPTH} levels.`);
  const message: Record<string, unknown> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const [number, wireType] = [tag >>> 3, tag & 7];
    const field = type.get(number);
    if (field === undefined || wireType !== wireTypeOf(field.kind)) {
      if (number === 0) throw new Error("protobuf: expected a field's number, got 0.");
      reader.skipType(wireType);
    } else if (field.kind !== "message") {
      message[field.name] = readScalar(reader, field.kind);
    } else {
      const inner = readMessage(reader, endOf(reader), field.type(), depth + 1, count);
      if (!field.repeated) message[field.name] = inner;
      else if (message[field.name] === undefined) message[field.name] = [inner];
      else (message[field.name] as unknown[]).push(inner);
    }
  }
  if (reader.pos !== end) throw new Error("protobuf: expected a field to end with its message.");
  return message;
}

/** Where the message that begins now ends. */
function endOf(reader: Reader): number {
  const bytes = reader.uint32();
  const end = reader.pos + bytes;
  if (end > reader.len) throw new RangeError("protobuf: expected a message, got its beginning.");
  return end;
}

function wireTypeOf(kind: FieldType["kind"] | "message"): number {
  switch (kind) {
    case "bool":
    case "int":
      return 0;
    case "double":
    case "fixed64":
      return 1;
    case "fixed32":
      return 5;
    default:
      return 2;
  }
}

function readScalar(reader: Reader, kind: FieldType["kind"]): unknown {
  switch (kind) {
    case "string":
      return reader.string();
    case "hex":
      return Buffer.from(reader.bytes()).toString("hex");
    case "base64":
      return Buffer.from(reader.bytes()).toString("base64");
    case "bool":
      return reader.bool();
    case "double":
      return reader.double();
    case "int":
      return toBigInt(reader.int64(), true);
    case "fixed32":
      return reader.fixed32();
    case "fixed64":
      return toBigInt(reader.fixed64(), false);
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** Both halves as the reader gives them, whether or not the program has a package for longs. */
function toBigInt(value: number | { low: number; high: number }, signed: boolean): bigint {
  if (typeof value === "number") return BigInt(value);
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return signed ? BigInt.asIntN(64, bits) : bits;
}

/** Writes an `Export...ServiceResponse`; one without anything rejected is empty. */
export function encodeResponse(rejected: number, errorMessage: string): Uint8Array {
  const writer = protobuf.Writer.create();
  if (rejected > 0) {
    writer.uint32((1 << 3) | 2).fork();
    writer.uint32(1 << 3).int64(rejected);
    writer.uint32((2 << 3) | 2).string(errorMessage);
    writer.ldelim();
  }
  return writer.finish();
}

/** Writes a `google.rpc.Status`. */
export function encodeStatus(code: number, message: string): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(1 << 3).int32(code);
  writer.uint32((2 << 3) | 2).string(message);
  return writer.finish();
}
