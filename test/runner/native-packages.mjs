import Module from "node:module";

/**
 * Lets Node load packages without tsx, also in the child processes of tests. Tsx transpiles packages that are ES modules,
 * such as the thousand files of the Kubernetes client, which takes longer than most tests.
 */
const native = Module._extensions[".js"];
let installed = native;
Object.defineProperty(Module._extensions, ".js", {
  get: () => installed,
  set: (loader) => {
    installed = (module, file) => (file.includes("/node_modules/") ? native : loader)(module, file);
  },
});
