import { parseAllDocuments } from "yaml";
import type { Fields } from "./scene";

/** The manifests of a file that is good. */
export const manifestsOf = (text: string): Fields[] =>
  [...parseAllDocuments(text)].flatMap((document) => {
    const content = document.toJS() as Fields | null;
    return content === null ? [] : [content];
  });
