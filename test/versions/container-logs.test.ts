import { testContainerLogs } from "../programs/container-log-tests";
import { collectors } from "./collectors";

const [{ version, program }] = collectors;

// The tests of programs run on the newest collector.
describe(`on collector ${version}`, () => testContainerLogs(program));
