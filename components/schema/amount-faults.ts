import type { FormatFault } from "./format-faults";

interface AmountKind {
  /** The units as Kubernetes spells them. */
  readonly units: readonly string[];
  /** How such an amount is written. */
  readonly form: string;
  /** Units in other spellings, in lower case, with the unit that is meant. */
  readonly meant: Readonly<Record<string, string>>;
  /** Units, in lower case, that are right for another kind of amount. */
  readonly misplaced: Readonly<Record<string, (digits: string) => FormatFault>>;
}

function thousandths(digits: string): FormatFault {
  return { problem: "has the unit `m`, which means thousandths of a byte", write: `${digits}Mi` };
}

const bytes: AmountKind = {
  units: ["Ki", "Mi", "Gi", "k", "M", "G"],
  form: "a number, then Ki, Mi, Gi, k, M, G or nothing for bytes",
  meant: {
    ...{ ki: "Ki", kib: "Ki", mi: "Mi", mib: "Mi", gi: "Gi", gib: "Gi" },
    ...{ k: "k", kb: "k", mb: "M", g: "G", gb: "G", b: "", byte: "", bytes: "" },
  },
  misplaced: {
    m: thousandths,
    ti: (digits) => ({
      problem: "has the unit Ti, which is larger than any limit here",
      write: `${times1024(digits)}Gi`,
    }),
  },
};

const volume: AmountKind = {
  units: ["Ki", "Mi", "Gi", "Ti"],
  form: "a whole number, then Ki, Mi, Gi or Ti",
  meant: {
    ...{ ki: "Ki", kib: "Ki", mi: "Mi", mib: "Mi", gi: "Gi", gib: "Gi", ti: "Ti", tib: "Ti" },
    ...{ k: "Ki", kb: "Ki", mb: "Mi", g: "Gi", gb: "Gi", t: "Ti", tb: "Ti" },
  },
  misplaced: { m: thousandths },
};

const cpu: AmountKind = {
  units: ["m"],
  form: "a whole number of millicores such as 200m, or a number of cores such as 0.5",
  meant: {
    ...{ millicores: "m", milli: "m", mcpu: "m", core: "", cores: "", cpu: "", cpus: "", vcpu: "" },
  },
  misplaced: Object.fromEntries(
    ["ki", "mi", "gi", "k", "g", "mib", "gib"].map((unit) => [
      unit,
      () => ({ problem: "has a unit of memory, but CPU is measured in cores" }),
    ]),
  ),
};

/** Returns what is wrong with an amount of memory that Kubernetes would not read, or would read as something else. */
export const bytesFault = (text: string): FormatFault => fault(text, bytes);

/** Returns what is wrong with the size of a volume. */
export const volumeFault = (text: string): FormatFault => fault(text, volume);

/** Returns what is wrong with an amount of CPU. */
export const cpuFault = (text: string): FormatFault => fault(text, cpu);

const numberAndRest = /^([+-]?)(\d+(?:[.,]\d+)?|[.,]\d+)?(\s*)([A-Za-zµ%]*)$/;

function fault(text: string, kind: AmountKind): FormatFault {
  const trimmed = text.trim();
  if (trimmed === "") return { problem: "is empty" };
  const [, sign = "", number, space = "", unit = ""] = numberAndRest.exec(trimmed) ?? [];
  const other = { problem: `is not an amount: write ${kind.form}` };
  if (number === undefined)
    return unit !== "" && kind.units.includes(unit) ? { problem: "has a unit without a number" } : other;
  const digits = number.replace(",", ".").replace(/^\./, "0.");
  const known = unit === "" || kind.units.includes(unit) ? unit : kind.meant[unit.toLowerCase()];
  const isKnown = known !== undefined;
  const write = isKnown ? { write: `${digits}${known}` } : {};
  if (isKnown && sign === "-") return { problem: "is negative", ...write };
  if (isKnown && sign === "+") return { problem: "has a `+` in front", ...write };
  if (isKnown && space !== "") return { problem: "has a space between the number and its unit", ...write };
  if (trimmed !== text && isKnown) return { problem: "has white space at its start or end", ...write };
  const misplaced = kind.misplaced[unit.toLowerCase()]?.(digits);
  if (!kind.units.includes(unit) && misplaced) return misplaced;
  if (!isKnown) return { problem: `has a unit that is not known here: write ${kind.form}` };
  if (number.includes(",")) return { problem: "has a comma in its number", ...write };
  if (number !== digits) return { problem: "has no digit before its point", ...write };
  if (unit !== known)
    return { problem: `has a unit in another spelling than ${known === "" ? "none" : known}`, ...write };
  return known === "m" ? { problem: "has a fraction of a millicore", write: `${Math.ceil(Number(digits))}m` } : other;
}

const times1024 = (digits: string): number => Math.ceil(Number(digits) * 1024);
