// A clock on a timeline: whoever sleeps wakes at an instant of the timeline, and time leaps from one such instant to the next.

import type { Clock } from "../../shared/ports.ts";
import type { Timeline } from "../../test/simulation/engine/timeline.ts";

export class TimelineClock implements Clock {
  readonly timeline: Timeline;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  now(): number {
    return this.timeline.now();
  }

  sleep(ms: number): Promise<void> {
    // Whole milliseconds, rounded up: a sleeper that wakes a fraction early would look at the clock and sleep again.
    const wakesAt = this.timeline.now() + Math.max(0, Math.ceil(ms));
    return new Promise((wake) => this.timeline.schedule(wakesAt, wake));
  }
}
