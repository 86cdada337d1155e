import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Cache, linkResults } from "../../../lab/build/cache";
import { temporaryFolder, write } from "../helpers/temp";

describe("the cache of built programs", () => {
  const folder = temporaryFolder();

  it("has a result only when it is complete", () => {
    const cache = new Cache(join(folder, "whole"));
    const staged = cache.stage("kube");
    write(staged, { kube: "program" });
    assert.equal(cache.has("kube", "1"), false);
    cache.publish(staged, "kube", "1");
    assert.equal(cache.has("kube", "1"), true);
    assert.equal(readFileSync(join(cache.path("kube", "1"), "kube"), "utf8"), "program");
  });

  it("starts again with an empty folder after an interrupted build", () => {
    const cache = new Cache(join(folder, "again"));
    write(cache.stage("kube"), { half: "" });
    assert.deepEqual(readdirSync(cache.stage("kube")), []);
  });

  it("loses interrupted builds and results that were not used for a month", () => {
    const cache = new Cache(join(folder, "clean"));
    for (const hash of ["old", "new"]) cache.publish(cache.stage("kube"), "kube", hash);
    const month = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    utimesSync(cache.path("kube", "old"), month, month);
    utimesSync(cache.path("kube", "new"), month, month);
    cache.touch("kube", "new");
    cache.stage("pulumi");
    cache.clean();
    assert.deepEqual(readdirSync(cache.folder), ["kube-new"]);
  });

  it("keeps the five results of a target that were used last", () => {
    const cache = new Cache(join(folder, "many"));
    for (let age = 0; age < 7; age++) {
      cache.publish(cache.stage("cluster"), "cluster", String(age));
      const used = new Date(Date.now() - age * 60_000);
      utimesSync(cache.path("cluster", String(age)), used, used);
    }
    cache.publish(cache.stage("kube"), "kube", "1");
    cache.clean();
    const kept = ["cluster-0", "cluster-1", "cluster-2", "cluster-3", "cluster-4", "kube-1"];
    assert.deepEqual(readdirSync(cache.folder).sort(), kept);
  });

  it("is linked into a checkout, folders as folders, and again after a change", () => {
    const [first, second, bin] = [join(folder, "first"), join(folder, "second"), join(folder, "bin")];
    write(first, { kube: "1", "cni/ptp": "1" });
    write(second, { kube: "2" });
    symlinkSync("kube", join(first, "kubelet"));
    linkResults([first], bin);
    linkResults([first], bin);
    assert.equal(readFileSync(join(bin, "cni/ptp"), "utf8"), "1");
    assert.equal(readlinkSync(join(bin, "kubelet")), join(first, "kubelet"));
    linkResults([second], bin);
    assert.equal(readFileSync(join(bin, "kube"), "utf8"), "2");
    assert.deepEqual(readdirSync(bin).sort(), ["cni", "kube", "kubelet"]);
  });

  it("never writes through a folder that is a link", () => {
    const [result, elsewhere, bin] = [join(folder, "result"), join(folder, "elsewhere"), join(folder, "bin2")];
    write(result, { "cni/ptp": "1" });
    write(elsewhere, { other: "" });
    write(bin, { x: "" });
    symlinkSync(elsewhere, join(bin, "cni"));
    linkResults([result], bin);
    assert.equal(existsSync(join(elsewhere, "ptp")), false);
    assert.equal(readFileSync(join(bin, "cni/ptp"), "utf8"), "1");
  });
});
