import assert from "node:assert/strict";
import { wantedObjects } from "../../../components/monitoring/wanted-objects";

const never = (): never => assert.fail("not to be called");
const auto = { mode: "auto", dashboard: "auto", labels: {} } as const;

describe("the choice of objects for monitoring", () => {
  it("follows the user's setting without asking the cluster", () => {
    assert.deepEqual(wantedObjects({ ...auto, mode: "on" }, never, never), {
      podMonitor: true,
      prometheusRule: true,
      dashboard: true,
    });
    assert.deepEqual(wantedObjects({ ...auto, mode: "off" }, never, never), {
      podMonitor: false,
      prometheusRule: false,
      dashboard: false,
    });
  });

  it("follows from the cluster's kinds without a setting, object by object", () => {
    const made = (...kinds: string[]): boolean[] => {
      const { podMonitor, prometheusRule, dashboard } = wantedObjects(auto, () => kinds, never);
      return [podMonitor, prometheusRule, dashboard];
    };
    assert.deepEqual(made("PodMonitor", "PrometheusRule", "Alertmanager"), [true, true, true]);
    assert.deepEqual(made("PrometheusRule"), [false, true, true]);
    assert.deepEqual(made("ServiceMonitor"), [false, false, false]);
    assert.deepEqual(made(), [false, false, false]);
  });

  it("may be the dashboard alone, or all but the dashboard", () => {
    const dashboardOf = (mode: "on" | "off", dashboard: "on" | "off") =>
      wantedObjects({ ...auto, mode, dashboard }, never, never).dashboard;
    assert.equal(dashboardOf("off", "on"), true);
    assert.equal(dashboardOf("on", "off"), false);
  });

  it("is none, with a warning, when the cluster does not answer", () => {
    const warnings: string[] = [];
    const unreachable = (): never => {
      throw new Error("connection refused");
    };
    const objects = wantedObjects(auto, unreachable, (message) => warnings.push(message));
    assert.deepEqual(objects, { podMonitor: false, prometheusRule: false, dashboard: false });
    assert.deepEqual(warnings, [
      "monitoring.mode is auto, but the cluster did not return whether it has the Prometheus Operator's kinds, " +
        'so none of their objects is created. Set monitoring.mode to "on" or "off".',
    ]);
  });
});
