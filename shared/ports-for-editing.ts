// Policy rows as people edit them through the command line: read exactly as stored, written only over exactly that. No
// workflow needs these.

import type { Observed } from "./domain/observed.ts";
import type { PolicyParse } from "./policies/parse-policy.ts";
import type { PolicyVersionStore, WriteOutcome } from "./ports.ts";

export type PolicyHistory = Pick<PolicyVersionStore, "versions">;

/** A row exactly as it is stored, so that an edit can be written over exactly that and nothing newer. */
export interface StoredRow {
  readonly policyId: string;
  readonly parse: PolicyParse;
  readonly observed: Observed | undefined;
  /** Plain data without `observed`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Stored form, the adapter's own. */
  readonly stored: unknown;
}

/** Edits of rows by people. `lost-race`: the row is not as it was read; nothing was written. */
export interface PolicyEditor {
  read(policyId: string): Promise<StoredRow | undefined>;
  create(fields: Readonly<Record<string, unknown>>): Promise<WriteOutcome>;
  /** Afterwards the row has exactly these fields; `observed` is left to its owner. */
  replace(previous: StoredRow, fields: Readonly<Record<string, unknown>>): Promise<WriteOutcome>;
  remove(previous: StoredRow): Promise<WriteOutcome>;
}
