/**
 * State on disk: one JSON line per changed record, the last one of a record counts. On start, and when history has grown large, the
 * file is rewritten without it, atomically. A line cut short by a crash is tolerated at the end only; a file with any other damage is
 * refused whole and left as it is.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import {
  accessKeySchema,
  backupSchema,
  instanceSchema,
  jobSchema,
  projectSchema,
  tokenSchema,
  userSchema,
} from "./records.ts";
import type { RecordKind, RecordKinds, Store } from "./store.ts";

const VERSION = 1;
/** Lines of history that are tolerated besides one line per record. */
const HISTORY = 5_000;

const lineSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("simulator-state"), at: z.number(), version: z.literal(VERSION) }),
  z.object({ kind: z.literal("project"), at: z.number(), record: projectSchema }),
  z.object({ kind: z.literal("user"), at: z.number(), record: userSchema }),
  z.object({ kind: z.literal("key"), at: z.number(), record: accessKeySchema }),
  z.object({ kind: z.literal("token"), at: z.number(), record: tokenSchema }),
  z.object({ kind: z.literal("instance"), at: z.number(), record: instanceSchema }),
  z.object({ kind: z.literal("backup"), at: z.number(), record: backupSchema }),
  z.object({ kind: z.literal("job"), at: z.number(), record: jobSchema }),
]);
type Line = z.output<typeof lineSchema>;

function put(store: Store, line: Line): void {
  switch (line.kind) {
    case "simulator-state":
      break;
    case "project":
      store.putProject(line.record);
      break;
    case "user":
      store.putUser(line.record);
      break;
    case "key":
      store.putKey(line.record);
      break;
    case "token":
      store.putToken(line.record);
      break;
    case "instance":
      store.putInstance(line.record);
      break;
    case "backup":
      store.putBackup(line.record);
      break;
    case "job":
      store.putJob(line.record);
      break;
  }
}

function damaged(path: string, number: number, why: string): Error {
  return new Error(
    `${path}, line ${number} ${why}; the file is left as it is: move it away to start with a fresh fleet`,
  );
}

function parseLine(text: string, number: number, path: string): Line {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(path, number, "is not JSON");
  }
  const parsed = lineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(path, number, `is not a record of this simulator (${issue?.path.join(".")}: ${issue?.message})`);
}

/** Reads all before storing any; undefined without a file. A last line without its newline was cut short and does not count. */
function readLines(path: string): Line[] | undefined {
  if (!existsSync(path)) return undefined;
  const texts = readFileSync(path, "utf8").split("\n");
  const cut = texts.pop() ?? "";
  const lines = texts.map((text, index) => parseLine(text, index + 1, path));
  if (lines.length === 0 && cut !== "") throw damaged(path, 1, "is no whole record");
  return lines;
}

/** Reads the file into the store over what is there; the simulated instant of the last change, or undefined without a file. */
export function loadState(path: string, store: Store): number | undefined {
  const lines = readLines(path);
  for (const line of lines ?? []) put(store, line);
  return lines?.at(-1)?.at;
}

export class StateFile {
  private readonly path: string;
  private readonly now: () => number;
  private readonly store: Store;
  private linesLeft = HISTORY;

  constructor(path: string, store: Store, now: () => number) {
    this.path = path;
    this.store = store;
    this.now = now;
  }

  private line(kind: RecordKind, record: RecordKinds[RecordKind]): string {
    return `${JSON.stringify({ kind, at: this.now(), record })}\n`;
  }

  /** Appends one change; on return it survives the end of this process. Throws when it cannot be written. */
  append(kind: RecordKind, record: RecordKinds[RecordKind]): void {
    this.linesLeft -= 1;
    if (this.linesLeft <= 0) this.rewrite();
    else appendFileSync(this.path, this.line(kind, record));
  }

  /** Replaces the file by the store's present content in one step. */
  rewrite(): void {
    const folder = dirname(this.path);
    if (!existsSync(folder)) mkdirSync(folder);
    const parts = [`${JSON.stringify({ kind: "simulator-state", at: this.now(), version: VERSION })}\n`];
    const write = (kind: RecordKind, records: ReadonlyMap<string, RecordKinds[RecordKind]>) => {
      for (const record of records.values()) parts.push(this.line(kind, record));
    };
    const { projects, users, keys, tokens, instances, backups, jobs } = this.store;
    write("project", projects);
    write("user", users);
    write("key", keys);
    write("token", tokens);
    write("instance", instances);
    write("backup", backups);
    write("job", jobs);
    const temporary = `${this.path}.new`;
    writeFileSync(temporary, parts.join(""), { mode: 0o600 });
    renameSync(temporary, this.path);
    this.linesLeft = HISTORY + parts.length;
  }
}
