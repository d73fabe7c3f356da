import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // For what hangs; a busy machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Files of one worker share what they import: loading the SDK and the CDK anew for each took as long as a third of all tests.
    // So no test leaves anything behind: globals are stubbed through vi, which puts them back.
    isolate: false,
    // The main process only waits for its workers: a worker for each core, and not one less.
    maxWorkers: "100%",
    env: { TZ: "Europe/Berlin", AWS_EC2_METADATA_DISABLED: "true" },
  },
});
