import { testContainerLogs } from "./container-log-tests";

testContainerLogs("otelcol-contrib");
