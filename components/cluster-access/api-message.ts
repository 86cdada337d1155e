import { ApiException, type V1Status } from "@kubernetes/client-node";
import { innermostMessage } from "./innermost-message";

/** Returns the API server's own message, or its status: the client's message also contains all headers, such as the time. */
export function apiMessage(error: unknown): string {
  if (!(error instanceof ApiException)) return innermostMessage(error);
  return statusMessage(String(error.body)) || `the API server answers with HTTP status ${error.code}`;
}

function statusMessage(body: string): string | undefined {
  try {
    return (JSON.parse(body) as V1Status).message;
  } catch {
    return undefined;
  }
}
