import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterAccess } from "../credentials/source-secrets";

export function loadKubeConfig(access: ClusterAccess): KubeConfig;
export function cause(error: unknown): string;
