import assert from "node:assert/strict";
import { annotationFault, asksForScraping, type AnnotatedObject } from "../../../components/inputs/annotated-objects";

const ports = [{ name: "http", protocol: "TCP" }, { name: "metrics" }];
const pod = (
  annotations: Readonly<Record<string, string>>,
  change: Partial<AnnotatedObject> = {},
): AnnotatedObject => ({
  kind: "Pod",
  namespace: "shop",
  name: "web",
  annotations: { scrape: "true", ...annotations },
  ports,
  pods: [{ node: "node", isAnnotated: true, ports }],
  ...change,
});
const service = (annotations: Readonly<Record<string, string>>, pods: AnnotatedObject["pods"]): AnnotatedObject =>
  pod(annotations, { kind: "Service", ports: [{ name: "web" }], pods });
const behind = { node: "node", isAnnotated: false, ports };

const handMade = (annotations: Readonly<Record<string, string>>): AnnotatedObject => ({
  ...service(annotations, []),
  ports: [],
  leadsTo: "endpointSlices",
});

const right: readonly AnnotatedObject[] = [
  pod({}),
  pod({ scrape: "True" }),
  pod({ port: "metrics" }),
  pod({ port: "9100, http" }),
  pod({ port: "9100" }, { ports: [] }),
  pod({ port: " " }),
  pod({ scheme: "HTTPS", path: "/stats", param_format: "prometheus" }),
  service({}, [behind]),
  service({ port: "metrics" }, [behind]),
  service({ port: "web" }, [behind]),
  // These Pods are scraped by their own annotations.
  service({ port: "none" }, [{ ...behind, isAnnotated: true }]),
  pod({ scheme: "" }),
  // Empty places do not count.
  pod({ port: ",9101" }),
  pod({ port: " , 9101,, http ," }),
  pod({ port: "1,,2,3,4," }),
  pod({ port: " ,\t," }),
  pod({ port: "9101\n" }),
  // The pods of a Service without a selector are not known.
  handMade({}),
  handMade({ port: "metrics" }),
];

const wrong: readonly (readonly [AnnotatedObject, string])[] = [
  [pod({ scrape: "yes" }), 'prometheus.io/scrape: "yes" is not "true"'],
  [
    pod({ port: "metricz" }),
    'prometheus.io/port: "metricz": the Pod has no port "metricz"; its ports are http, metrics',
  ],
  [
    pod({ port: "9100,admin" }),
    'prometheus.io/port: "9100,admin": the Pod has no port "admin"; its ports are http, metrics',
  ],
  [
    pod({ port: "admin" }, { ports: [], pods: [] }),
    'prometheus.io/port: "admin": the Pod has no port "admin"; no port has a name',
  ],
  [pod({ port: "91000" }), 'prometheus.io/port: "91000" is not a number from 1 to 65535'],
  [pod({ port: "0" }), 'prometheus.io/port: "0" is not a number from 1 to 65535'],
  [pod({ port: "1,2,3,4,5" }), 'prometheus.io/port: "1,2,3,4,5" lists more than 4 ports'],
  [pod({ port: "1,2,3,,4,5" }), 'prometheus.io/port: "1,2,3,,4,5" lists more than 4 ports'],
  [pod({ port: "9101, 9102,9101" }), 'prometheus.io/port: "9101, 9102,9101" lists port "9101" more than once'],
  [
    pod({ port: "9101 9102" }),
    'prometheus.io/port: "9101 9102": the Pod has no port "9101 9102"; its ports are http, metrics',
  ],
  // The scraper does not treat this character as white space.
  [
    pod({ port: "9101,\u00a09102" }),
    'prometheus.io/port: "9101,\u00a09102": the Pod has no port "\u00a09102"; its ports are http, metrics',
  ],
  [pod({ port: ", ," }, { ports: [] }), "it declares no TCP port: set prometheus.io/port"],
  [handMade({ port: "0" }), 'prometheus.io/port: "0" is not a number from 1 to 65535'],
  [handMade({ scheme: "tcp" }), 'prometheus.io/scheme: "tcp" is not http or https'],
  [
    { ...handMade({}), leadsTo: "externalName" },
    'prometheus.io/scrape: "true" is on an ExternalName Service, which has no Pod',
  ],
  [pod({ scheme: "tcp" }), 'prometheus.io/scheme: "tcp" is not http or https'],
  [
    pod({ path: "/q?format=x" }),
    'prometheus.io/path: "/q?format=x" has a query, which needs a separate annotation: prometheus.io/param_format',
  ],
  [
    pod({ "param_match-all": "a" }),
    "prometheus.io/param_match-all asks for the parameter match_all, because no annotation can ask for match-all",
  ],
  [pod({}, { ports: [{ protocol: "UDP" }] }), "it declares no TCP port: set prometheus.io/port"],
  [service({}, []), "no running Pod is behind it"],
  [
    service({ port: "admin" }, [behind]),
    'prometheus.io/port: "admin": the Service has no port "admin"; its ports are http, metrics, web',
  ],
];

describe("annotations for scraping", () => {
  it("ask for it, or do not", () => {
    const asks = ["true", "True", "yes", "1", "on", "false", "False", "", "no", "0"].filter((scrape) =>
      asksForScraping(pod({ scrape })),
    );
    assert.deepEqual(asks, ["true", "True", "yes", "1", "on"]);
    assert.equal(asksForScraping({ ...pod({}), annotations: { port: "9100" } }), false);
  });

  for (const object of right) {
    it(`are right: ${object.kind} ${JSON.stringify(object.annotations)}`, () => {
      assert.equal(annotationFault(object), undefined);
    });
  }

  for (const [object, fault] of wrong) {
    it(`are wrong: ${object.kind} ${JSON.stringify(object.annotations)}`, () => {
      assert.equal(annotationFault(object), fault);
    });
  }
});
