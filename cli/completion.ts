// What a shell is told at every press of Tab, from a picture of the verbs that needs none of their code: loading that takes longer
// than a person at a prompt waits. A test compares the picture with the verbs.

import { readFileSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import { Command, Option } from "commander";

export interface VerbPicture {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { readonly flags: string; readonly description: string }[];
  readonly arguments: readonly string[];
  readonly verbs: readonly VerbPicture[];
}

export const pictureFile = new URL("verbs.json", import.meta.url);

/** `complete -- <words>`, as the scripts of the shells ask. */
export function completeWords(args: readonly string[]): void {
  const picture: VerbPicture = JSON.parse(readFileSync(pictureFile, "utf8"));
  const program = toCommand(picture);
  tab(program);
  program.parse(args, { from: "user" });
}

export function pictureOf(command: Command): VerbPicture {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options.filter(({ hidden }) => !hidden).map(({ flags, description }) => ({ flags, description })),
    arguments: command.registeredArguments.map((one) => `${one.name()}${one.variadic ? "..." : ""}`),
    verbs: command.commands.filter((inner) => inner.name() !== "complete").map(pictureOf),
  };
}

function toCommand({ name, description, options, arguments: words, verbs }: VerbPicture): Command {
  const command = new Command(name).description(description);
  for (const option of options) command.addOption(new Option(option.flags, option.description));
  for (const word of words) command.argument(`[${word}]`);
  for (const verb of verbs) command.addCommand(toCommand(verb));
  return command;
}
