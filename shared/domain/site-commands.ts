// Commands in texts for people stand in backticks and name no site. Before a text leaves, each is made one that can be
// pasted as it stands: whoever reads it at night has several stages and one terminal.

import type { Notice } from "./alert-text.ts";

const command = /`(npx otc-backup [^`]*)`/g;

/** The text with `--stage <name>` or the like in every command. */
export function commandsOn(site: string, text: string): string {
  return text.replaceAll(command, (_whole, bare: string) => `${bare} ${site}`);
}

/** The notice with the site in every command. `stage` is `local` for the site of one machine. */
export function withSite(notice: Notice, stage: string): Notice {
  return { ...notice, body: commandsOn(stage === "local" ? "--local" : `--stage ${stage}`, notice.body) };
}
