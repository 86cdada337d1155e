import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { renderGatewayConfig } from "../../../components/plan/gateway-config";
import { pipelineModels } from "../../../components/plan";
import { parsePipelines, type Pipeline, type RawConfiguration } from "../../../components/settings";
import { gateway } from "../helpers/models";

const recorded = (file: string): string => readFileSync(join(__dirname, "recorded", file), "utf8");

export function readPipelines(raw: RawConfiguration): readonly Pipeline[] {
  return parsePipelines(raw, { now: new Date() }).pipelines;
}

export function configurationOf(pipelines: readonly Pipeline[]): string {
  return renderGatewayConfig(gateway(pipelineModels(pipelines)));
}

/** Pipelines that the collector refuses, and the stock collector's messages about them. */
export const refused = {
  pipelines: (): readonly Pipeline[] => readPipelines(parse(recorded("refused.yaml")) as RawConfiguration),
  said: recorded("said.txt"),
  probed: recorded("probed.txt"),
};

const ottl = "https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/pkg/ottl";

/** The findings that users read about these pipelines. */
export const refusedFindings = [
  `metricPipelines[1].transform[0].statements[1]: is refused by the collector: statement has invalid syntax at 1:48: (expected <opcomparison> Value). See ${ottl}.`,
  `metricPipelines[1].transform[0].statements[2]: is refused by the collector: statement has invalid syntax at 1:31 near \`"b")\`: (expected ")" Key*). See ${ottl}.`,
  `metricPipelines[2].transform[0].statements[0]: is refused by the collector: inferred context "datapoint" does not support the function "Foo". See ${ottl}/ottlfuncs.`,
  `metricPipelines[3].transform[0]: has parts that do not go together: inferred context "datapoint" does not support the function "convert_sum_to_gauge". Move the parts about another context into their own entry, see ${ottl}/ottlfuncs.`,
  `metricPipelines[4].transform[0].statements[0]: is refused by the collector: invalid argument at position 1: error while parsing arguments for call to "Concat": incorrect number of arguments. Expected: 2 Received: 1. See ${ottl}/ottlfuncs.`,
  `metricPipelines[5].filter[0].conditions[0]: is refused by the collector: segment "nam" from path "metric.nam" is not a valid path nor a valid OTTL keyword for the metric context. See ${ottl}/contexts/ottlmetric.`,
  `metricPipelines[5].filter[0].conditions[2]: is refused by the collector: segment "nix" from path "metric.nix" is not a valid path nor a valid OTTL keyword for the metric context. See ${ottl}/contexts/ottlmetric.`,
  `metricPipelines[6].filter[0].conditions[0]: is refused by the collector: the regex pattern supplied to IsMatch '"("' is not a valid pattern: error parsing regexp: missing closing ): \`(\`. See ${ottl}/ottlfuncs.`,
  `metricPipelines[7].filter[0].conditions[0]: is refused by the collector: inferred context "metric" does not support the enum symbol "METRIC_DATA_TYPE_FOO". See ${ottl}/contexts/ottlmetric.`,
  `metricPipelines[8].transform[0].conditions[0]: is refused by the collector: segment "nam" from path "metric.nam" is not a valid path nor a valid OTTL keyword for the metric context. See ${ottl}/contexts/ottlmetric.`,
  `metricPipelines[9].transform[0].statements[0]: is refused by the collector: invalid argument at position 1: expected string but got int64. See ${ottl}/ottlfuncs.`,
  `tracePipelines[0].filter[0].conditions[0]: is refused by the collector: inferred context "span" does not support the function "Bar". See ${ottl}/ottlfuncs.`,
  `tracePipelines[1].filter[0].conditions[0]: is refused by the collector: the keys indexing "name" were not used by the context - this likely means you are trying to index a path that does not support indexing. See ${ottl}.`,
  `logPipelines[0].transform[0].statements[0]: is refused by the collector: invalid argument at position 1: couldn't create function: the regex pattern supplied to ExtractGrokPatterns '"%{NOPE:x}"' is not a valid pattern: pattern definition "NOPE" unknown: parsing failed. See ${ottl}/ottlfuncs.`,
  `logPipelines[1].filter[0].conditions[0]: is refused by the collector: inferred context "log" does not support the enum symbol "SEVERITY_NUMBER_WARNING". See ${ottl}/contexts/ottllog.`,
  `logPipelines[2].transform[0].statements[0]: is refused by the collector: invalid argument at position 1: error while parsing arguments for call to "Split": no such parameter: separator. See ${ottl}/ottlfuncs.`,
  `logPipelines[3].filter[0].conditions[0]: is refused by the collector: segment "bodi" from path "log.bodi" is not a valid path nor a valid OTTL keyword for the log context. See ${ottl}/contexts/ottllog.`,
];
