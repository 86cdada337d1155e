import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Pushes numbered spans with OpenTelemetry's SDK for Java and its defaults, until its input ends: Sender PROTOCOL ENDPOINT
 * NAME. It prints how many spans the application has made.
 */
public final class Sender {
  private static SpanExporter exporter(String protocol, String endpoint) {
    return protocol.equals("grpc")
        ? OtlpGrpcSpanExporter.builder().setEndpoint(endpoint).build()
        : OtlpHttpSpanExporter.builder().setEndpoint(endpoint + "/v1/traces").build();
  }

  public static void main(String[] args) throws Exception {
    Resource resource =
        Resource.create(
            Attributes.of(
                AttributeKey.stringKey("service.name"), args[2], AttributeKey.stringKey("sender"), args[2]));
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(BatchSpanProcessor.builder(exporter(args[0], args[1])).build())
            .build();
    Tracer tracer = provider.get("sender");
    CountDownLatch ended = new CountDownLatch(1);
    Thread reader =
        new Thread(
            () -> {
              try {
                System.in.readAllBytes();
              } catch (java.io.IOException closed) {
                // The end of the input is what it waits for.
              }
              ended.countDown();
            });
    reader.setDaemon(true);
    reader.start();
    long sent = 0;
    while (!ended.await(50, TimeUnit.MILLISECONDS)) {
      tracer.spanBuilder("numbered").setAttribute("probe.sequence", sent++).startSpan().end();
    }
    provider.shutdown().join(30, TimeUnit.SECONDS);
    System.out.println("sent " + sent);
  }
}
