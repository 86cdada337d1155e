import { conditionTypes, reasons } from "../../components/verification";

const intro = `# Conditions

Which states can a pipeline have, and what is there to do about each? Every pipeline has conditions in the form of Kubernetes'
own. \`pulumi up\` and \`npm run status\` print them, the stack's output \`pipelines\` and the manager's metrics contain them, and
the manager writes them to the status of pipeline objects. [verification.md](verification.md) describes how they are found.

- A pipeline is healthy if none of its conditions is False. Unknown means that there is no evidence.
- A warning is True and has something to do nevertheless.
- The message of a condition names the object, the problem and the remedy. Messages can change, reasons do not: use type,
  status and reason in alerts.`;

const escape = (text: string): string => text.replaceAll("|", "\\|");

function section([type, { column, meaning }]: [string, { readonly column: string; readonly meaning: string }]): string {
  const rows = reasons
    .filter((row) => row.type === type)
    .map((row) => {
      const status = "isWarning" in row ? `${row.status}, warning` : row.status;
      return `| \`${row.reason}\` | ${status} | ${escape(row.meaning)} | ${escape(row.remedy)} |`;
    });
  return [
    `## ${type}`,
    `${meaning} Column \`${column}\` in tables.`,
    ["| Reason | Status | Meaning | What to do |", "| --- | --- | --- | --- |", ...rows].join("\n"),
  ].join("\n\n");
}

/** All conditions with their reasons, from the table in the code. */
export function conditionsPage(): string {
  return [
    "<!-- Made by docs/generate.ts. Change components/verification/reasons, not this page. -->",
    intro,
    ...Object.entries(conditionTypes).map(section),
    "",
  ].join("\n\n");
}
