import { parseAllDocuments } from "yaml";
import type { Fields } from "./scene";

/** Returns the manifests of a good file. */
export const manifestsOf = (text: string): Fields[] =>
  [...parseAllDocuments(text)].flatMap((document) => {
    const content = document.toJS() as Fields | null;
    return content === null ? [] : [content];
  });
