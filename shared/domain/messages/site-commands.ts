// Commands in texts for people stand in backticks and name no site. Before a text leaves, each is made one that can be
// pasted as it stands: whoever reads it at night has several stages and one terminal.

import type { Notice } from "./alert-text.ts";
import { shellWord } from "./terminal-text.ts";

const command = /`(npx otc-backup [^`]*)`/g;

/** How a command names the site of this machine that keeps its state in `folder`. */
export function localFlags(folder: string): string {
  return folder === ".local" ? "--local" : `--local --folder ${shellWord(folder)}`;
}

/** The text with `flags`, such as `--stage prod`, in every command. */
export function commandsOn(flags: string, text: string): string {
  return text.replaceAll(command, (_whole, bare: string) => `${bare} ${flags}`);
}

/** The same for a reader that shows what stands in backticks as a command. */
export function quotedCommandsOn(flags: string, text: string): string {
  return text.replaceAll(command, (_whole, bare: string) => `\`${bare} ${flags}\``);
}

/** The notice with the site in every command. */
export function withSite(notice: Notice, flags: string): Notice {
  return { ...notice, body: commandsOn(flags, notice.body) };
}
