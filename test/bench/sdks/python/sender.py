"""Pushes numbered spans with OpenTelemetry's SDK for Python and its defaults, until its input ends: sender.py PROTOCOL
ENDPOINT NAME. It prints how many spans the application has made."""

import sys
import threading

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter


def exporter(protocol: str, endpoint: str) -> SpanExporter:
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=endpoint)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter

    return HttpExporter(endpoint=f"{endpoint}/v1/traces")


def main() -> None:
    protocol, endpoint, name = sys.argv[1:4]
    provider = TracerProvider(resource=Resource({"service.name": name, "sender": name}))
    provider.add_span_processor(BatchSpanProcessor(exporter(protocol, endpoint)))
    tracer = provider.get_tracer("sender")
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    sent = 0
    while not ended.wait(0.05):
        tracer.start_span("numbered", attributes={"probe.sequence": sent}).end()
        sent += 1
    provider.shutdown()
    print("sent", sent)


main()
