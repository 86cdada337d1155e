import { error, warning, type Finding } from "../../schema";

/** The text of a user name, password, client id or client secret. It is sent as it is. */
export function checkCredential(text: string, path: string): Finding[] {
  if (text === "") return [error(path, "is empty", "Give a value")];
  return /[\r\n]$/.test(text)
    ? [
        warning(
          path,
          "ends in a line break, which is sent with it",
          "Remove it, if it is one that `echo` added to a Secret",
        ),
      ]
    : [];
}

export function checkUser(text: string, path: string): Finding[] {
  return [
    ...checkCredential(text, path),
    ...(text.includes(":")
      ? [error(path, "has a `:` in it, where basic authentication ends the name", "Use a name without it")]
      : []),
  ];
}
