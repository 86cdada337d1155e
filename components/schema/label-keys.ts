import { isAnnotationKey, isLabelKey } from "./kubernetes-names";

const most = { name: 63, prefix: 253 };

/** Keys that are shown as they are: another text may be a credential in the wrong place. */
const readable = /^[\w./-]{1,63}$/;

/** Returns the findings about the keys of labels, each with the key and its fault. */
export const labelKeyFaults = (keys: readonly string[]): string[] =>
  keys.flatMap((key, i) => (isLabelKey(key) ? [] : [faultAt(key, i, keys.length, "a label")]));

/** Returns the findings about the keys of annotations. Their prefix may have capital letters. */
export const annotationKeyFaults = (keys: readonly string[]): string[] =>
  keys.flatMap((key, i) =>
    isAnnotationKey(key) ? [] : [faultAt(key.toLowerCase(), i, keys.length, "an annotation", key)],
  );

function faultAt(checked: string, index: number, count: number, of: string, key = checked): string {
  const which = readable.test(key)
    ? `the key \`${key}\``
    : count === 1
      ? "a key"
      : `a key (number ${index + 1} of ${count})`;
  return `has ${which} that ${of} cannot have: ${keyFault(checked)}`;
}

/** States why a text is not `name` or `prefix/name`. */
function keyFault(key: string): string {
  const cut = key.indexOf("/");
  const [prefix, name] = cut < 0 ? [undefined, key] : [key.slice(0, cut), key.slice(cut + 1)];
  if (key === "") return "it is empty";
  if (name.includes("/")) return "it has more than one `/`";
  if (prefix === "") return "it has nothing before its `/`";
  if (name === "") return "it has nothing behind its `/`";
  if (/\s/.test(key)) return "it has white space";
  if (prefix !== undefined && prefix.length > most.prefix) return `its prefix has more than ${most.prefix} characters`;
  if (prefix !== undefined && !isLabelKey(`${prefix}/a`))
    return /[A-Z]/.test(prefix)
      ? "its prefix has capital letters"
      : "its prefix is not a DNS name of lower-case letters, digits, `-` and `.`";
  if (/[^\w.-]/.test(name)) return "it has a character other than letters, digits, `-`, `_` and `.`";
  if (name.length > most.name) return `its name has more than ${most.name} characters`;
  return "its name does not start and end with a letter or a digit";
}
