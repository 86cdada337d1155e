/** What environments without a backend or applications of their own have instead. */
export { DevelopmentBackend } from "./development-backend";
export { SampleApplication } from "./sample-application";
