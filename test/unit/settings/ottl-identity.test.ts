import assert from "node:assert/strict";
import type { RawConfiguration } from "../../../components/settings";
import { errorLines, logWith, metricWith, traceWith, warningLines } from "./helpers";

const transform = (...statements: string[]) => ({ transform: [{ statements }] });
const at = (kind: "metric" | "trace" | "log", i = 0): string => `${kind}Pipelines[0].transform[0].statements[${i}]:`;

const noService = "removes the resource attribute `service.name`.";
const noPods = "removes the resource attributes that distinguish pods, so the series of all pods become one.";
const noPodsLeft =
  "removes the resource attributes that distinguish pods, so the series of all pods without `service.instance.id` become one.";
const again = 'Write `set(resource.attributes["service.name"], VALUE)` behind it, or name only other attributes.';
const renamed =
  'Write `set(resource.attributes["service.instance.id"], resource.attributes["k8s.pod.uid"]) where resource.attributes["k8s.pod.uid"] != nil` in front of it.';
const inPlace = (key: string): string =>
  `Write \`keep_keys(resource.attributes, ["${key}"])\` in its place, and \`merge_maps(resource.attributes, MAP, "upsert")\` behind it if it sets others.`;
const gone = (path: string, position: number, remover: string): string =>
  `${path} reads an attribute at position ${position} that \`${remover}\` has removed, so it is always \`nil\`.`;

const warned: readonly (readonly [behaviour: string, raw: RawConfiguration, lines: readonly string[]])[] = [
  [
    "the name of the service, by its key",
    logWith(transform('delete_key(resource.attributes, "service.name")')),
    [`${at("log")} ${noService} ${again}`],
  ],
  [
    "the name of the service, by a pattern",
    traceWith(transform('delete_matching_keys(resource.attributes, "(?i)^SERVICE[.]")')),
    [`${at("trace")} ${noService} ${again}`],
  ],
  [
    "the name of the service, by a pattern of others",
    traceWith(transform('keep_matching_keys(resource.attributes, "^k8s[.]")')),
    [`${at("trace")} ${noService} Add \`|^service[.]name$\` to its pattern.`],
  ],
  [
    "all attributes",
    metricWith(transform("set(resource.attributes, {})")),
    [`${at("metric")} ${noService} ${inPlace("service.name")}`, `${at("metric")} ${noPods} ${inPlace("k8s.pod.uid")}`],
  ],
  [
    "all attributes but a few new ones",
    logWith(transform('set(resource.attributes, {"team": "shop"})')),
    [`${at("log")} ${noService} ${inPlace("service.name")}`],
  ],
  [
    "attributes beyond a number, whichever these are",
    metricWith(transform('limit(resource.attributes, 10, ["team"])')),
    [
      `${at("metric")} may ${noService.replace("removes", "remove")} Add \`"service.name"\` to its priority keys.`,
      `${at("metric")} may ${noPods.replace("removes", "remove")} Add \`"k8s.pod.uid"\` to its priority keys.`,
    ],
  ],
  [
    "all attributes of Kubernetes",
    metricWith(transform('delete_matching_keys(resource.attributes, "k8s.*")')),
    [`${at("metric")} ${noPodsLeft} ${renamed}`],
  ],
  [
    "the identity of pods, one by one",
    metricWith(
      transform('delete_key(resource.attributes, "k8s.pod.uid")', 'delete_key(resource.attributes, "k8s.pod.name")'),
    ),
    [`${at("metric", 1)} ${noPodsLeft} ${renamed}`],
  ],
  [
    "the namespace next to the name of a pod",
    metricWith(transform('keep_keys(resource.attributes, ["service.name", "k8s.pod.name"])')),
    [
      `${at("metric")} removes \`k8s.namespace.name\`, so the series of pods that have one name in two namespaces become one. Add \`"k8s.namespace.name"\` to the list.`,
    ],
  ],
  [
    "a name that is set before it is removed",
    logWith(transform('set(resource.attributes["service.name"], "a")', 'keep_keys(resource.attributes, ["team"])')),
    [`${at("log", 1)} ${noService} Add \`"service.name"\` to the list.`],
  ],
  [
    "a namespace that a filter needs",
    logWith({
      ...transform('delete_key(resource.attributes, "k8s.namespace.name")'),
      filter: [{ conditions: ['log.severity_number > 0 and resource.attributes["k8s.namespace.name"] != "shop"'] }],
    }),
    [
      `${gone("logPipelines[0].filter[0].conditions[0]:", 29, "logPipelines[0].transform[0].statements[0]")} Keep the attribute, because filters run after all transforms, or compare another one.`,
    ],
  ],
  [
    "an attribute that a later statement needs",
    traceWith({
      transform: [
        { statements: ['keep_keys(resource.attributes, ["service.name"])'] },
        { statements: ['set(span.attributes["tenant"], resource.attributes["k8s.namespace.name"])'] },
      ],
    }),
    [
      `${gone("tracePipelines[0].transform[1].statements[0]:", 32, "tracePipelines[0].transform[0].statements[0]")} Move \`tracePipelines[0].transform[0].statements[0]\` behind it.`,
    ],
  ],
];

