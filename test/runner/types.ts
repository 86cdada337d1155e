import { join } from "node:path";
import ts from "typescript";
import { local, root } from "../../lab/host";

/**
 * Checks types like `tsc --noEmit --incremental`: of all files, and once more of the files that the program's entry
 * reaches by itself, as Pulumi compiles it. Both checks share the parsed files, because parsing takes most of the time
 * when little has changed.
 */
function checkTypes(): readonly ts.Diagnostic[] {
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, configHost);
  if (!parsed) throw new Error("tsconfig.json cannot be read");
  const { options, fileNames } = parsed;
  const host = ts.createIncrementalCompilerHost(options);
  // Like `tsc`: the compiler's own default parses all comments, which is a fifth of the time.
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  const read = host.getSourceFile.bind(host);
  const files = new Map<string, ts.SourceFile | undefined>();
  host.getSourceFile = (name, ...rest) => {
    if (!files.has(name)) files.set(name, read(name, ...rest));
    return files.get(name);
  };
  const check = (rootNames: readonly string[], state: string): ts.Diagnostic[] => {
    const own = { ...options, incremental: true, tsBuildInfoFile: join(local, state) };
    const program = ts.createIncrementalProgram({ rootNames, options: own, host });
    const problems = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...program.getSyntacticDiagnostics(),
      ...program.getSemanticDiagnostics(),
    ];
    // Writes only the state, with which unchanged files keep their findings: the options let nothing else be emitted.
    program.emit();
    return problems;
  };
  return [
    ...parsed.errors,
    ...check(fileNames, "tsc.tsbuildinfo"),
    ...check([join(root, "index.ts")], "entry.tsbuildinfo"),
  ];
}

const configHost: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (problem) => {
    throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, " "));
  },
};

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => "\n",
};

const problems = ts.sortAndDeduplicateDiagnostics(checkTypes());
process.stdout.write(ts.formatDiagnostics(problems, formatHost));
process.exitCode = problems.length === 0 ? 0 : 1;
