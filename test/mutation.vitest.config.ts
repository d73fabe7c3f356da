// The tests that `npm run mutate` runs against each changed line of the decision core: quick and pure ones, hundreds of times.

import { defineConfig } from "vitest/config";

const core = [
  "run-machine",
  "run-transitions",
  "doubted-name",
  "slots",
  "slots-judged",
  "daily-window",
  "decide-look",
  "plan-looks",
  "decision-trace",
  "good",
  "naming",
  "occupied-databases",
  "decisions-at-otc",
  "reconciliation",
  "retention",
  "retention-mark",
  "retention-plan",
  "retention-preview",
  "retention-verdict",
  "selection",
];

export default defineConfig({
  test: {
    include: [...core.map((name) => `test/shared/domain/**/${name}.test.ts`), "test/shared/otc/error-table.test.ts"],
    testTimeout: 30_000,
    env: { TZ: "Europe/Berlin" },
  },
});
