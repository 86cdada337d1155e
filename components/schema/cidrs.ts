/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { field } from "./fields";

/** An address with the length of its prefix; network policies take nothing else. */
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "is not a CIDR" });

/** A list of CIDRs, empty by default. */
export const cidrs = (each: string, description: string) =>
  field(z.array(field(cidr, { description: each, example: "10.1.0.0/16" })).default([]), {
    description,
    example: "[10.1.0.0/16]",
  });