describe("OTTL that removes what identifies a sender is accepted with a warning:", () => {
  for (const [behaviour, raw, lines] of warned) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), lines);
    });
  }
});

const silent: readonly (readonly [behaviour: string, raw: RawConfiguration])[] = [
  ["the namespace alone", logWith(transform('delete_key(resource.attributes, "k8s.namespace.name")'))],
  [
    "all attributes of Kubernetes, of spans",
    traceWith(transform('delete_matching_keys(resource.attributes, "^k8s[.]")')),
  ],
  ["one of the names of a pod", metricWith(transform('delete_key(resource.attributes, "k8s.pod.uid")'))],
  [
    "the identity of pods, which has another name",
    metricWith(
      transform(
        'set(resource.attributes["service.instance.id"], resource.attributes["k8s.pod.uid"]) where resource.attributes["k8s.pod.uid"] != nil',
        'delete_matching_keys(resource.attributes, "k8s.*")',
      ),
    ),
  ],
  [
    "a name that is set again",
    logWith(transform('keep_keys(resource.attributes, ["team"])', 'set(resource.attributes["service.name"], "a")')),
  ],
  [
    "a name of no value",
    logWith(
      transform('delete_key(resource.attributes, "service.name") where resource.attributes["service.name"] == "a"'),
    ),
  ],
  ["other attributes", metricWith(transform('delete_matching_keys(resource.attributes, "^process[.]")'))],
  ["attributes of items", logWith(transform("set(log.attributes, {})", "limit(log.attributes, 5, [])"))],
  ["new attributes next to the old ones", logWith(transform('merge_maps(resource.attributes, {"a": "b"}, "upsert")'))],
  [
    "attributes beyond a number, except the identity",
    metricWith(transform('limit(resource.attributes, 10, ["service.name", "k8s.pod.uid"])')),
  ],
  [
    "a namespace that no filter needs any more",
    logWith({
      transform: [
        { statements: ['set(resource.attributes["tenant"], resource.attributes["k8s.namespace.name"])'] },
        { statements: ['delete_key(resource.attributes, "k8s.namespace.name")'] },
      ],
      filter: [{ conditions: ['resource.attributes["tenant"] == "shop"'] }],
    }),
  ],
  [
    "an attribute that is set again, or may be set again",
    logWith({
      ...transform(
        'keep_keys(resource.attributes, ["service.name"])',
        'merge_maps(resource.attributes, ParseJSON(resource.attributes["service.name"]), "upsert")',
      ),
      filter: [{ conditions: ['resource.attributes["team"] == "shop"'] }],
    }),
  ],
];

describe("OTTL that removes attributes is accepted without a warning:", () => {
  for (const [behaviour, raw] of silent) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), []);
    });
  }
});
