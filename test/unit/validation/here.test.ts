import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentialFiles } from "../../../components/credentials/credential-files";
import { pipelineModels } from "../../../components/plan";
import { formatFinding } from "../../../components/schema";
import { type ValidationSettings } from "../../../components/settings";
import { validateHere, type ValidatedHere } from "../../../components/validation/validate-here";
import { placeholderFiles } from "../../../components/validation/placeholders";
import { configurationOf, readPipelines, refused, refusedFindings } from "./refused";

const folder = mkdtempSync(join(tmpdir(), "validation-test-"));

/** Stands in for a collector: a shell script. It proves nothing about a real collector. */
function program(name: string, script: string, version = "0.161.0"): string {
  const path = join(folder, name);
  const text = `#!/bin/sh\nif [ "$1" = --version ]; then echo "otelcol-contrib version ${version}"; exit; fi\nfile="\${2#--config=}"\n${script}\n`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function validate(
  settings: Partial<ValidationSettings>,
  change: { image?: string; preview?: boolean } = {},
): ValidatedHere {
  const pipelines = refused.pipelines();
  return validateHere({
    collectors: [
      {
        configuration: configurationOf(pipelines),
        image: change.image ?? "docker.io/otel/opentelemetry-collector-contrib:0.161.0",
      },
    ],
    pipelines: pipelineModels(pipelines),
    files: placeholderFiles(pipelines),
    settings: { mode: "full", timeoutSeconds: 10, ...settings },
    searchPath: folder,
    preview: change.preview ?? true,
  });
}

describe("validation on this machine", () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  const absent = `no collector binary found. Put otelcol-contrib 0.161.0 on PATH, or its path into telemetry:validation.collector.`;

  it("reports a missing collector, and whether anything else validates", () => {
    assert.deepEqual(validate({}), {
      findings: [],
      notes: [`Not validated in preview: ${absent} The update validates in the cluster before anything rolls.`],
    });
    assert.deepEqual(validate({}, { preview: false }), { findings: [], notes: [] });
    assert.deepEqual(validate({ mode: "local" }, { preview: false }), {
      findings: [],
      notes: [`Not validated here: ${absent} With telemetry:validation.mode local, nothing else validates.`],
    });
    assert.deepEqual(validate({ mode: "off" }), {
      findings: [],
      notes: ["Not validated: telemetry:validation.mode is off."],
    });
  });

  it("does not use a collector of another version than the one that will run", () => {
    program("otelcol-contrib", "exit 1", "0.99.0");
    assert.match(
      validate({}).notes.join(),
      /^Not validated in preview: \S+ is version 0\.99\.0, but 0\.161\.0 will run\. Put/,
    );
    const image = "registry.example.com/collector:v0.99.0@sha256:0123456789abcdef";
    assert.match(validate({}, { image }).notes.join(), /gave no answer/);
  });

  it("gives no verdict with whatever collector it finds if the image names no version", () => {
    program("otelcol-contrib", "exit 1");
    const why =
      "the image has no version at the start of its tag. Write it there, or name the image's collector in telemetry:validation.collector.";
    for (const image of ["acme/collector:latest", `acme/collector@sha256:${"0".repeat(64)}`]) {
      assert.deepEqual(validate({}, { image }), {
        findings: [],
        notes: [`Not validated in preview: ${why} The update validates in the cluster before anything rolls.`],
      });
      assert.deepEqual(validate({}, { image, preview: false }), { findings: [], notes: [] });
      assert.deepEqual(validate({ mode: "local" }, { image, preview: false }).notes, [
        `Not validated here: ${why} With telemetry:validation.mode local, nothing else validates.`,
      ]);
    }
  });

  it("reports that the collector which the user names may differ if the image names no version", () => {
    const image = "acme/collector:latest";
    const [accepting, refusing] = [
      program("accepting", "exit 0", "2.3.0"),
      program("refusing-all", "echo 'Error: no' >&2; exit 1", "2.3.0"),
    ];
    const note = (path: string): string =>
      `Validated with ${path} 2.3.0, which may differ from the collector in the cluster: the image has no version at the start of its tag.`;
    assert.deepEqual(validate({ collector: accepting }, { image }), { findings: [], notes: [note(accepting)] });
    assert.deepEqual(validate({ collector: accepting }, { image, preview: false }), { findings: [], notes: [] });
    assert.deepEqual(validate({ collector: accepting, mode: "local" }, { image, preview: false }).notes, [
      note(accepting),
    ]);
    const refused = validate({ collector: refusing }, { image, preview: false });
    assert.ok(refused.findings.length > 0);
    assert.deepEqual(refused.notes, [note(refusing)]);
  });

  it("judges an image of any patch or of a suffix with a collector of that version", () => {
    const collector = program("of-a-patch", "exit 0", "0.161.3");
    for (const image of ["otelcol:0.161", "otelcol:v0.161.3-amd64"])
      assert.deepEqual(validate({ collector }, { image }), { findings: [], notes: [] });
    assert.deepEqual(validate({ collector }, { image: "otelcol:0.161.0-alpine" }).findings.map(formatFinding), [
      `validation.collector: ${collector} is version 0.161.3, but 0.161.0 will run. Put otelcol-contrib 0.161.0 on PATH, or its path into telemetry:validation.collector.`,
    ]);
  });

  it("fails if the user names a collector that cannot be used", () => {
    const { findings } = validate({ collector: join(folder, "nowhere") });
    assert.deepEqual(findings.map(formatFinding), [
      `validation.collector: ${join(folder, "nowhere")} is not a collector that can be run. Put otelcol-contrib 0.161.0 on PATH, or its path into telemetry:validation.collector.`,
    ]);
  });

  it("goes on if the collector crashes", () => {
    const collector = program("crashing", "kill -9 $$");
    assert.match(
      validate({ collector }).notes.join(),
      /^Not validated in preview: \S+ gave no answer \(.*\)\. The update/,
    );
  });

  it("does not report missing files and variables that only a pod has", () => {
    const receiver =
      'Error: failed to build pipelines: failed to create "kubeletstats" receiver for data type "metrics": ';
    for (const cause of [
      "cert path /var/run/secrets/kubernetes.io/serviceaccount/ca.crt could not be read",
      "failed to create K8s API client: unable to load k8s config, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
    ]) {
      writeFileSync(join(folder, "said"), `${receiver}${cause}`);
      const collector = program("outside", `cat ${folder}/said >&2; exit 1`);
      assert.deepEqual(validate({ collector }), { findings: [], notes: [] }, cause);
    }
  });

  it("reports all faults together", () => {
    writeFileSync(join(folder, "said"), refused.said);
    writeFileSync(join(folder, "probed"), refused.probed);
    const answers = `if grep -q whole "$file"; then cat ${folder}/probed >&2; else cat ${folder}/said >&2; fi; exit 1`;
    const { findings, notes } = validate({ collector: program("refusing", answers) });
    assert.deepEqual(notes, []);
    assert.deepEqual(findings.map(formatFinding), refusedFindings);
  });

  it("gives the collector files of the same form in place of credentials, nothing of the environment, and leaves nothing behind", () => {
    const noted = join(folder, "noted");
    const collector = program(
      "noting",
      `{ env; cat "$file"; cat "$(dirname "$file")"/file-*; echo; dirname "$file"; } > ${noted}`,
    );
    const pipelines = readPipelines({
      tracePipelines: [
        {
          name: "a",
          output: {
            otlp: {
              endpoint: { valueFrom: { secretKeyRef: { name: "s", namespace: "n", key: "endpoint" } } },
              headers: [{ name: "X-Key", prefix: "Token", value: "hunter2-hunter2" }],
            },
          },
        },
      ],
    });
    process.env.VALIDATION_TEST = "hunter2-hunter2";
    const result = validateHere({
      // The same file twice, as when gateway and agent serve a pipeline.
      collectors: [1, 2].map(() => ({ configuration: configurationOf(pipelines), image: "collector:0.161.0" })),
      pipelines: pipelineModels(pipelines),
      files: placeholderFiles(pipelines),
      settings: { mode: "full", timeoutSeconds: 10, collector },
      searchPath: "",
      preview: true,
    });
    delete process.env.VALIDATION_TEST;
    assert.deepEqual(result, { findings: [], notes: [] });
    const text = readFileSync(noted, "utf8");
    assert.ok(!text.includes("hunter2") && !text.includes("/credentials/"), text);
    const used = text.trim().split("\n").at(-1) ?? "";
    assert.ok(text.includes(`headers: \${file:${used}/file-1}`), text);
    assert.ok(text.includes('https://placeholder.invalid:4317{"X-Key":"Token placeholder"}'), text);
    assert.throws(() => readFileSync(join(used, "configuration.yaml")), /ENOENT/);
  });
});

describe("placeholders", () => {
  it("replace every file of the merged Secret, whatever its parts", () => {
    const ref = { valueFrom: { secretKeyRef: { name: "s", namespace: "n", key: "k" } } };
    const pipelines = readPipelines({
      logPipelines: [
        {
          name: "a",
          output: {
            otlp: {
              endpoint: ref,
              authentication: { oauth2: { tokenURL: ref, clientID: ref, clientSecret: ref, scopes: ["s"] } },
              tls: { ca: ref, cert: ref, key: ref },
            },
          },
        },
        { name: "b", output: { otlp: { endpoint: ref, authentication: { basic: { user: ref, password: ref } } } } },
      ],
    });
    const files = placeholderFiles(pipelines);
    assert.deepEqual(
      Object.keys(files),
      credentialFiles(pipelines).map(({ key }) => `/credentials/${key}`),
    );
    assert.deepEqual(JSON.parse(files["/credentials/log_a_authentication"] ?? ""), {
      token_url: "https://placeholder.invalid:4317",
      client_id: "placeholder",
      client_secret: "placeholder",
      scopes: ["s"],
    });
  });
});
