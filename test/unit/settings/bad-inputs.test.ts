import assert from "node:assert/strict";
import { errorLines, type BadInput } from "./helpers";
import { credentials } from "./inputs/credentials";
import { endpoints } from "./inputs/endpoints";
import { names } from "./inputs/names";
import { ottl } from "./inputs/ottl";
import { settings } from "./inputs/settings";
import { shapes } from "./inputs/shape";
import { tlsMaterial } from "./inputs/tls";

const topics: Readonly<Record<string, readonly BadInput[]>> = {
  "Fields that are missing, unknown or of the wrong type": shapes,
  "Names of pipelines, namespaces and metrics": names,
  Endpoints: endpoints,
  "TLS material": tlsMaterial,
  "Authentication and headers": credentials,
  OTTL: ottl,
  "Settings of all pipelines": settings,
};

describe("The configuration refuses, with exactly these lines:", () => {
  for (const [topic, rows] of Object.entries(topics)) {
    describe(topic, () => {
      for (const [behaviour, raw, lines] of rows) {
        it(behaviour, () => assert.deepEqual(errorLines(raw), lines));
      }
    });
  }
});
