/**
 * A simulator of the parts of OTC's IAM and RDS that backups need, over real HTTP on loopback. A product of its own: it imports
 * nothing of the client that is tried against it, so that a misreading of the API is not mirrored.
 */
import { apiListener } from "./api-server.ts";
import type { LoggedCall } from "./call-log.ts";
import { VirtualClock } from "./clock.ts";
import { createControl, type SimulatorControl } from "./control.ts";
import { controlListener } from "./control-server.ts";
import { DEMO_FLEET } from "./fleet.ts";
import { type FleetSeed, plantFleet } from "./fleet-seed.ts";
import { closeServer, listen } from "./http.ts";
import { type Knobs, parseKnobs } from "./knobs.ts";
import { loadState, StateFile } from "./state-file.ts";
import { newParts, World } from "./world.ts";

export interface SimulatorOptions {
  /** Source of the virtual clock, ms since epoch; default: the machine's clock. `control` can shift and speed up either. */
  now?: () => number;
  /**
   * Where the source of the clock belongs to somebody who can move it: PUT /clock asks for it, and is answered when this has
   * resolved. Absent: the simulator's own clock jumps.
   */
  moveClock?: (toAt: number) => Promise<void>;
  /** Default: the small demo fleet. */
  fleet?: FleetSeed;
  knobs?: Partial<Knobs>;
  /** Durations, sizes, ids and chances follow from it. */
  seed?: number;
  /** Keeps records in this file and begins with those it holds. Knobs, faults and the call log are not kept. */
  statePath?: string;
  /** 0, the default, takes any free port; always on 127.0.0.1. */
  port?: number;
  controlPort?: number;
  /** Hears of every call to the imitated API, after it was decided how to answer it. */
  onCall?: (call: LoggedCall) => void;
}

export interface Simulator {
  /** Base of both services: endpoints = { iam: url, rds: url }. */
  url: string;
  controlUrl: string;
  control: SimulatorControl;
  close(): Promise<void>;
}

/** Plants the fleet and lays the kept state over it. */
function fillWorld(world: World, options: SimulatorOptions, fleet: FleetSeed): void {
  plantFleet(world.store, fleet);
  const lastAt = options.statePath === undefined ? undefined : loadState(options.statePath, world.store);
  // A clock of our own may have run ahead of the real one; what happened then must not lie in the future now.
  if (options.now === undefined && lastAt !== undefined && lastAt > world.clock.now()) world.clock.set(lastAt);
}

/** Both servers, or none: rejects when a port is taken. */
async function openServers(world: World, control: SimulatorControl, options: SimulatorOptions) {
  const api = await listen(options.port ?? 0, apiListener(world));
  try {
    return { api, controls: await listen(options.controlPort ?? 0, controlListener(control)) };
  } catch (error) {
    await closeServer(api.server);
    throw error;
  }
}

/** The world that the options describe, and the hand behind it; nothing listens yet. `persist`: see `createControl`. */
export function buildWorld(
  options: Omit<SimulatorOptions, "port" | "controlPort">,
  persist: () => void = () => {},
): { world: World; control: SimulatorControl } {
  const { knobs, moveClock, fleet = DEMO_FLEET } = options;
  const parts = newParts(new VirtualClock(options.now ?? Date.now), options.seed ?? 1);
  const world = new World(parts, parseKnobs(knobs ?? {}));
  fillWorld(world, options, fleet);
  if (options.onCall !== undefined) world.log.onCall(options.onCall);
  return { world, control: createControl(world, { fleet, knobs, moveClock, persist }) };
}

/** Starts both servers. Rejects when a port is taken, a knob or the fleet is wrong, or the state file cannot be read. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { statePath } = options;
  const { world, control } = buildWorld(options, () => file?.rewrite());
  const file = statePath === undefined ? undefined : new StateFile(statePath, world.store, () => world.clock.now());
  const { api, controls } = await openServers(world, control, options);
  const close = async () => {
    await Promise.all([closeServer(api.server), closeServer(controls.server)]);
  };
  try {
    // Only now: a start that fails, because another one has the port, leaves that one's file alone.
    file?.rewrite();
  } catch (cause) {
    await close();
    throw new Error(`the state cannot be kept in ${statePath}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  world.store.onChange((kind, record) => file?.append(kind, record));
  return { url: api.url, controlUrl: controls.url, control, close };
}
