import { expect, test } from "vitest";
import { isSharedLine, sharedLines } from "../../../../shared/domain/coverage/shared-databases.ts";

test("each policy that shares databases has one line, which stays short however many there are", () => {
  const policyIds = ["a", "b", "c", "d", "e", "f"];
  const shared = Array.from({ length: 400 }, (_, n) => ({ id: `id-${n}`, name: `db-${n}`, policyIds }));
  const lines = sharedLines(shared);
  expect([...lines.keys()]).toEqual(policyIds);
  expect(lines.get("a")).toContain("databases shared: 400, such as db-0, also by b, c, d, 2 more;");
  expect([...lines.values()].every(isSharedLine)).toBe(true);
  expect(sharedLines([]).size).toBe(0);
});
