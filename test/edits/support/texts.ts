/** Texts that are good in one place and wrong in another. */

export const secretNamespace = "e2e-edits";
export const secretName = "source";
/** Content of the Secret of the tests. */
export const secretContent = {
  token: "hunter2-token-of-secret",
  password: "hunter2-pä$$w${env:HOME}",
  user: "hunter2-user",
  endpoint: "https://hunter2-host.example.com:4317",
} as const;

export const reference = (key: string, name: string = secretName, namespace: string = secretNamespace): object => ({
  valueFrom: { secretKeyRef: { name, namespace, key } },
});

/** Credentials of all kinds. Each contains a word that no other text has. */
export const credentials = [
  "hunter2-plain",
  "hunter2-$${env:HOME}$1",
  "hunter2-{a: b}",
  "hunter2-'\"`\\",
  `hunter2-${"x".repeat(3000)}`,
];
/** Credentials that HTTP can send, but gRPC metadata cannot. */
export const unicodeCredentials = ["hunter2-grüße-☃", "hunter2-\u202e日本🔥"];
/** Texts that must not appear in any output, nor in any object except the merged Secret. */
export const everyCredential = [...credentials, ...unicodeCredentials, ...Object.values(secretContent), "hunter2"];

export const goodNames = ["a", "a.b", "a-b", "0123", "intake", "canary", "pipeline-a", "x".repeat(200), "shop", "bank"];
export const badNames = [
  "",
  "A",
  "a_b",
  "-a",
  "a-",
  "a..b",
  "a b",
  "ä",
  "x".repeat(201),
  "${env:HOME}",
  "a/b",
  "a\n",
  "☃",
];

export const goodGrpc = [
  "backend.example.com:4317",
  "https://backend.example.com:443",
  "10.0.0.9:4317",
  "[2001:db8::1]:4317",
  "backend.e2e-edits.svc.cluster.local:65535",
  "xn--bckend-bua.example.com.:1",
  "my_backend:4317",
];
export const badGrpc = [
  "",
  "   ",
  "hunter2.example.com",
  "hunter2.example.com:",
  "hunter2.example.com:0",
  "hunter2.example.com:65536",
  "hunter2.example.com:99999999999999999999",
  "hunter2.example.com:4317/v1",
  "grpc://hunter2:4317",
  "user:hunter2@backend:4317",
  "2001:db8::1:4317",
  "bäckend-hunter2:4317",
  "${env:HUNTER2}:4317",
  "backend hunter2:4317",
  "backend:4317\n",
  ":4317",
  "x".repeat(300) + ":4317",
  "\u0000:4317",
];
export const goodHttp = [
  "https://backend.example.com",
  "https://backend.example.com/api/v2/otlp",
  "https://[2001:db8::1]:4318/otlp",
  "https://10.0.0.9:4318/",
];
export const badHttp = [
  "",
  "hunter2.example.com:4318",
  "ftp://hunter2",
  "HTTPS://hunter2.example.com",
  "https://",
  "https:///hunter2",
  "https://hunter2?api-key=abc",
  "https://hunter2#x",
  "https://hunter2/v1/metrics",
  "https://hunter2/a b",
  "https://user:hunter2@backend",
  "https://hunter2..example.com",
  "javascript:alert('hunter2')",
];
