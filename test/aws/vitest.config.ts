import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/aws/**/*.aws.ts"],
    globalSetup: ["test/aws/emulator-setup.ts"],
    testTimeout: 900_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    env: { TZ: "UTC", AWS_EC2_METADATA_DISABLED: "true" },
  },
});
