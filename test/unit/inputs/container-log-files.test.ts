import assert from "node:assert/strict";
import type { ContainerLogsSelection } from "../../../components/inputs";
import { logFiles } from "../../../components/inputs/container-log-files";

const selection = (change: Partial<ContainerLogsSelection> = {}): ContainerLogsSelection => ({
  namespaces: {},
  containers: {},
  keepOriginalBody: true,
  ...change,
});
const compressed = ["/var/log/pods/*_*_*/*/*.gz", "/var/log/pods/*_*_*/*/*.tmp"];

describe("the files of containers that are read", () => {
  it("are all, without compressed ones, where a pipeline takes all", () => {
    assert.deepEqual(logFiles(selection(), []), { include: ["/var/log/pods/*_*_*/*/*.log*"], exclude: compressed });
  });

  it("belong to the namespaces and containers that the pipeline takes", () => {
    const names = { namespaces: { include: ["shop", "bank"] }, containers: { include: ["server", "audit"] } };
    assert.deepEqual(logFiles(selection(names), []).include, [
      "/var/log/pods/bank_*_*/audit/*.log*",
      "/var/log/pods/bank_*_*/server/*.log*",
      "/var/log/pods/shop_*_*/audit/*.log*",
      "/var/log/pods/shop_*_*/server/*.log*",
    ]);
  });

  it("never belong to namespaces and containers that the pipeline leaves out", () => {
    const names = { namespaces: { exclude: ["kube-system"] }, containers: { exclude: ["proxy"] } };
    assert.deepEqual(logFiles(selection(names), []).exclude, [
      ...compressed,
      "/var/log/pods/*_*_*/proxy/*.log*",
      "/var/log/pods/kube-system_*_*/*/*.log*",
    ]);
  });

  it("never belong to the collectors themselves, whatever a pipeline takes", () => {
    const own = [{ namespace: "telemetry-logs", name: "telemetry-log-agent" }];
    const all = selection({ namespaces: { include: ["telemetry-logs"] } });
    assert.deepEqual(logFiles(all, own).exclude, [
      ...compressed,
      "/var/log/pods/telemetry-logs_telemetry-log-agent-*_*/*/*.log*",
    ]);
  });
});
