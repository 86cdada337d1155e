/** Stand-ins for environments without their own backend or applications. */
export { DevelopmentBackend } from "./development-backend";
export { SampleApplication } from "./sample-application";
