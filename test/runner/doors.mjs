/** Rooms inside of other rooms that any file can import. All other inner rooms are for the room around them only. */
const openRooms = ["lab/build", "lab/host", "manager/deployment", "manager/status-page"];

/** The command line loads each task of the tests when the task runs. */
const testTasks = "test/tasks/[^/]+";

/**
 * A pattern for imports that reach past a door: they name a folder and something behind it. `components` has no door of its
 * own, but each of its rooms has one. A rule sees the text of an import and not the file that it resolves to.
 */
const pastDoor = `^(\\.{1,2}/)+(components/)?(?!components/|(${[...openRooms, testTasks].join("|")})$)[^./][^/]*/.`;

const message = "Import a folder through its door: name the folder, and export what you need from its index.ts.";

/** Lint rules by which the only way into a folder is its `index.ts`. */
export const doorRules = {
  "no-restricted-imports": ["error", { patterns: [{ regex: pastDoor, message }] }],
  // The rule above does not see `import("…")`.
  "no-restricted-syntax": [
    "error",
    { selector: `ImportExpression > Literal[value=/${pastDoor.replaceAll("/", "\\/")}/]`, message },
  ],
};
