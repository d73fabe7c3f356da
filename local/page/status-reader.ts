// Keeps the picture of a running site fresh for the pages that are open: one reading at a time, never more often than the
// machine can bear, none while nobody looks.

import { failureFrom } from "../../shared/domain/failure.ts";
import { type PageView, pageParts } from "../../shared/status/page/render-page.ts";
import type { SiteStatus } from "../../shared/status/status-model.ts";
import { PageFeed } from "./page-feed.ts";

/** After a reading that took this long, as many times as long nothing is read. */
const restFactor = 3;
const leastRestMs = 500;

export interface ReaderOptions {
  readonly read: () => Promise<SiteStatus>;
  /** The time zone is the viewer's: on loopback that of this machine. */
  readonly view: PageView;
  readonly feedId: string;
  /** Called when pages should ask what has changed, or must be told that the picture is old. */
  readonly onNews: () => void;
  /** Whether any page is open. */
  readonly isWatched: () => boolean;
}

export class StatusReader {
  readonly feed: PageFeed;
  readonly #options: ReaderOptions;
  #status: SiteStatus | undefined;
  #trouble: string | undefined;
  #stale = true;
  #reading: Promise<void> | undefined;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.feed = new PageFeed(options.feedId);
  }

  /** Why the picture could not be renewed, for the person who looks at the old one. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get status(): SiteStatus | undefined {
    return this.#status;
  }

  /** Something may have changed. Read now if somebody looks and the machine has rested, else when either comes true. */
  refresh(): void {
    this.#stale = true;
    if (this.#options.isWatched() && this.#rest === undefined) void this.current();
  }

  /** The newest picture, read first if it is not known to be so. Never throws: `trouble` says what is wrong. */
  async current(): Promise<void> {
    if (this.#reading === undefined && (this.#stale || this.#status === undefined)) {
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined;
      });
    }
    await this.#reading;
  }

  close(): void {
    clearTimeout(this.#rest);
  }

  async #read(): Promise<void> {
    const startedAt = performance.now();
    this.#stale = false;
    try {
      this.#status = await this.#options.read();
      this.feed.take(pageParts(this.#status, this.#options.view));
      this.#trouble = undefined;
    } catch (error) {
      this.#stale = true;
      this.#trouble = `the status cannot be read (${failureFrom(error).message})`;
    }
    this.#options.onNews();
    const restMs = Math.max(leastRestMs, (performance.now() - startedAt) * restFactor);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      if (this.#stale && this.#options.isWatched()) void this.current();
    }, restMs);
    this.#rest.unref();
  }
}
