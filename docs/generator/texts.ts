/** Texts of the reference page beside its tables. */

import { expiryWarningDays } from "../../components/contract";

export const intro = `# Pipelines

Which fields, defaults and rules does a pipeline have?

A pipeline states where telemetry comes from, what happens to it, and which backend gets it. There can be any number of pipelines of each kind. You write them in a stack's configuration, \`Pulumi.<stack>.yaml\`, in files with manifests, or in a program. The fields are the same everywhere: those of the \`v1beta1\` pipelines of \`telemetry.kyma-project.io\`. Ready configurations for common backends: [recipes](recipes/README.md).

An editor with a YAML language server completes and checks the stack's configuration if the file starts with

    # yaml-language-server: $schema=docs/stack-config.schema.json`;

export const values = `## Values

Give a value directly, or as a key of a Secret in any namespace of the cluster, which is read on each update. If you give a credential directly, make it a stack secret: \`pulumi config set --secret --path 'telemetry:tracePipelines[0].output.otlp.headers[0].value'\`.

In both cases, a credential is secret in the state. Each update copies all credentials to one immutable Secret, which gateway and agent mount as files. No collector configuration contains them. A credential reaches the backend byte for byte, whatever characters it has. Only PEM is normalised: \`\\n\` written as two characters becomes a line break, adjacent blocks without a line break get one, and blanks and byte order marks around the lines of BEGIN and END are removed.

An endpoint and a token URL are not credentials: if you give them directly, they are visible.`;

export const metadata = `## Metadata

All data gets the Kubernetes metadata of its pod. The pod is the one whose uid is in the resource attribute \`k8s.pod.uid\`, otherwise the one whose address is in \`k8s.pod.ip\`, otherwise the one that pushed the data, by its address. Attributes that the application sets itself stay unchanged.

- **\`service.name\` and \`service.version\`** come from the first source that has them: the application; the pod's annotations \`resource.opentelemetry.io/service.name\` and \`resource.opentelemetry.io/service.version\`; the pod's labels \`app.kubernetes.io/instance\`, then \`app.kubernetes.io/name\`, and \`app.kubernetes.io/version\`; the name of its workload, and the tag of its image. A placeholder name such as \`unknown_service:java\` stays only if no better name is found. Spans of Istio's proxies (\`component\` is \`proxy\`) get the name of the pod, whatever name the proxy sets.
- **Other annotations** of the pod that start with \`resource.opentelemetry.io/\` become attributes. The attribute's name is the rest of the annotation's name. Names that start with \`k8s.\` or \`telemetry\` have no effect, so that no pod can pass for one of another namespace.
- **Pods with \`hostNetwork: true\`** share the address of their node, so the address does not identify the pod. Their pushed data gets no pod metadata, unless the application sets \`k8s.pod.uid\` itself, from \`metadata.uid\` of the downward API.
- **Log records** without an observed time get the time at which the gateway received them.

Without \`enrichments.service\`, annotations have no effect, and \`service.*\` stays as the application sets it.`;

export const unknownNamespaces = `The namespace of pushed data is that of the pod that sent it. The gateway finds the pod by the attribute \`k8s.pod.uid\`, by \`k8s.pod.name\` and \`k8s.namespace.name\` together, by \`k8s.pod.ip\`, or else by the address that the connection comes from. A \`k8s.namespace.name\` that the sender sets itself stays, and counts as known. The namespace is *unknown* if no pod is found and the sender sets none. That is usual for senders on the network of their node, behind a relay or a proxy that hides their address, and outside of the cluster. Data that the metric agent collects is never unknown. Its metrics of nodes and other objects without a namespace go to every pipeline that enables the input.

A namespace in \`include\` that the cluster does not have is a warning. It may be created later.`;

