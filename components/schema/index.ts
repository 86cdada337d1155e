/** Describes, reads and checks settings of any kind, and makes the messages about wrong ones. */
export { acceptedCidr, cidrs } from "./cidrs";
export * from "./fields";
export * from "./findings";
export { readFindings, recordFindings } from "./findings-file";
export { imageName, imageVersion } from "./image-names";
export * from "./input-fields";
export { shapeFindings, type Place } from "./issues";
export * from "./kubernetes-names";
export { isSelected, labelExpressionFault, labelOperators, labelSelector, type LabelSelector } from "./label-selectors";
export { areAnnotations, areLabels, map, type Texts } from "./maps";
export { normalizePem, readPem, type Pem, type PemBlock } from "./pem";
export { unreadableBlock } from "./pem-faults";
export { isLater, plain } from "./plain";
export * from "./quantities";
export { readSound, type Sound } from "./sound";
export { didYouMean, nearest } from "./suggest";
export { oneOfValueFields, value, valueFields, type WrittenValue } from "./value-fields";
export { fieldsOf, itemOf, unwrap } from "./walk";
