// Pushes numbered spans with OpenTelemetry's SDK for Node and its defaults, until its input ends: sender.mjs PROTOCOL
// ENDPOINT NAME. It prints how many spans the application has made.
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { TracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace";

const [protocol, endpoint, name] = process.argv.slice(2);
const exporter =
  protocol === "grpc" ? new GrpcExporter({ url: endpoint }) : new HttpExporter({ url: `${endpoint}/v1/traces` });
const provider = new TracerProvider({
  resource: resourceFromAttributes({ "service.name": name, sender: name }),
  spanProcessors: [new BatchSpanProcessor({ exporter })],
});
const tracer = provider.getTracer("sender");

let sent = 0;
const timer = setInterval(() => tracer.startSpan("numbered", { attributes: { "probe.sequence": sent++ } }).end(), 50);
process.stdin.resume().on("end", async () => {
  clearInterval(timer);
  await provider.shutdown();
  console.log("sent", sent);
  process.exit(0);
});
