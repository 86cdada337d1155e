import { reasonRow, type reasons, type ConditionType } from "./reasons";

type Row = (typeof reasons)[number];

type Reason = Row["reason"];

/** The reasons that a condition of a type can have. */
export type ReasonOf<Type extends ConditionType, Status extends Row["status"] = Row["status"]> = Extract<
  Row,
  { type: Type; status: Status }
>["reason"];

type StatusOf<Type extends ConditionType, Name extends Reason> = Extract<Row, { type: Type; reason: Name }>["status"];

type OfRow<One extends Row> = One extends Row
  ? {
      readonly type: One["type"];
      readonly status: One["status"];
      readonly reason: One["reason"];
      /** The problem, its place, and the remedy. */
      readonly message: string;
    }
  : never;

/** One requirement of a pipeline and whether it holds. Only combinations that `reasons` lists have this type. */
export type Judged = OfRow<Row>;

/** The same in the form of Kubernetes' conditions. */
export type Condition = Judged & {
  /** When status or reason last changed, by RFC 3339. */
  readonly since: string;
};

/** Makes a condition. `status` is for reasons that the table lists with two; the first one is the default. */
export function condition<Type extends ConditionType, Name extends ReasonOf<Type>>(
  type: Type,
  reason: Name,
  message: string,
  status?: StatusOf<Type, Name>,
): Judged {
  const row = reasonRow(type, reason, status);
  if (row === undefined) throw new Error(`The table of reasons does not have ${reason} of ${type}.`);
  return { type: row.type, status: row.status, reason: row.reason, message } as Judged;
}

/** Whether there is something to do although the condition is True. */
export function isWarning({ type, status, reason }: Pick<Condition, "type" | "status" | "reason">): boolean {
  const row: object = reasonRow(type, reason, status) ?? {};
  return "isWarning" in row;
}