export const manifests = `## Manifests

\`telemetry:pipelineFiles\` is a list of files with \`MetricPipeline\`, \`TracePipeline\` and \`LogPipeline\` manifests of \`telemetry.kyma-project.io/v1beta1\`. A file has one or more manifests, also as a list, as \`kubectl get -o yaml\` or the API server writes it. No other kinds may be in these files. Manifests keep their meaning:

- The pipeline's name is \`metadata.name\`, its fields are those of \`spec\`. The status and all other metadata have no effect.
- In \`v1alpha1\`, \`input.otlp.disabled\` means the opposite of \`enabled\`, and \`input.application\` of a \`LogPipeline\` is \`input.runtime\`.
- A \`LogPipeline\` takes container logs unless it sets \`input.runtime.enabled: false\` ([container-logs.md](container-logs.md)).
- In OTTL, \`$$\` means \`$\`, so \`$$1\` is a capture group.

Some things differ from Kyma:

- Fluent Bit does not run. In a \`LogPipeline\`, \`output.http\`, \`output.custom\`, \`filters\`, \`files\`, \`variables\` and \`namespaces.system\` are errors, each with the line to write instead.
- Without \`compression\`, the default of the first table applies. In Kyma it is always \`gzip\`.
- \`basic\` authentication over gRPC without TLS is an error.
- The system namespaces that pull inputs exclude by default are \`istio-system\`, \`kube-system\` and the gateway's own namespace.
- With \`input.otlp.namespaces.include\`, data whose namespace is unknown is rejected; Kyma accepts it. \`input.otlp.unknownNamespace: accept\` does the same here.
- There is no limit of five pipelines.

Dashboards, alerts and filters that were made for Kyma's data may need a change:

- **Metrics of annotated Services** have no attribute \`service\` with the name of the Service. \`service.name\` and \`k8s.pod.name\` identify their source. A pod that is annotated itself and behind an annotated Service is scraped once; Kyma scrapes it twice, with and without \`service\`.
- **Scope names** of collected metrics are \`telemetry-pipelines/prometheus\`, \`telemetry-pipelines/runtime\` and the like, in place of \`io.kyma-project.telemetry/prometheus\`. A condition such as \`scope.name == "io.kyma-project.telemetry/runtime"\` never matches.
- **The pod label \`app\`** does not name a service, as it does in Kyma's older way to find \`service.name\`. Pods that have only this label get the name of their workload. To keep a name, set the label \`app.kubernetes.io/name\` or the annotation \`resource.opentelemetry.io/service.name\` ([metadata](#metadata)).

On Linux, the whole configuration of a stack can have 128 KiB: the engine passes it to the program in one variable, and fails with \`argument list too long\` if it is larger. Files have no such limit. The configuration that results from all pipelines must fit a ConfigMap, 1 MiB, and all credentials together must fit a Secret, also 1 MiB.`;

export const programs = `## Programs

In a program, write the same as \`new Telemetry("telemetry", { metricPipelines: [...] })\`. The types are \`MetricPipelineArgs\`, \`TracePipelineArgs\` and \`LogPipelineArgs\`. The text in \`value\` may be an Output of another resource. Its checks run as soon as the text is known, which may be only in the update. Everything else must be a plain value.`;

export const checks = `## What is checked

All problems are reported together. Each has its path (\`metricPipelines[1].output.otlp.endpoint\`, or \`FILE#2:spec.output.otlp.endpoint\` for the second document of a file), the problem, and a correct alternative. Nothing changes in the cluster then. No message repeats a value. Values from Secrets are checked in the same way, together with the others. When all this is right, the collector itself checks the rest, such as unknown OTTL functions, and again all problems are reported together ([validation.md](validation.md)).

- **Fields**: an unknown field is an error. So is a value of the wrong type, such as a number in place of text (\`0123\` without quotes is the number 123).
- **Names**: unique among the pipelines of a kind. \`a.b\` and \`a-b\` are two names.
- **Endpoints**: with \`grpc\`, host and port, optionally after \`https://\` or \`http://\`, without a path. With \`http\`, a URL. No credentials, no query, no white space. IPv6 addresses are in brackets. An endpoint that is the pod itself, or that has the usual port of the other protocol, is a warning.
- **TLS**: every TLS value must have an effect. So \`ca\`, \`cert\` and \`key\` next to \`tls.insecure: true\` or \`http://\` are errors, and so is \`https://\` next to \`tls.insecure: true\`. Every certificate of every file is checked. Authorities must be certificate authorities. A client certificate comes first, and its issuers follow. Its key must match and must not be encrypted. A certificate that has expired or is not valid yet is an error. One that expires within ${expiryWarningDays} days is a warning. With \`grpc\`, an endpoint from a Secret that starts with \`http://\` needs \`tls.insecure: true\`.
- **Authentication**: \`basic\` or \`oauth2\`, without an \`Authorization\` header beside it. With \`grpc\` both need TLS. With \`http\`, no TLS is a warning. A user name has no \`:\`. Next to \`scopes\` there is no \`scope\` in \`params\`.
- **Headers**: valid names, each only once, and none that the exporter sets itself. With \`grpc\`, only valid metadata: printable ASCII, no \`User-Agent\`, no names that start with \`grpc-\` or end in \`-bin\`. A line break at the end of a value is an error, because it is always a mistake.
- **Credentials in clear text**: a text that is stored in clear and has the form of a credential is an error, in OTTL a warning. Known forms are private keys, parameters such as \`password=…\`, signatures in URLs, addresses of webhooks, and tokens of well-known services.
- **OTTL**: conditions and statements are not empty, brackets and quotes match, each path has an existing context, a condition does not change data, a statement does. Some [mistakes that the collector accepts](#ottl) are warnings.
- **Metrics**: \`additionalMetrics\` are names from the list below.`;
