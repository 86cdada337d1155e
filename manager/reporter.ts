import type { KubeConfig, V1ObjectReference } from "@kubernetes/client-node";
import type { Condition, PipelineStatus } from "../components/verification";
import type { Ended } from "./engine";
import { mayHaveChanged } from "./engine-report";
import { changedConditions } from "./report/condition-changes";
import { Events } from "./report/events";
import type { Metrics } from "./report/manager-metrics";
import { ObjectStatus, objectConditions } from "./report/object-status";
import { pipelineGroup, pipelineVersion, type FoundPipeline } from "./watch/watch-objects";
import type { JudgedPipeline } from "./desired-state";

/** Tells what happens where people look: the log, Kubernetes' Events, metrics, and the status of objects. */
export class Reporter {
  private readonly events: Events;
  private readonly status: ObjectStatus;
  private known: readonly PipelineStatus[] = [];

  constructor(
    config: KubeConfig,
    instance: string,
    private readonly metrics: Metrics,
    /** What events are about that concern no single object. */
    private readonly subject: () => V1ObjectReference,
    readonly log: (line: string) => void,
  ) {
    this.events = new Events(config, instance);
    this.status = new ObjectStatus(config, log);
  }

  /** What was found out about pipelines, in an update or without one. */
  async pipelines(statuses: readonly PipelineStatus[], objects: readonly JudgedPipeline[]): Promise<void> {
    this.metrics.pipelines(statuses);
    for (const { pipeline, condition } of changedConditions(this.known, statuses)) {
      const found = objects.find(({ found }) => idOf(found) === pipeline)?.found;
      const message = `${pipeline}: ${condition.type} is ${condition.status} (${condition.reason}). ${condition.message}`;
      this.log(message.trim());
      await this.events.tell({
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

  async updated(ended: Ended, why: string, seconds: number): Promise<void> {
    const { outcome, message, changes } = ended;
    this.metrics.updated(outcome, why, seconds);
    const took = `after ${seconds.toFixed(0)} s`;
    switch (outcome) {
      case "done":
        this.log(`Updated ${took}, ${changes} resources changed.`);
        // The proof of delivery is a resource that changes each time.
        if (changes > 1) await this.tell("Normal", "Updated", `${changes} resources changed (${why}).`);
        return;
      case "locked":
        return this.log(message);
      case "refused":
        this.log(
          `Refused ${took}; ${mayHaveChanged(ended) ? `${changes} resources were changed before` : "nothing was changed"}.\n${message}`,
        );
        return this.tell("Warning", "UpdateRefused", message);
      case "wentBack":
        this.log(`Went back ${took}; this is not tried again until it changes.\n${message}`);
        return this.tell("Warning", "WentBack", message);
      case "failed":
        this.log(`Failed ${took}.\n${message}`);
        return this.tell("Warning", "UpdateFailed", message);
    }
  }

  private tell(type: "Normal" | "Warning", reason: string, message: string): Promise<void> {
    return this.events.tell({ type, reason, message, about: this.subject() });
  }

  /** As of the last report. */
  statuses(): readonly PipelineStatus[] {
    return this.known;
  }
}

const idOf = ({ kind, object }: FoundPipeline): string => `${kind.id}/${object.metadata?.name}`;

const objectReference = ({ kind, object }: FoundPipeline): V1ObjectReference => ({
  apiVersion: `${pipelineGroup}/${pipelineVersion}`,
  kind: kind.kind,
  name: object.metadata?.name,
  uid: object.metadata?.uid,
});
