// What a function's processes are born into: a container serves one invocation after the other and keeps what the code keeps between
// them (tokens, paces, cached secrets). One whose process died is never used again.

import type { Site } from "../../../shared/ports.ts";
import type { FunctionName } from "../plan/fault.ts";
import type { Effects, SimProcess } from "./sim-process.ts";

/** So long a container that has nothing to do is kept warm. */
const warmMs = 10 * 60_000;

/** Whatever a deployment changes takes new containers. */
export interface Deployed {
  readonly fn: FunctionName;
  /** Whether it runs the code of a deployment that is under way or done. */
  readonly isNewer: boolean;
  readonly shards: number;
}

export class Container implements Effects {
  readonly id: number;
  readonly deployed: Deployed;
  process: SimProcess;
  site: Site | undefined;
  idleSinceAt: number | undefined;

  constructor(id: number, deployed: Deployed, process: SimProcess) {
    this.id = id;
    this.deployed = deployed;
    this.process = process;
  }

  effect<T>(label: string, act: () => T, waitMs = 0): Promise<T> {
    return this.process.effect(label, act, waitMs);
  }
}

export class Containers {
  readonly #all: Container[] = [];

  /** A warm container of the function, or a new one; `process` is the invocation that runs in it from now on. */
  take(deployed: Deployed, process: SimProcess, now: number): Container {
    const warm = this.#all.find(
      (one) =>
        one.deployed.fn === deployed.fn &&
        one.deployed.isNewer === deployed.isNewer &&
        one.deployed.shards === deployed.shards &&
        one.idleSinceAt !== undefined &&
        now - one.idleSinceAt < warmMs &&
        !one.process.isDead,
    );
    const container = warm ?? new Container(this.#all.length + 1, deployed, process);
    if (warm === undefined) this.#all.push(container);
    container.process = process;
    container.idleSinceAt = undefined;
    return container;
  }
}
