import { signals } from "../components/contract";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns whether a pipeline takes container logs: one of the stack's settings that turns them on, or a manifest that does
 * not turn them off. The content is as users wrote it, so anything can be missing or of another type.
 */
export function takesContainerLogs(written: unknown, manifests: readonly unknown[]): boolean {
  const isOn = (pipeline: unknown): boolean => at(pipeline, "input", "runtime", "enabled") === true;
  return listOf(written).some(isOn) || manifests.flatMap(itemsOf).some(isOnInManifest);
}

function isOnInManifest(manifest: unknown): boolean {
  if (at(manifest, "kind") !== signals.logs.kind) return false;
  const enabled = ["runtime", "application"].map((input) => at(manifest, "spec", "input", input, "enabled"));
  return !enabled.includes(false);
}

const itemsOf = (document: unknown): unknown[] => [document, ...listOf(at(document, "items"))];

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (typeof part === "object" && part !== null ? (part as Fields)[key] : undefined),
    value,
  );
