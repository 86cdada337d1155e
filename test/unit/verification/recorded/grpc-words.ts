/** An answer of a gRPC server that is not written in Go, or of a proxy in front of one. */
interface GrpcAnswer {
  /** Number of the gRPC status. */
  readonly code: number;
  readonly message: string;
}

const [unimplemented, internal, unavailable, exhausted, range, invalid] = [12, 13, 14, 8, 11, 3];

/** Bytes of a request, and the limit of most gRPC servers. */
const [found, limit] = [5_000_000, 4_194_304];

/**
 * Answers of gRPC servers, with the file of the library that has the text. The collector of the tests gets them from a
 * server of ours, so a line of its log is recorded, and the text is that of the library's source.
 */
export const grpcWords: Readonly<Record<string, GrpcAnswer>> = {
  // tonic: codec/decode.rs. The documentation of Logfire names the first one for its OTLP endpoint.
  "tonic-size": {
    code: range,
    message: `Error, decoded message length too large: found ${found} bytes, the limit is: ${limit} bytes`,
  },
  "tonic-inflated": {
    code: exhausted,
    message: `Error decompressing: size limit, of ${limit} bytes, exceeded while decompressing message`,
  },
  // tonic: codec/compression.rs.
  "tonic-compression": { code: unimplemented, message: "Content is compressed with `gzip` which isn't supported" },
  // tonic with prost; the enhancement proposal of OpenTelemetry about UTF-8 quotes it.
  "tonic-utf8": {
    code: internal,
    message:
      "failed to decode Protobuf message: Span.name: ScopeSpans.spans: ResourceSpans.scope_spans: " +
      "ExportTraceServiceRequest.resource_spans: invalid string value: data is not UTF-8 encoded",
  },
  "tonic-nested": {
    code: internal,
    message: "failed to decode Protobuf message: KeyValueList.values: AnyValue.value: recursion limit reached",
  },
  // grpc-java: internal/MessageDeframer.java.
  "java-size": { code: exhausted, message: `gRPC message exceeds maximum size ${limit}: ${found}` },
  "java-inflated": { code: exhausted, message: `Decompressed gRPC message exceeds maximum size ${limit}` },
  // grpc-java: internal/ServerImpl.java.
  "java-compression": { code: unimplemented, message: "Can't find decompressor for gzip" },
  // grpc-java: protobuf/lite/ProtoLiteUtils.java; protobuf: InvalidProtocolBufferException.java.
  "java-undecodable": { code: internal, message: "Invalid protobuf byte sequence" },
  "java-utf8": { code: internal, message: "Protocol message had invalid UTF-8." },
  // grpc: message_size_filter.cc, of C++, Python, Ruby and PHP.
  "c-size": { code: exhausted, message: `SERVER: Received message larger than max (${found} vs. ${limit})` },
  "c-size-older": { code: exhausted, message: `Received message larger than max (${found} vs. ${limit})` },
  // grpc: lib/surface/call.cc.
  "c-compression": { code: unimplemented, message: "Compression algorithm 'gzip' is disabled." },
  // grpc: grpcio/grpc/_server.py.
  "python-undecodable": { code: internal, message: "Exception deserializing request!" },
  // grpc-dotnet: Internal/PipeExtensions.cs.
  "dotnet-size": { code: exhausted, message: "Received message exceeds the maximum configured message size." },
  "dotnet-compression": {
    code: unimplemented,
    message: "Unsupported grpc-encoding value 'zstd'. Supported encodings: identity, gzip, deflate",
  },
  // grpc-js: stream-decoder.ts and server-interceptors.ts.
  "node-size": { code: exhausted, message: `Received message larger than max (${found} vs ${limit})` },
  "node-inflated": { code: exhausted, message: `Received message that decompresses to a size larger than ${limit}` },
  "node-compression": {
    code: unimplemented,
    message: 'Received message compressed with unsupported encoding "zstd"',
  },
  "node-undecodable": { code: internal, message: "Error deserializing request: index out of range: 15 + 100 > 20" },
  // connect-go: envelope.go and protocol.go.
  "connect-size": { code: exhausted, message: `message size ${found} is larger than configured max ${limit}` },
  "connect-compression": {
    code: unimplemented,
    message: 'unknown compression "zstd": supported encodings are gzip',
  },
  // grpc-go: rpc_util.go and server.go.
  "go-inflated": { code: exhausted, message: `grpc: received message after decompression larger than max ${limit}` },
  "go-compression": {
    code: unimplemented,
    message: 'grpc: Decompressor is not installed for grpc-encoding "zstd"',
  },
  // Envoy: router.cc; public reports of collectors quote all three.
  "envoy-connect": {
    code: unavailable,
    message:
      "upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure " +
      "reason: delayed connect error: 111",
  },
  "envoy-none": { code: unavailable, message: "no healthy upstream" },
  "envoy-timeout": { code: unavailable, message: "upstream request timeout" },
  // No library: a backend's own words about data, which resemble those about requests.
  "backend-long-text": { code: invalid, message: "log message exceeds maximum size 262144" },
};
