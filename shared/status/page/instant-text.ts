// Instants for people, all in the one zone of whoever looks at the page; and the nights that the page shows.

/** One day of the viewer's calendar. */
export interface Night {
  /** `2026-11-24`. */
  readonly key: string;
  /** `Tue 24 Nov`. */
  readonly label: string;
  /** 1 is Monday. */
  readonly weekday: number;
}

const dayMs = 86_400_000;

export class InstantText {
  readonly timeZone: string;
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #zone: Intl.DateTimeFormat;

  /** An IANA name or an offset such as `+02:00`. Throws RangeError for anything else. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#date = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    this.#time = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
    this.#zone = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" });
  }

  /** `02:30`. */
  time(at: number): string {
    return this.#time.format(at);
  }

  /** `Tue 24 Nov 02:30`. */
  full(at: number): string {
    return `${dayLabel(this.dayKey(at))} ${this.time(at)}`;
  }

  /** `Wed 02:30` within the next six days, else `Tue 24 Nov 02:30`. */
  soon(at: number, now: number): string {
    const near = at >= now && at - now < 6 * dayMs;
    return near ? `${dayLabel(this.dayKey(at)).slice(0, 3)} ${this.time(at)}` : this.full(at);
  }

  /** `CET`, `GMT+2`. */
  zoneName(at: number): string {
    return this.#zone.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? this.timeZone;
  }

  /** The day an instant lies on: `2026-11-24`. */
  dayKey(at: number): string {
    return this.#date.format(at);
  }

  /** The last `count` days up to that of `at`, oldest first. */
  nights(at: number, count: number): Night[] {
    const today = Date.parse(this.dayKey(at));
    return Array.from({ length: count }, (_, index) => {
      const day = today - (count - 1 - index) * dayMs;
      const key = new Date(day).toISOString().slice(0, 10);
      return { key, label: dayLabel(key), weekday: new Date(day).getUTCDay() || 7 };
    });
  }
}

let dayFormat: Intl.DateTimeFormat | undefined;

function dayLabel(key: string): string {
  // The first format of a process loads the data of all languages: not before somebody looks.
  dayFormat ??= new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });
  return dayFormat.format(Date.parse(key)).replace(",", "");
}
