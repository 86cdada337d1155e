import assert from "node:assert/strict";
import { agentConfig, pipeline, selections } from "../helpers/models";
import { asked, discovered, relabel, type Rule, type TargetLabels } from "../helpers/relabel";

const prometheus = selections.prometheus();
const config = agentConfig("node", [pipeline("metrics", "a", { pull: { prometheus } })], { mesh: true });

interface Job {
  readonly job_name: string;
  readonly relabel_configs: readonly Rule[];
  readonly metric_relabel_configs: readonly Rule[];
}
const scrapeJobs = (config.receivers["prometheus/prometheus"] as { config: { scrape_configs: readonly Job[] } }).config
  .scrape_configs;
const rulesOf = (job: string): readonly Rule[] =>
  scrapeJobs.find(({ job_name: name }) => name === job)?.relabel_configs ?? [];

/** Returns the different targets of a pod. */
function targets(...pod: Parameters<typeof discovered>): TargetLabels[] {
  const [annotations, ...rest] = pod;
  const jobs = scrapeJobs.map(({ job_name: name }) => name).filter((name) => name.startsWith("app-pods"));
  const all = discovered({ "prometheus.io/scrape": "true", ...annotations }, ...rest).flatMap((target) =>
    jobs.flatMap((job): TargetLabels[] => {
      const kept = relabel(job, rulesOf(job), target);
      return kept ? [kept] : [];
    }),
  );
  return [...new Map(all.map((target) => [asked(target), target])).values()];
}

const app = { name: "app", ports: [{ number: 8080, name: "http" }] };
const sidecar = { name: "sidecar", ports: [{ number: 9100, name: "metrics" }] };

const addresses = (...pod: Parameters<typeof discovered>): (string | undefined)[] =>
  targets(...pod).map((target) => target.__address__);
const jobs = (...pod: Parameters<typeof discovered>): (string | undefined)[] => targets(...pod).map(({ job }) => job);

describe("the targets of an annotated pod", () => {
  it("are all TCP ports that it declares if its annotation names none", () => {
    const dns = { name: "dns", ports: [{ number: 53, protocol: "UDP" }] };
    assert.deepEqual(addresses({}, [app, { name: "none" }, dns, sidecar]), ["10.0.0.1:8080", "10.0.0.1:9100"]);
    assert.deepEqual(addresses({}, [{ name: "none" }]), []);
  });

  it("are the port that it names", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "metrics" }, [app, sidecar]), ["10.0.0.1:9100"]);
    assert.deepEqual(addresses({ "prometheus.io/port": "metrics" }, [app, { name: "none" }]), []);
  });

  it("are also ports of an init container, which may keep running", () => {
    const init = { ...sidecar, init: true };
    assert.deepEqual(addresses({}, [app, init, { name: "none", init: true }]), ["10.0.0.1:8080", "10.0.0.1:9100"]);
    for (const port of ["metrics", "9100"]) {
      assert.deepEqual(addresses({ "prometheus.io/port": port }, [{ name: "none" }, init]), ["10.0.0.1:9100"], port);
    }
  });

  it("are the one port that it gives by number, whichever ports its containers declare", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "9100" }, [app, sidecar]), ["10.0.0.1:9100"]);
    assert.deepEqual(addresses({ "prometheus.io/port": "9999" }, [app, sidecar, { name: "none" }]), ["10.0.0.1:9999"]);
  });

  it("are all ports that it lists, by number or name, and each once", () => {
    const of = (port: string) => addresses({ "prometheus.io/port": port }, [app, sidecar]).sort();
    assert.deepEqual(of("9100,8080"), ["10.0.0.1:8080", "10.0.0.1:9100"]);
    assert.deepEqual(of(" 9100 , http,9999 "), ["10.0.0.1:8080", "10.0.0.1:9100", "10.0.0.1:9999"]);
    assert.deepEqual(of("1,2,3,4,5"), ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.1:4"]);
    assert.deepEqual(of("9100,"), ["10.0.0.1:9100"]);
    assert.deepEqual(of("none,9100"), ["10.0.0.1:9100"]);
    assert.deepEqual(jobs({ "prometheus.io/port": "metrics,8080" }, [app, sidecar]).sort(), [
      "app-pods",
      "app-pods-by-number",
    ]);
  });

  it("are the ports of a list without its empty places", () => {
    const of = (port: string) => addresses({ "prometheus.io/port": port }, [app, sidecar]).sort();
    for (const port of [",9101", " , 9101", ",,9101,", "9101 ,", "9101,,", "9101\n"]) {
      assert.deepEqual(of(port), ["10.0.0.1:9101"], JSON.stringify(port));
    }
    assert.deepEqual(of("1,,2, ,3,4"), ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.1:4"]);
    assert.deepEqual(of(",http,,9101"), ["10.0.0.1:8080", "10.0.0.1:9101"]);
    // Without any port, the ports that the pod declares count.
    for (const port of ["", " ", ",", " , ,"]) {
      assert.deepEqual(of(port), ["10.0.0.1:8080", "10.0.0.1:9100"], JSON.stringify(port));
    }
    assert.deepEqual(of("9101 9102"), []);
  });

  it("are requested in capital letters, too", () => {
    for (const scrape of ["True", "TRUE"]) {
      assert.deepEqual(addresses({ "prometheus.io/scrape": scrape }, [app]), ["10.0.0.1:8080"], scrape);
    }
    assert.deepEqual(addresses({ "prometheus.io/scrape": "yes" }, [app]), []);
    const schemes = ["HTTPS", "Http", "ftp"].map((scheme) => targets({ "prometheus.io/scheme": scheme }, [app]));
    assert.deepEqual(
      schemes.map(([target]) => target?.__scheme__ ?? "http"),
      ["https", "http", "http"],
    );
  });

  it("are scraped at addresses of IPv6, too", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "9100" }, [app], "fd00::1"), ["[fd00::1]:9100"]);
    assert.deepEqual(addresses({ "prometheus.io/port": "http" }, [app], "fd00::1"), ["[fd00::1]:8080"]);
  });

  it("are in one job if their container is certain and in another if it is not, all targets of a pod in the same", () => {
    assert.deepEqual(jobs({}, [app, sidecar]), ["app-pods", "app-pods"]);
    assert.deepEqual(jobs({ "prometheus.io/port": "metrics" }, [app, sidecar]), ["app-pods"]);
    assert.deepEqual(jobs({ "prometheus.io/port": "9100" }, [app, sidecar]), ["app-pods-by-number"]);
  });

  it("lose the name of an uncertain container before metadata is added; metadata names the only container of a pod", () => {
    const { metric_statements: groups } = config.processors["transform/prometheus-metrics"] as {
      metric_statements: { statements: string[] }[];
    };
    assert.deepEqual(
      groups[0]?.statements.map((statement) => statement.replaceAll(`resource.attributes["service.name"] == `, "")),
      [
        `delete_key(resource.attributes, "k8s.container.name") where "app-pods-by-number" or "app-services" or "app-services-mesh"`,
        `delete_key(resource.attributes, "k8s.namespace.name") where resource.attributes["k8s.pod.uid"] != nil and ("app-services" or "app-services-mesh")`,
        `delete_key(resource.attributes, "service.name") where "app-pods" or "app-pods-by-number" or "app-services" or "app-services-mesh"`,
      ],
    );
    const { extract } = config.processors["k8s_attributes/enrich-metrics"] as { extract: { metadata: string[] } };
    assert.ok(extract.metadata.includes("k8s.container.name"));
  });
});

