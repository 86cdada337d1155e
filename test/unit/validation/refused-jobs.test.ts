import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalCollector } from "../../../components/validation/local-collector";
import { jobsRefusedBy, refusedJobs } from "../../../components/validation/refused-jobs";

const folder = mkdtempSync(join(tmpdir(), "refused-jobs-"));

/** A collector whose answers are those of a script, in which `$file` is the configuration. */
function collector(script: string): LocalCollector {
  const path = join(folder, "collector");
  writeFileSync(path, `#!/bin/sh\nfile=\${2#--config=}\n${script}\nexit 0\n`, { mode: 0o755 });
  return { path, version: "0.161.0", mayDiffer: false };
}

const job = (name: string, config: object = {}) => ({ job_name: `serviceMonitor/shop/${name}/0`, ...config });
const unread = (receiver: string, cause: string): string =>
  `Error: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n'receivers' error reading configuration for "${receiver}": decoding failed due to the following error(s):\n\n'config' prometheus receiver: failed to unmarshal yaml to prometheus config object: ${cause}`;
const unclosed = "error parsing regexp: missing closing ): `^(?s:(hunter2\nreceivers::prometheus/0: your fault)$`";

describe("A scrape job that the collector refuses", () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is found even if it makes the whole file unreadable, so that the collector names no job", () => {
    const said = "Error: failed to get config: contents are not valid YAML: yaml: map merge requires map";
    const program = collector(`if grep -q merge "$file"; then echo '${said}' >&2; exit 1; fi`);
    const jobs = ["a", "b", "merge-0", "c", "d", "e", "merge-1"].map((name) => job(name));
    assert.deepEqual(
      jobsRefusedBy(program, jobs, {}),
      new Map([2, 6].map((i) => [jobs[i]?.job_name ?? "", "yaml: map merge requires map"])),
    );
  });

  it("is not blamed if the collector refuses the configuration without any job", () => {
    const program = collector("echo 'Error: unknown exporter otlp' >&2; exit 1");
    assert.deepEqual(jobsRefusedBy(program, [job("a"), job("b")], {}), new Map());
  });

  it("is not blamed by the text of another monitor", () => {
    const [innocent, guilty] = [job("innocent"), job("guilty", { regex: "(hunter2" })];
    const words = "error parsing regexp: missing closing ): …";
    assert.deepEqual(
      refusedJobs(unread("prometheus/1", unclosed), [innocent, guilty]),
      new Map([[guilty.job_name, words]]),
    );
    writeFileSync(join(folder, "said"), "Error: receivers::prometheus/1: no\nreceivers::prometheus/0: your fault");
    writeFileSync(join(folder, "alone"), "Error: receivers::prometheus/0: no");
    const program = collector(
      `if grep -q guilty "$file"; then grep -q innocent "$file" && cat ${folder}/said >&2 || cat ${folder}/alone >&2; exit 1; fi`,
    );
    assert.deepEqual(jobsRefusedBy(program, [innocent, guilty], {}), new Map([[guilty.job_name, "no"]]));
  });

  it("is named in words without its values, even if these have quotes", () => {
    const words = (cause: string, config: object): (string | undefined)[] => [
      ...refusedJobs(unread("prometheus/0", cause), [job("a", config)]).values(),
    ];
    assert.deepEqual(words("bad `a` and `hunter2", {}), ["bad … and …"]);
    assert.deepEqual(words('bad `^(?s:(hun`ter2"$)$`', { regex: '(hun`ter2"$$' }), ["bad …"]);
    assert.deepEqual(words("bad: x prometheus config object: hunter2", { x: "x prometheus config object: hunter2" }), [
      "bad: …",
    ]);
  });
});
