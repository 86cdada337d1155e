import Module from "node:module";

/*
 * Lets Node load packages without tsx, also in the child processes of tests. Tsx changes each step of Node's loader: it
 * resolves every import itself, transpiles packages that are ES modules, such as the thousand files of the Kubernetes
 * client, and makes Node read the source maps of all packages. Without that, packages load in half the time.
 */

const isInPackage = (place) => place?.includes("/node_modules/") ?? false;

/** Keeps Node's own function for packages when tsx replaces it. `placeOf` returns the place from the arguments. */
function keepForPackages(object, name, placeOf) {
  const native = object[name];
  let installed = native;
  Object.defineProperty(object, name, {
    get: () => installed,
    set: (replacement) => {
      installed = (...args) => (isInPackage(placeOf(...args)) ? native : replacement).apply(object, args);
    },
  });
}
keepForPackages(Module._extensions, ".js", (_module, file) => file);
keepForPackages(Module, "_resolveFilename", (_request, parent) => parent?.filename);

// Older versions of Node have neither such hooks nor a choice of source maps.
const { registerHooks } = Module;
if (registerHooks)
  Module.registerHooks = ({ resolve, load }) =>
    registerHooks({
      resolve: (specifier, context, next) =>
        isInPackage(context.parentURL) ? next(specifier, context) : resolve(specifier, context, next),
      load: (url, context, next) => (isInPackage(url) ? next(url, context) : load(url, context, next)),
    });

// Stacks show places in this project's TypeScript, and in the JavaScript of packages.
if (Module.setSourceMapsSupport)
  process.setSourceMapsEnabled = (enabled) =>
    Module.setSourceMapsSupport(enabled, { nodeModules: false, generatedCode: false });
