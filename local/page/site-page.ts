// The status page of a site on this machine: reads the site's stores as they stand after each tick.

import { localFlags } from "../../shared/domain/messages/site-commands.ts";
import type { Site } from "../../shared/ports.ts";
import { readStatus } from "../../shared/status/read-status.ts";
import { startPageServer } from "./page-server.ts";

export interface SitePage {
  readonly url: string;
  /** Simulated time is about to leap: until the next tick has ended, the page shows how things stood before. */
  beforeLeap(): void;
  tickEnded(): void;
  close(): Promise<void>;
}

const minuteMs = 60_000;

export interface SitePageOptions {
  /** Simulated seconds per second, 1 in real time. */
  readonly speed: number;
  /** Where the site keeps its state. */
  readonly folder: string;
  readonly port?: number;
}

/** Throws CannotStart when the port asked for is taken. */
export async function openSitePage(site: Site, options: SitePageOptions): Promise<SitePage> {
  let heldAt: number | undefined;
  // A tick of some seconds is many minutes of simulated time: only in real time does ten minutes mean broken.
  const tickLateMs = 10 * minuteMs * Math.max(1, options.speed / 20);
  const page = await startPageServer({
    read: () => readStatus(site, { now: heldAt ?? site.clock.now(), tickLateMs }),
    stage: "on this machine",
    siteFlags: localFlags(options.folder),
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  return {
    url: page.url,
    beforeLeap: () => {
      heldAt = site.clock.now();
    },
    tickEnded: () => {
      heldAt = undefined;
      page.refresh();
    },
    close: page.close,
  };
}
