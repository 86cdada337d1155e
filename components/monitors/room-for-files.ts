import { mostObjectBytes } from "../contract";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorFile } from "./monitor-files";
import { fileContent, type ReadFiles } from "./monitor-secrets";

/** Bytes of the merged Secret that monitors may take; the rest is for the credentials of outputs. */
const mostFileBytes = mostObjectBytes * 0.75;

/** A job that is left out because of one of its files. */
interface WithoutRoom<J> {
  readonly job: J;
  readonly faults: readonly MonitorFault[];
}

/**
 * Leaves out jobs until the merged Secret has room for the files of the others: the API server would refuse a longer one in
 * the middle of the update. The namespace with the most bytes loses the jobs with its longest file first, so that no team
 * can cost another team its monitors.
 */
export function withRoomForFiles<J extends { readonly files: readonly MonitorFile[] }>(
  jobs: readonly J[],
  read: ReadFiles,
): { readonly jobs: readonly J[]; readonly without: readonly WithoutRoom<J>[] } {
  const sizes = sizesOf(jobs, read);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostFileBytes) return { jobs, without: [] };
  const { fileKey, bytes } = longestOfHeaviest(sizes);
  const without = jobs.flatMap((job): WithoutRoom<J>[] => {
    const files = job.files.filter((file) => file.fileKey === fileKey);
    return files.length === 0 ? [] : [{ job, faults: files.map((file) => withoutRoom(file, bytes, total)) }];
  });
  const rest = withRoomForFiles(
    jobs.filter((job) => !without.some((one) => one.job === job)),
    read,
  );
  return { jobs: rest.jobs, without: [...without, ...rest.without] };
}

interface FileSize {
  readonly fileKey: string;
  readonly namespace: string;
  readonly bytes: number;
}

/** Returns the bytes of each file in the merged Secret. */
function sizesOf(jobs: readonly { readonly files: readonly MonitorFile[] }[], { texts }: ReadFiles): FileSize[] {
  const files = new Map(jobs.flatMap((job) => job.files).map((file) => [file.fileKey, file]));
  return [...files.values()].map(({ fileKey, namespace, form }) => ({
    fileKey,
    namespace,
    bytes: Buffer.byteLength(fileContent(form, texts.get(fileKey) ?? "")),
  }));
}

/** Returns the longest file of the namespace whose files have the most bytes. */
function longestOfHeaviest(sizes: readonly FileSize[]): Pick<FileSize, "fileKey" | "bytes"> {
  const sums = new Map<string, number>();
  for (const { namespace, bytes } of sizes) sums.set(namespace, (sums.get(namespace) ?? 0) + bytes);
  const most = Math.max(...sums.values());
  const [longest] = sizes
    .filter(({ namespace }) => sums.get(namespace) === most)
    .sort((a, b) => b.bytes - a.bytes || (a.fileKey < b.fileKey ? -1 : 1));
  return longest ?? { fileKey: "", bytes: 0 };
}

const withoutRoom = ({ kind, name, key, field }: MonitorFile, bytes: number, total: number): MonitorFault =>
  fault(
    field,
    "endpoint",
    `refers to the key ${key} of ${kind} ${name} with ${bytes} bytes, monitors to ${total} bytes together, and the agents' Secret has room for ${mostFileBytes}`,
    "Keep only the authorities that the targets need",
  );
