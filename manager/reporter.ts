import type { KubeConfig, V1ObjectReference } from "@kubernetes/client-node";
import type { Condition, PipelineStatus } from "../components/verification";
import type { UpdateResult } from "./engine";
import { mayHaveChanged } from "./engine-report";
import { changedConditions, Events, type Metrics, ObjectStatus, objectConditions } from "./report";
import { pipelineApiVersion, type FoundPipeline } from "./watch";
import type { CheckedPipeline } from "./desired-state";

/** Reports updates and conditions where people look: the log, Kubernetes' Events, metrics, and the status of objects. */
export class Reporter {
  private readonly events: Events;
  private readonly status: ObjectStatus;
  private known: readonly PipelineStatus[] = [];

  constructor(
    config: KubeConfig,
    instance: string,
    private readonly metrics: Metrics,
    /** The object of all events that are not about one pipeline object. */
    private readonly subject: () => V1ObjectReference,
    readonly log: (line: string) => void,
  ) {
    this.events = new Events(config, instance);
    this.status = new ObjectStatus(config, log);
  }

  /** Reports the status of all pipelines, after an update or a check. */
  async pipelines(statuses: readonly PipelineStatus[], objects: readonly CheckedPipeline[]): Promise<void> {
    this.metrics.pipelines(statuses);
    for (const { pipeline, condition } of changedConditions(this.known, statuses)) {
      const found = objects.find(({ found }) => idOf(found) === pipeline)?.found;
      const message = `${pipeline}: ${condition.type} is ${condition.status} (${condition.reason}). ${condition.message}`;
      this.log(message.trim());
      await this.events.report({
        type: condition.status === "False" ? "Warning" : "Normal",
        reason: condition.reason,
        message,
        about: found ? objectReference(found) : this.subject(),
      });
    }
    this.known = statuses;
    for (const { found, refusal } of objects) {
      const conditions: readonly Condition[] =
        statuses.find(({ pipeline }) => pipeline === idOf(found))?.conditions ?? [];
      if (refusal === undefined && conditions.length === 0) continue;
      await this.status.write(found, objectConditions(found, conditions, refusal, new Date()));
    }
  }

  /** Reports how an update ended. */
  async updated(result: UpdateResult, why: string, seconds: number): Promise<void> {
    const { outcome, message, changes } = result;
    this.metrics.updated(outcome, why, seconds);
    const took = `after ${seconds.toFixed(0)} s`;
    switch (outcome) {
      case "done":
        this.log(`Updated ${took}, ${changes} resources changed.`);
        // The proof of delivery is a resource that changes in each update.
        if (changes > 1) await this.reportEvent("Normal", "Updated", `${changes} resources changed (${why}).`);
        return;
      case "locked":
        return this.log(message);
      case "refused":
        this.log(
          `Refused ${took}; ${mayHaveChanged(result) ? `${changes} resources were changed before` : "nothing was changed"}.\n${message}`,
        );
        return this.reportEvent("Warning", "UpdateRefused", message);
      case "wentBack":
        this.log(`Went back ${took}; the same inputs are not tried again.\n${message}`);
        return this.reportEvent("Warning", "WentBack", message);
      case "failed":
        this.log(`Failed ${took}.\n${message}`);
        return this.reportEvent("Warning", "UpdateFailed", message);
    }
  }

  private reportEvent(type: "Normal" | "Warning", reason: string, message: string): Promise<void> {
    return this.events.report({ type, reason, message, about: this.subject() });
  }

  /** The statuses of the last report. */
  statuses(): readonly PipelineStatus[] {
    return this.known;
  }
}

const idOf = ({ kind, object }: FoundPipeline): string => `${kind.id}/${object.metadata?.name}`;

const objectReference = ({ kind, object }: FoundPipeline): V1ObjectReference => ({
  apiVersion: pipelineApiVersion,
  kind: kind.kind,
  name: object.metadata?.name,
  uid: object.metadata?.uid,
});
