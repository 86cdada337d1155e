/** The files that `npm run render` writes, and the arguments and warnings of that command. */
export { checkFolder, writeFolder } from "./folder";
export { renderArguments, type RenderArguments } from "./render-arguments";
export { renderedFiles, renderProject } from "./rendered-files";
export { updateWarnings } from "./update-warnings";
