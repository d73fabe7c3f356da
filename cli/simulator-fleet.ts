// The fleet that --fleet names: one of the believable ones, so many generated instances, or a JSON file.

import { readFileSync } from "node:fs";
import { DEMO_FLEET, generateFleet } from "../local/simulator/fleet.ts";
import { REGIONS_FLEET } from "../local/simulator/fleet-regions.ts";
import { type FleetSeed, parseFleet } from "../local/simulator/fleet-seed.ts";
import { CliError } from "./cli-error.ts";
import { wholeNumber } from "./whole-number.ts";

const LARGE_FLEET = 2000;
const MOST_INSTANCES = 50_000;

/** Throws CliError naming the file and its wrong fields. */
function readFleet(path: string): FleetSeed {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unreadable";
    const hint = "small, large, regions, a number of instances, or a JSON file {accounts, instances}";
    throw new CliError(`--fleet is "${path}", which is no known fleet and no readable file (${reason})`, { hint });
  }
  try {
    return parseFleet(JSON.parse(content));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`the fleet in ${path} cannot be used: ${reason}`, {
      hint: "docs/otc-api.md shows the form of a fleet file",
    });
  }
}

export function fleetNamed(text: string): FleetSeed {
  switch (text) {
    case "small":
      return DEMO_FLEET;
    case "large":
      return generateFleet(LARGE_FLEET);
    case "regions":
      return REGIONS_FLEET;
    default:
      return /^-?\d+$/.test(text)
        ? generateFleet(wholeNumber("--fleet", text, { min: 1, max: MOST_INSTANCES }))
        : readFleet(text);
  }
}
