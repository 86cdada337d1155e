/** The fields of every alert, and the templates of its texts. */

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  /** `critical`: data is lost, or will be within minutes. `warning`: look at it within the day. */
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Template of a pipeline's name in the configuration, from the id of the exporter in the labels of an alert. */
export const pipeline = '{{ reReplaceAll "^[^/]*/(metric|trace|log)s-" "${1}Pipelines/" $labels.exporter }}';
/** Templates of the value, and of the pod. */
export const amount = "{{ $value | humanize }}";
export const share = "{{ $value | humanizePercentage }}";
export const pod = "pod {{ $labels.pod }}";
