// The tests that `npm run mutate` runs against each changed line of the decision core: pure ones only, thousands of times.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/shared/domain/*.test.ts"],
    exclude: [
      "test/shared/domain/*slots*.test.ts",
      "test/shared/domain/retention*.test.ts",
      "test/shared/domain/time-zone.test.ts",
    ],
    env: { TZ: "Europe/Berlin" },
  },
});
