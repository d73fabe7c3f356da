import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // For what hangs; a busy machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    env: { TZ: "Europe/Berlin", AWS_EC2_METADATA_DISABLED: "true" },
  },
});
