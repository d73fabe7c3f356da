import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    env: { TZ: "Europe/Berlin", AWS_EC2_METADATA_DISABLED: "true" },
  },
});
