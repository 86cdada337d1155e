import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { collectorImage, collectorVersions, configurationFile } from "../../components/contract";
import { pipelineModels } from "../../components/plan";
import { formatFinding } from "../../components/schema";
import { parsePipelines, type Pipeline, type RawConfiguration } from "../../components/settings";
import { placeholderFiles } from "../../components/validation/placeholders";
import { validateHere } from "../../components/validation/validate-here";
import { environments } from "../golden/environments";
import { configurationOf, refused, refusedFindings } from "../unit/validation/refused";
import { collectors } from "./collectors";

interface ConfigMap {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The configurations of an environment's collectors, from its golden file. */
function configurations(environment: string): string[] {
  const text = readFileSync(join(__dirname, `../golden/files/${environment}.yaml`), "utf8");
  return parseAllDocuments(text)
    .map((document) => document.toJS() as ConfigMap)
    .flatMap(({ kind, data }) => (kind === "ConfigMap" && data?.[configurationFile]) || []);
}

for (const { version, program } of collectors) {
  /** The findings of this collector; a collector that cannot judge fails the test. */
  const findingsOf = (texts: readonly string[], pipelines: readonly Pipeline[]): string[] => {
    const { findings, notes } = validateHere({
      collectors: texts.map((configuration) => ({ configuration, image: collectorImage(version) })),
      pipelines: pipelineModels(pipelines),
      files: placeholderFiles(pipelines),
      settings: { mode: "full", timeoutSeconds: 30, collector: program },
      searchPath: "",
      preview: true,
    });
    assert.deepEqual(notes, []);
    return findings.map(formatFinding);
  };

  describe(`collector ${version}`, () => {
    for (const [name, environment] of Object.entries(environments)) {
      it(`accepts every configuration of the environment ${name}`, () => {
        const texts = configurations(name);
        assert.ok(texts.length > 0);
        assert.deepEqual(
          findingsOf(
            texts,
            parsePipelines({ ...environment, facts: undefined } as RawConfiguration, { now: new Date() }).pipelines,
          ),
          [],
        );
      });
    }

    it("refuses the same statements and conditions, with the same message except about syntax", () => {
      const pipelines = refused.pipelines();
      const same = (line: string): string => line.replace(/(invalid syntax).*(?=\. See)/, "$1");
      const expected = refusedFindings.map((line) => same(line.replaceAll(collectorVersions.newest, version)));
      assert.deepEqual(findingsOf([configurationOf(pipelines)], pipelines).map(same), expected);
    });
  });
}
