// Runs one bundled function the way Lambda does: imports the bundle once, then one invocation after the other. The bundle is
// what would be deployed, untouched; only the clock of this process is the test's, so that nights pass in seconds.

import { pathToFileURL } from "node:url";

const RealDate = Date;
let offsetMs = 0;
const now = () => RealDate.now() + offsetMs;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};

let bundle;
process.on("message", async ({ file, at, event, arn }) => {
  offsetMs = at - RealDate.now();
  const startedAt = RealDate.now();
  const context = {
    invokedFunctionArn: arn,
    getRemainingTimeInMillis: () => 120_000 - (RealDate.now() - startedAt),
  };
  try {
    bundle ??= await import(pathToFileURL(file).href);
    process.send({ value: await bundle.handler(event, context) });
  } catch (error) {
    process.send({ error: `${error.name}: ${error.message}` });
  }
});
