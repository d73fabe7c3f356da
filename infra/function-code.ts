// The code of a function as the CDK deploys it.

import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { bundleFunction, bundling } from "./function-bundle.ts";

/** The bundle of functions/<name>.ts; its handler is `index.handler`. */
export function functionCode(name: string): Code {
  return Code.fromAsset(`${bundling.absWorkingDir}functions`, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started: esbuild stands in node_modules.
      image: DockerImage.fromRegistry("unused"),
      // Tells the functions apart: the CDK bundles once for all that ask with the same properties.
      command: [name],
      local: {
        tryBundle: (outdir) => {
          bundleFunction(name, outdir);
          return true;
        },
      },
    },
  });
}
