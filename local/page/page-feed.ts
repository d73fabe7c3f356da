// What an open page has not seen yet. Each part of the page carries the version in which it last changed; a page says what
// it has, and gets what is newer. Pure book-keeping, no sockets.

import { type PageParts, type SectionName, sectionNames } from "../../shared/status/page/render-page.ts";

export interface Changes {
  /** Another one than the page knows: the site was started anew, and everything is sent. */
  readonly feed: string;
  readonly version: number;
  readonly title: string;
  readonly sections: Partial<Record<SectionName, string>>;
  readonly rows: readonly (readonly [string, string])[];
  readonly order: readonly string[];
}

interface Stamped {
  readonly text: string;
  readonly version: number;
}

export class PageFeed {
  readonly id: string;
  #version = 0;
  #parts: PageParts | undefined;
  readonly #sections = new Map<SectionName, Stamped>();
  #rows = new Map<string, Stamped>();

  constructor(id: string) {
    this.id = id;
  }

  get version(): number {
    return this.#version;
  }

  get parts(): PageParts | undefined {
    return this.#parts;
  }

  /** The newest picture. The version rises only when something in it differs. */
  take(parts: PageParts): void {
    const next = this.#version + 1;
    const rows = new Map<string, Stamped>();
    for (const [key, text] of parts.rows) rows.set(key, stamp(this.#rows.get(key), text, next));
    const order = [...this.#rows.keys()].join("\n") !== [...rows.keys()].join("\n");
    for (const name of sectionNames) {
      this.#sections.set(name, stamp(this.#sections.get(name), parts.sections[name], next));
    }
    this.#rows = rows;
    this.#parts = parts;
    const changed = order || [...rows.values(), ...this.#sections.values()].some((each) => each.version === next);
    if (changed) this.#version = next;
  }

  /** Everything newer than `since` of this feed; everything there is for a page that knows another feed. */
  changesSince(feed: string, since: number): Changes {
    const known = feed === this.id ? since : -1;
    const newer = ([, stamped]: readonly [string, Stamped]) => stamped.version > known;
    return {
      feed: this.id,
      version: this.#version,
      title: this.#parts?.title ?? "",
      sections: Object.fromEntries([...this.#sections].filter(newer).map(([name, { text }]) => [name, text])),
      rows: [...this.#rows].filter(newer).map(([key, { text }]) => [key, text]),
      order: [...this.#rows.keys()],
    };
  }
}

function stamp(before: Stamped | undefined, text: string, version: number): Stamped {
  return before?.text === text ? before : { text, version };
}
