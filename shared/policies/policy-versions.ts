// What a policy said at which time, from its versions as they are stored.

import type { PolicyVersion } from "../domain/slots/owed-time.ts";
import { parsePolicy } from "./parse-policy.ts";

/** Each as it was in force; one that today's parser refuses counts as unknown. */
export function policyVersions(
  stored: readonly { readonly since: number; readonly raw: unknown }[],
  now: number,
): PolicyVersion[] {
  return stored.map(({ since, raw }) => {
    const parse = parsePolicy(raw, now);
    return { since, policy: parse.ok ? parse.policy : undefined };
  });
}
