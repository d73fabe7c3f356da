import { expect, test } from "vitest";
import { withSite } from "../../../shared/domain/site-commands.ts";

const notice = {
  level: "page",
  dedupeKey: "k",
  subject: "PAGE",
  body: "first `npx otc-backup status`,\nthen `x` and `npx otc-backup why a/b/c`",
} as const;

test.each([
  ["prod", "first npx otc-backup status --stage prod,\nthen `x` and npx otc-backup why a/b/c --stage prod"],
  ["local", "first npx otc-backup status --local,\nthen `x` and npx otc-backup why a/b/c --local"],
])("every command in a text names the site: %s", (stage, body) => {
  expect(withSite(notice, stage)).toEqual({ ...notice, body });
});
