import { expect, test } from "vitest";
import { localFlags, withSite } from "../../../../shared/domain/messages/site-commands.ts";

const notice = {
  level: "page",
  dedupeKey: "k",
  subject: "PAGE",
  body: "first `npx otc-backup status`,\nthen `x` and `npx otc-backup why a/b/c`",
} as const;

test.each([
  ["--stage prod", "first npx otc-backup status --stage prod,\nthen `x` and npx otc-backup why a/b/c --stage prod"],
  [localFlags(".local"), "first npx otc-backup status --local,\nthen `x` and npx otc-backup why a/b/c --local"],
  [
    localFlags("my site"),
    "first npx otc-backup status --local --folder 'my site',\nthen `x` and npx otc-backup why a/b/c --local --folder 'my site'",
  ],
])("every command in a text names the site: %s", (flags, body) => {
  expect(withSite(notice, flags)).toEqual({ ...notice, body });
});
