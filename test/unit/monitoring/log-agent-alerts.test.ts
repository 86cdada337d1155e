import assert from "node:assert/strict";
import { alertRules } from "../../../components/monitoring/alerts";
import type { Watched } from "../../../components/monitoring/promql";
import { both, everyCollector, logAgent } from "../helpers/watched";

describe("alerts", () => {
  it("about a log agent exist in stacks with one, and state what happens to its lines", () => {
    const textOf = (watched: Watched, name: string): string =>
      alertRules(watched).find(({ alert }) => alert === name)?.annotations.description ?? "";
    const alone: Watched = { namespace: "telemetry", collectors: [logAgent] };
    const names = alertRules(alone).map(({ alert }) => alert);
    assert.deepEqual(
      alertRules(everyCollector).flatMap(({ alert }) => (names.includes(alert) ? [] : [alert])),
      ["TelemetryDataRefused", "TelemetryInputSilent"],
    );
    assert.deepEqual(
      alertRules(everyCollector).flatMap(({ alert }) => (/ContainerLogs/.test(alert) ? [alert] : [])),
      ["TelemetryContainerLogsStuck", "TelemetryContainerLogsBehind", "TelemetryContainerLogsDropped"],
    );
    const refused = alertRules(everyCollector).find(({ alert }) => alert === "TelemetryDataRefused")?.expr ?? "";
    assert.doesNotMatch(refused, /log-agent/);
    const waits =
      "a log agent stops reading files until there is room, and loses those that the kubelet compresses or deletes meanwhile";
    for (const [watched, clause] of [
      [both, "data is lost"],
      [alone, waits],
      [everyCollector, `data is lost; ${waits}`],
    ] as const) {
      assert.equal(
        textOf(watched, "TelemetryQueueNearlyFull"),
        "In pod {{ $labels.pod }} on node {{ $labels.node }}, data of " +
          '{{ reReplaceAll "^[^/]*/(metric|trace|log)s-" "${1}Pipelines/" $labels.exporter }} arrives faster than its backend ' +
          `accepts it. When the queue is full, ${clause}. Run \`npm run status\`, and check whether this node sends ` +
          "unusually much.",
      );
    }
    assert.match(
      textOf(everyCollector, "TelemetryBackendTakesNothing"),
      /for more than five minutes, after which collectors drop data; a log agent keeps it on the node's disk\. Run/,
    );
    assert.equal(
      textOf(alone, "TelemetryContainerLogsStuck"),
      "pod {{ $labels.pod }} on node {{ $labels.node }} has been in the middle of {{ $value | humanize }} files of containers " +
        "for 10m, and has read no line. Lines are lost when the kubelet compresses or deletes the files. Either a queue is full " +
        "because its backend accepts too little, which `npm run status` reports, or memory or the node's disk is short: see `kubectl -n " +
        "{{ $labels.namespace }} logs {{ $labels.pod }}`, free the disk, or raise resources.limits.memory in telemetry:logAgent.",
    );
    assert.equal(
      textOf(alone, "TelemetryContainerLogsBehind"),
      "pod {{ $labels.pod }} on node {{ $labels.node }} has been in the middle of {{ $value | humanize }} files of containers " +
        "for 10m, although it reads lines. Lines are late, and are lost when the kubelet compresses the files unread. Run " +
        "`npm run status`: its column INPUTS names the containers. Let them write less, or exclude them in " +
        "input.runtime.containers.",
    );
  });
});
