import { z } from "zod";

/** Kubernetes' own rules for names, with the words that messages and the reference page have for them. */
export const subdomainRule =
  "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
export const labelRule = "lower-case letters, digits and `-`, with a letter or digit at both ends";

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomainPattern = String.raw`[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`;
const subdomain = new RegExp(`^${subdomainPattern}$`);
const secretKey = /^[-._a-zA-Z0-9]+$/;

const named = (pattern: RegExp, rule: string, max: number): z.ZodString =>
  z.string().regex(pattern, `must be made of ${rule}`).max(max, `must have at most ${max} characters`);

export const labelName = (): z.ZodString => named(label, labelRule, 63);
/** Name of a namespace in which a stack may place its objects. */
export const ownNamespaceName = (): z.ZodString =>
  labelName().refine(
    (name) => !/^(?:default$|kube-|openshift(?:-|$))/.test(name),
    "is a namespace of the cluster itself, which no stack may change or delete",
  );
export const subdomainName = (max = 253): z.ZodString => named(subdomain, subdomainRule, max);
export const secretKeyName = (): z.ZodString => named(secretKey, "letters, digits, `-`, `_` and `.`", 253);
/** Whether a Secret or a ConfigMap can have this name, and a key of it this one. */
export const isSecretName = (text: string): boolean => text.length <= 253 && subdomain.test(text);
export const isSecretKey = (text: string): boolean => text.length <= 253 && secretKey.test(text);

const qualifiedName = new RegExp(
  String.raw`^(?:(?=[^/]{1,253}/)${subdomainPattern}/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$`,
);
const valueOfLabel = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** Key of a label, an annotation or a taint. */
export const isLabelKey = (text: string): boolean => qualifiedName.test(text);
export const isLabelValue = (text: string): boolean => valueOfLabel.test(text);
/** Kubernetes takes capital letters in the prefix of an annotation's key. */
export const isAnnotationKey = (text: string): boolean => qualifiedName.test(text.toLowerCase());
