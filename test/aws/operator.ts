// A person with the command line in front of a deployed stage: the variables of that shell, and a file of policies.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { region } from "./deployed-stage.ts";
import type { EmulatedSite } from "./emulated-site.ts";

/** The AWS SDK's own variables, and what infra/settings.ts would say of the stage if it stood there. */
export function atStage(emulatorUrl: string, site: EmulatedSite): Record<string, string> {
  const { OTC_ENDPOINTS = "", BACKUP_NAME_PREFIX = "" } = site.deployed.functions[0]?.environment ?? {};
  return {
    ...{ AWS_ENDPOINT_URL: emulatorUrl, AWS_REGION: region, OTC_ENDPOINTS, BACKUP_NAME_PREFIX },
    ...{ AWS_ACCESS_KEY_ID: "emulated", AWS_SECRET_ACCESS_KEY: "emulated" },
  };
}

export function policiesFile(rows: readonly Record<string, unknown>[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "otc-backup-policies-")), "policies.yaml");
  writeFileSync(file, stringify(rows));
  return file;
}
