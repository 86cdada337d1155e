/** What the reference page says next to its tables. */

export const intro = `# Pipelines

A pipeline says where telemetry comes from, what is done to it, and which backend gets it. There can be any number of each kind. They stand in a stack's configuration, \`Pulumi.<stack>.yaml\`, or in files with manifests, or are given by a program; the fields are the same everywhere, those of the \`v1beta1\` pipelines of \`telemetry.kyma-project.io\`.

An editor with a YAML language server completes and checks the stack's configuration when the file starts with

    # yaml-language-server: $schema=docs/stack-config.schema.json`;

export const values = `## Values

A value is given directly, or as a key of a Secret in any namespace of the cluster, which is read on each update. A credential that is given directly should be a stack secret: \`pulumi config set --secret --path 'telemetry:tracePipelines[0].output.otlp.headers[0].value'\`. However it is given, a credential is secret in the state, and reaches the backend byte for byte, whatever it is made of. Only PEM is normalised: \`\\n\` written as two characters becomes a line break, blocks that are glued together get one between them, and blanks and byte order marks around the lines of BEGIN and END are taken away.

An endpoint and a token URL are no credentials: where they are given directly, they are shown.`;

export const metadata = `## Metadata

All data gets the Kubernetes metadata of its pod: the one whose uid is in the resource attribute \`k8s.pod.uid\`, else whose address is in \`k8s.pod.ip\`, else from whose address it was pushed. What an application says of itself stays.

- **\`service.name\` and \`service.version\`** are those that the application gives; else those of its pod's annotations \`resource.opentelemetry.io/service.name\` and \`resource.opentelemetry.io/service.version\`; else those of its labels \`app.kubernetes.io/instance\`, else \`app.kubernetes.io/name\`, and \`app.kubernetes.io/version\`; else the name of its workload, and the tag of its image. A name that only says that there is none, such as \`unknown_service:java\`, stays where no better one is found. Spans of Istio's proxies (\`component\` is \`proxy\`) get that of the pod, whatever the proxy calls itself.
- **Other annotations** of the pod that start with \`resource.opentelemetry.io/\` become the attributes whose names follow.
- **Pods with \`hostNetwork: true\`** share their node's address, which does not tell them apart: what they push gets no metadata of a pod, unless they set \`k8s.pod.uid\` themselves, from \`metadata.uid\` of the downward API.
- **Log records** without an observed time get the one at which the gateway took them.

Without \`enrichments.service\`, annotations say nothing, and \`service.*\` is as the application gives it.`;

export const manifests = `## Manifests

\`telemetry:pipelineFiles\` is a list of files with \`MetricPipeline\`, \`TracePipeline\` and \`LogPipeline\` manifests of \`telemetry.kyma-project.io/v1beta1\`, one or more in each, also as a list, as \`kubectl get -o yaml\` or the API server writes it. They are read as they are: the name is \`metadata.name\`, the fields are those of \`spec\`; a status and other metadata say nothing. In \`v1alpha1\`, \`input.otlp.disabled\` means the opposite of \`enabled\`. In OTTL \`$$\` means \`$\`, so \`$$1\` is a capture group. Where \`compression\` is left out, it is what the first table says, in Kyma always \`gzip\`. No other kinds may be in these files.

What is different from where the manifests come from: containers' output files are not read, so a \`LogPipeline\` must say \`input.runtime.enabled: false\` (it is a warning to leave it out, and an error to ask for it); \`basic\` authentication over gRPC without TLS is an error; system namespaces that pull inputs leave out by default are \`istio-system\`, \`kube-system\` and that of the gateway itself; there is no limit of five pipelines.

On Linux, a stack's whole configuration may have 128 KiB: the engine gives it to the program in one variable, and fails with \`argument list too long\` otherwise. Files have no such limit; what comes of all pipelines has that of a ConfigMap, 1 MiB, and so have all credentials together, which is that of a Secret.`;

export const programs = `## Programs

A program gives the same as \`new Telemetry("telemetry", { metricPipelines: [...] })\`; the types are \`MetricPipelineArgs\`, \`TracePipelineArgs\` and \`LogPipelineArgs\`. The text in \`value\` may be an Output of another resource. What can be told about it is told as soon as it is known, in a preview maybe not yet; everything else has to be a plain value.`;

export const checks = `## What is checked

Everything that is wrong is reported at once, each with its path (\`metricPipelines[1].output.otlp.endpoint\`, or \`FILE#2:spec.output.otlp.endpoint\` for the second document of a file), what is wrong, and what would be right. Nothing is changed in the cluster then. No message repeats a value. Values from Secrets are checked in the same way, together with the others. What only the collector can tell, such as a function of OTTL that it does not know, is told once all this is right, again everything at once.

- **Fields**: one that is not known is an error; so is a value of another type, such as a number where text belongs (\`0123\` without quotes is the number 123).
- **Names**: unique among the pipelines of a kind. \`a.b\` and \`a-b\` are two names.
- **Endpoints**: with \`grpc\`, host and port, with nothing or \`https://\` or \`http://\` in front and no path. With \`http\`, a URL. No credentials, no query, no white space; IPv6 addresses in brackets. It is a warning to send to the pod itself, or to the port that the other protocol usually has.
- **TLS**: what is given for TLS must be used, so \`ca\`, \`cert\` and \`key\` next to \`tls.insecure: true\` or \`http://\` are errors, and so is \`https://\` next to \`tls.insecure: true\`. Each certificate of each file is looked at. Authorities must be authorities; a client certificate comes first and is followed by its issuers; its key must fit and must not be encrypted. A certificate that has expired or is not valid yet is an error; one that expires within 14 days is a warning. With \`grpc\`, an endpoint that starts with \`http://\` and is read from a Secret needs \`tls.insecure: true\`.
- **Authentication**: \`basic\` or \`oauth2\`, and no \`Authorization\` header next to it. With \`grpc\` both need TLS; with \`http\` it is a warning not to have it. A user name has no \`:\`. Next to \`scopes\` there is no \`scope\` in \`params\`.
- **Headers**: valid names, each once, none that the exporter sets itself. With \`grpc\`, only what its metadata may have: printable ASCII, no \`User-Agent\`, no names that start with \`grpc-\` or end in \`-bin\`. A line break at the end of a value is an error, as it is never meant.
- **OTTL**: conditions and statements are not empty, brackets and quotes match, each path has a context that there is, a condition does not change data, a statement does.
- **Metrics**: \`additionalMetrics\` are names from the list below.`;