describe("the targets of an annotated Service", () => {
  const ofService = (port: string | undefined, labels: TargetLabels): TargetLabels | undefined =>
    relabel("app-services", rulesOf("app-services"), {
      __address__: "10.0.0.1:9100",
      __meta_kubernetes_pod_ip: "10.0.0.1",
      __meta_kubernetes_pod_node_name: "node",
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_service_annotation_prometheus_io_scrape: "true",
      ...(port !== undefined && { __meta_kubernetes_service_annotation_prometheus_io_port: port }),
      ...labels,
    });
  const own = (protocol: string): TargetLabels => ({
    __meta_kubernetes_endpointslice_port: "9100",
    __meta_kubernetes_endpointslice_port_name: "web",
    __meta_kubernetes_endpointslice_port_protocol: protocol,
  });
  const init = { __meta_kubernetes_pod_container_init: "true" };

  it("are its TCP ports if it names none, of any container", () => {
    assert.equal(ofService(undefined, own("TCP"))?.__address__, "10.0.0.1:9100");
    assert.equal(ofService(undefined, { ...own("TCP"), ...init })?.__address__, "10.0.0.1:9100");
    assert.equal(ofService(undefined, own("UDP")), undefined);
  });

  it("are at the address of their pod, whatever address an EndpointSlice has", () => {
    const elsewhere = { ...own("TCP"), __address__: "10.6.6.6:9100" };
    assert.equal(ofService(undefined, elsewhere)?.__address__, "10.0.0.1:9100");
    assert.equal(ofService("web", elsewhere)?.__address__, "10.0.0.1:9100");
    const ipv6 = { ...elsewhere, __meta_kubernetes_pod_ip: "fd00::7" };
    assert.equal(ofService(undefined, ipv6)?.__address__, "[fd00::7]:9100");
  });

  it("are none where the pod has no address yet, or the EndpointSlice names no pod", () => {
    const elsewhere = { ...own("TCP"), __address__: "10.6.6.6:9100" };
    assert.equal(ofService(undefined, { ...elsewhere, __meta_kubernetes_pod_ip: "" }), undefined);
    assert.equal(ofService(undefined, { ...elsewhere, __meta_kubernetes_pod_node_name: "" }), undefined);
  });

  it("are other ports of its pods if it names them", () => {
    const other = { ...init, __meta_kubernetes_pod_container_port_name: "metrics" };
    assert.equal(ofService("metrics", other)?.__address__, "10.0.0.1:9100");
    assert.equal(ofService("9101", other)?.__address__, "10.0.0.1:9101");
    assert.equal(ofService(undefined, other), undefined);
  });
});

describe("the information of a target about itself", () => {
  const info = { __name__: "target_info", "service.name": "shop", "k8s.pod.ip": "10.0.0.1" };
  const forged = {
    "k8s.cluster.uid": "other",
    "k8s.container.name": "other",
    "k8s.deployment.name": "other",
    "k8s.namespace.name": "other",
    "k8s.node.name": "other",
    "k8s.pod.name": "other",
    "k8s.pod.uid": "other",
  };

  for (const { job_name: job, metric_relabel_configs: rules } of scrapeJobs) {
    it(`cannot replace the attributes that Kubernetes knows: ${job}`, () => {
      assert.deepEqual(relabel(job, rules, { ...info, ...forged }), { job, ...info });
      const series = { __name__: "orders", ...forged };
      assert.deepEqual(relabel(job, rules, series), { job, ...series });
    });
  }
});
