import * as pulumi from "@pulumi/pulumi";
import { Telemetry, type TelemetryArgs } from "../../components/telemetry";
import { recordResources } from "../../test/unit/helpers/pulumi";
import { kubernetesType } from "../facts/objects";
import type { Given } from "./judge";

/** Returns the Kubernetes objects of a `Telemetry` as the program makes them, with the components that they belong to. */
export async function deployed(args: TelemetryArgs, component = "telemetry"): Promise<Given[]> {
  const registered = recordResources();
  const places = new Map<string, string[]>();
  const record: pulumi.ResourceTransformation = ({ type, name, opts: { parent } }) => {
    const above = parent === undefined ? [] : (places.get(placeOf(parent)) ?? []);
    places.set(`${type}::${name}`, parent === undefined ? [] : [...above, placeOf(parent)]);
    return undefined;
  };
  new Telemetry(component, { monitoring: { mode: "off" }, ...args }, { transformations: [record] });
  await pulumi.runtime.disconnect();
  return registered.flatMap(({ type: fullType, name, inputs }): Given[] => {
    const type = kubernetesType(fullType);
    // The engine, too, passes secrets to policies in clear text.
    const clear = Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value) as unknown]);
    const props = Object.fromEntries(clear) as Given["props"];
    return type === undefined ? [] : [{ type, name, props, parents: places.get(`${fullType}::${name}`) ?? [] }];
  });
}

/** Returns a component as `TYPE::NAME`. */
function placeOf(component: pulumi.Resource): string {
  const { __pulumiType: type, __name: name } = component as unknown as Readonly<Record<string, string>>;
  return `${type}::${name}`;
}
