import protobuf from "protobufjs";

/** The published messages as far as the tests write them, declared apart from what reads them. */
export const { root: otlpTypes } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
    string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11;
    uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14;
    Status status = 15; fixed32 flags = 16; string of_the_future = 99;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
  message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; fixed32 flags = 6; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message RpcStatus { int32 code = 1; string message = 2; }
`);

/** Encodes what OTLP/JSON would say, with ids as bytes. */
export function encodeRequest(body: object): Buffer {
  const type = otlpTypes.lookupType("Request");
  return Buffer.from(type.encode(type.fromObject(body)).finish());
}

/** A message that holds the given bytes as its field of that number. */
export function wrapped(field: number, inner: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create().uint32((field << 3) | 2);
  return writer.bytes(inner).finish();
}

/** The same for a body whose ids are in hex, as OTLP/JSON writes them. */
export function encodeJsonRequest(body: object): Buffer {
  const text = JSON.stringify(body, (key, value: unknown) =>
    /Id$/.test(key) ? Buffer.from(String(value), "hex").toString("base64") : value,
  );
  return encodeRequest(JSON.parse(text) as object);
}
