import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { constants, createServer as createHttp2, createSecureServer, type Http2Server } from "node:http2";
import { createServer as createHttps } from "node:https";
import { connect, createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { createServer as createTls } from "node:tls";
import { join } from "node:path";

export interface Pki {
  readonly folder: string;
  readonly ca: string;
  readonly strangerCert: string;
  readonly strangerKey: string;
}

/** Makes an authority, and certificates with each fault, with openssl. */
export function certificates(folder: string): Pki {
  const ssl = (...args: string[]): unknown => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const authority = (name: string): void => {
    ssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
      "-days",
      "30",
      "-subj",
      `/CN=${name}`,
      "-addext",
      "basicConstraints=critical,CA:TRUE",
    );
  };
  const signed = (name: string, by: string, extensions: string, days = "30", subject = name): void => {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    ssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${subject}`,
    );
    ssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      `${by}.pem`,
      "-CAkey",
      `${by}.key`,
      "-CAcreateserial",
      "-out",
      `${name}.pem`,
      "-days",
      days,
      "-extfile",
      `${name}.ext`,
    );
  };
  authority("ca");
  authority("stranger-ca");
  signed("server", "ca", "subjectAltName=DNS:localhost");
  signed("other", "ca", "subjectAltName=DNS:other.example.com");
  signed("common", "ca", "keyUsage=digitalSignature", "30", "localhost");
  signed("expired", "ca", "subjectAltName=DNS:localhost", "-1");
  signed("intermediate", "ca", "basicConstraints=critical,CA:TRUE");
  signed("leaf", "intermediate", "subjectAltName=DNS:localhost");
  signed("stranger", "stranger-ca", "extendedKeyUsage=clientAuth");
  const path = (name: string): string => join(folder, name);
  return { folder, ca: path("ca.pem"), strangerCert: path("stranger.pem"), strangerKey: path("stranger.key") };
}

async function listening({ folder }: Pki) {
  const of = (name: string) => ({
    cert: readFileSync(join(folder, `${name}.pem`)),
    key: readFileSync(join(folder, `${name}.key`)),
  });
  const port = async (server: Server | Http2Server): Promise<number> => {
    server.on("error", () => undefined);
    server.on("tlsClientError", () => undefined);
    server.on("sessionError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const local = async (server: Server | Http2Server): Promise<string> => `127.0.0.1:${await port(server)}`;
  const tcp = (on: (socket: Socket) => void): Server =>
    createTcp((socket) => {
      socket.on("error", () => undefined);
      on(socket);
    });
  const silent = await local(tcp((socket) => socket.resume()));
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const [, kind, status] = request.url?.split("/") ?? [];
    request.resume();
    request.on("end", () => {
      const location = {
        redirect: `http://${silent}/`,
        "redirect-refused": "http://127.0.0.1:9/",
        "redirect-loop": request.url,
      }[kind ?? ""];
      response.writeHead(Number(status) || 200, { "content-type": "text/html", ...(location && { location }) });
      response.end("<html></html>");
    });
  };
  const https = (name: string, change: object = {}): Server => createHttps({ ...of(name), ...change }, answer);
  const codes = (server: Http2Server): Http2Server =>
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      const status = Number(headers["x-status"] ?? 200);
      if (headers["x-code"] === undefined) {
        stream.respond({ ":status": status, "content-type": "text/html" }, { endStream: status === 204 });
        return void (status === 204 || stream.end("<html></html>"));
      }
      const trailers = {
        "grpc-status": String(headers["x-code"]),
        "grpc-message": String(headers["x-message"] ?? "recorded"),
      };
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...trailers }, { endStream: true });
    });
  return {
    silent,
    closing: await local(tcp((socket) => socket.once("data", () => socket.end()))),
    resetting: await local(tcp((socket) => socket.once("data", () => socket.resetAndDestroy()))),
    http: await local(createHttp(answer)),
    proxy: await local(
      createHttp((_request, response) => void response.writeHead(407).end()).on("connect", (_request, socket: Socket) =>
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
      ),
    ),
    grpc: await local(codes(createHttp2())),
    headerLimit: await local(codes(createHttp2({ settings: { maxHeaderListSize: 4096 } }))),
    html: await local(codes(createHttp2())),
    /** Ends each request with a reset of its stream. */
    cancelling: await local(
      createHttp2().on("stream", (stream) => {
        stream.on("error", () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }),
    ),
    /** Ends each connection with its first request, as gRPC servers do with clients that ping too often. */
    goaway: await local(
      createHttp2().on("stream", (stream) => {
        stream.on("error", () => undefined);
        const { session } = stream;
        session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
        setTimeout(() => session?.destroy(), 100);
      }),
    ),
    deaf: await port(deaf(await port(createHttp2().on("stream", ignoreErrors)))),
    deafTls: await port(deaf(await port(createSecureServer(of("server")).on("stream", ignoreErrors)))),
    h2Tls: await port(codes(createSecureServer(of("server")))),
    tls: await port(codes(createSecureServer({ ...of("server"), allowHTTP1: true }))),
    expired: await port(codes(createSecureServer({ ...of("expired"), allowHTTP1: true }))),
    otherName: await port(codes(createSecureServer({ ...of("other"), allowHTTP1: true }))),
    commonName: await port(https("common")),
    noIntermediate: await port(https("leaf")),
    mutual: await port(
      codes(
        createSecureServer({
          ...of("server"),
          allowHTTP1: true,
          requestCert: true,
          rejectUnauthorized: true,
          ca: readFileSync(join(folder, "ca.pem")),
        }),
      ),
    ),
    /** Speaks HTTP/1.1 only, and says so by ALPN. */
    http1Tls: await port(https("server", { ALPNProtocols: ["http/1.1"] })),
    /** Knows no ALPN. */
    noAlpn: await port(createTls(of("server"), (socket) => socket.on("error", () => undefined).resume())),
    oldTls: await port(https("server", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" })),
  };
}

const ignoreErrors = (stream: Readable): void => void stream.on("error", () => undefined);

/** Passes connections on to a port for their first second. After that, it takes all bytes, and returns none. */
function deaf(port: number): Server {
  return createTcp((socket) => {
    const server = connect(port, "127.0.0.1");
    for (const one of [socket, server]) one.on("error", () => undefined);
    socket.pipe(server).pipe(socket);
    setTimeout(() => {
      server.unpipe(socket);
      socket.unpipe(server).resume();
      server.resume();
    }, 1000);
  });
}

/** Addresses of the servers: `host:port`, or a port where the host must be the name in the certificate. */
type Addresses = Awaited<ReturnType<typeof listening>>;

export const startServers = (pki: Pki): Promise<Addresses> => listening(pki);
