/**
 * The fault plan: rules matched in order, consumed by count. A plan is data; what each action does to a call is decided where it
 * acts (fault-replies.ts, delivery.ts, create-backup.ts). Deliberately without timers.
 */
import * as z from "zod";
import type { Chance } from "./chance.ts";
import { inDailyWindow } from "./lifecycle.ts";
import { BODY_FORMS } from "./refusals.ts";

const status = z.int().min(100).max(599);
const ms = z.int().min(0);

const actionSchema = z.discriminatedUnion("kind", [
  /** Answer with this instead of what the operation says; `performed` lets the operation take effect first. */
  z.strictObject({
    kind: z.literal("status"),
    status,
    code: z.string().optional(),
    message: z.string().optional(),
    form: z.enum(BODY_FORMS).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.record(z.string(), z.unknown()).optional(),
    retryAfterSeconds: z.int().optional(),
    retryAfterForm: z.enum(["seconds", "date"]).default("seconds"),
    performed: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("html"), status: status.default(502), performed: z.boolean().default(false) }),
  /** Cut the connection without an answer, before or after the operation took effect. */
  z.strictObject({ kind: z.literal("drop-before") }),
  z.strictObject({ kind: z.literal("drop-after") }),
  /** Real milliseconds between the effect and the answer. */
  z.strictObject({ kind: z.literal("delay"), ms }),
  z.strictObject({ kind: z.literal("slow-body"), everyMs: ms.default(100), chunkBytes: z.int().min(1).default(16) }),
  /** Half of the body, either as if it were all or with the connection cut in the middle. */
  z.strictObject({ kind: z.literal("truncate"), cut: z.boolean().default(false) }),
  /** A body that does not end for so many bytes. */
  z.strictObject({ kind: z.literal("huge-body"), bytes: z.int().min(1).max(1_000_000_000).default(50_000_000) }),
  /** A listing that holds only its first rows; `total_count` stays true or is that of the rows shown. */
  z.strictObject({
    kind: z.literal("short-list"),
    rows: z.int().min(0).optional(),
    totalCount: z.enum(["true", "shown"]).default("true"),
  }),
  /** The first row of a listing once more at its end. */
  z.strictObject({ kind: z.literal("duplicate-row") }),
  /** A field of every row (or of the one object) with another value, or without any. */
  z.strictObject({ kind: z.literal("falsify"), field: z.string().min(1), value: z.unknown().optional() }),
  /** A well-formed answer that speaks of something else. */
  z.strictObject({ kind: z.literal("wrong-id"), field: z.enum(["id", "instance_id", "name"]).default("id") }),
  /** The instance of the call becomes busy now, for so long. */
  z.strictObject({ kind: z.literal("busy-for"), minutes: z.number().positive() }),
  /** What becomes of the backup that this call creates. */
  z.strictObject({ kind: z.literal("fail-backup"), when: z.enum(["early", "late"]).default("late") }),
  z.strictObject({ kind: z.literal("never-finish") }),
  z.strictObject({ kind: z.literal("vanish-after"), minutes: z.number().min(0) }),
  z.strictObject({ kind: z.literal("lag"), seconds: z.number().min(0) }),
]);

export const faultRuleSchema = z.strictObject({
  /** The name of an operation as in the call log; absent: any. */
  operation: z.string().optional(),
  method: z.string().optional(),
  projectId: z.string().optional(),
  region: z.string().optional(),
  instanceId: z.string().optional(),
  /** Regular expression on the name the call is about. */
  nameMatches: z.string().refine(isPattern, "not a regular expression").optional(),
  /** Simulated milliseconds after the plan was set, from which and until which the rule holds. */
  afterMs: ms.default(0),
  untilMs: ms.optional(),
  /** Only inside this daily window of simulated time, such as OTC's nightly maintenance. */
  daily: z
    .strictObject({ startUtc: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not hh:mm"), minutes: z.int().min(1) })
    .optional(),
  /** Skip the matching calls before the nth. */
  nth: z.int().min(1).default(1),
  /** How many calls the rule hits before it is used up. */
  times: z.union([z.int().min(1), z.literal("always")]).default(1),
  /** Share of the matching calls that are hit, decided by the seed. */
  probability: z.number().min(0).max(1).default(1),
  action: actionSchema,
});

export type FaultRule = z.output<typeof faultRuleSchema>;
export type FaultRuleSeed = z.input<typeof faultRuleSchema>;
export type FaultAction = z.output<typeof actionSchema>;

/** What a rule can be matched against. */
export interface CallSubject {
  operation: string;
  method: string;
  projectId: string | undefined;
  region: string | undefined;
  instanceId: string | undefined;
  name: string | undefined;
}

interface PlannedRule {
  rule: FaultRule;
  setAt: number;
  matched: number;
  hit: number;
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function concerns(rule: FaultRule, subject: CallSubject): boolean {
  const fields = ["operation", "method", "projectId", "region", "instanceId"] as const;
  if (fields.some((field) => rule[field] !== undefined && rule[field] !== subject[field])) return false;
  return rule.nameMatches === undefined || new RegExp(rule.nameMatches).test(subject.name ?? "");
}

export class FaultPlan {
  private rules: PlannedRule[] = [];
  private readonly chance: Chance;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  /** Replaces the plan; counts start anew. */
  set(rules: readonly FaultRule[], at: number): void {
    this.rules = [];
    for (const rule of rules) this.add(rule, at);
  }

  add(rule: FaultRule, at: number): void {
    this.rules.push({ rule, setAt: at, matched: 0, hit: 0 });
  }

  /** The rules with how many calls each matched and hit so far. */
  report(): Array<{ rule: FaultRule; matched: number; hit: number }> {
    return this.rules.map(({ rule, matched, hit }) => ({ rule, matched, hit }));
  }

  /** The action of the first rule that applies to a call; counts the call for that rule and for those it merely matched. */
  pick(subject: CallSubject, at: number): FaultAction | undefined {
    for (const [index, planned] of this.rules.entries()) {
      if (this.applies(planned, index, { subject, at })) return planned.rule.action;
    }
    return undefined;
  }

  private applies(planned: PlannedRule, index: number, call: { subject: CallSubject; at: number }): boolean {
    const { rule, setAt } = planned;
    if (rule.times !== "always" && planned.hit >= rule.times) return false;
    const sinceMs = call.at - setAt;
    if (sinceMs < rule.afterMs || (rule.untilMs !== undefined && sinceMs >= rule.untilMs)) return false;
    if (rule.daily !== undefined && !inDailyWindow(call.at, rule.daily.startUtc, rule.daily.minutes)) return false;
    if (!concerns(rule, call.subject)) return false;
    planned.matched += 1;
    if (planned.matched < rule.nth) return false;
    if (rule.probability < 1 && this.chance.fraction("fault", index, planned.matched) >= rule.probability) return false;
    planned.hit += 1;
    return true;
  }
}
