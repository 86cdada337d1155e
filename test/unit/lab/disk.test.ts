import assert from "node:assert/strict";
import { checkDisk, diskNeeds, type FileSystem } from "../../../lab/build/disk";
import { targets } from "../../../lab/build/targets";

const gib = 1024 ** 3;
const places = [
  { what: "modules", folder: "/a/mod", gib: 3 },
  { what: "build", folder: "/a/build", gib: 5 },
  { what: "programs", folder: "/b", gib: 1 },
];

/** Folders below /a and /b are on different file systems with this much free space. */
function disks(a: number, b: number): FileSystem {
  return {
    device: (folder) => (folder.startsWith("/a") ? 1 : 2),
    free: (folder) => (folder.startsWith("/a") ? a : b) * gib,
  };
}

describe("the disk check", () => {
  it("adds up the needs of the same file system, and leaves a reserve", () => {
    checkDisk(places, disks(10, 3));
    assert.throws(() => checkDisk(places, disks(9.9, 3)), /10\.0 GiB needed, 9\.9 GiB free/);
    assert.throws(() => checkDisk(places, disks(10, 2.9)), /3\.0 GiB needed/);
  });

  it("reports the need of each folder, and how to move the folder", () => {
    assert.throws(
      () => checkDisk(places, disks(1, 100)),
      (error: Error) => {
        for (const part of ["3.0 GiB for modules in /a/mod", "5.0 GiB for build in /a/build", "GOCACHE"]) {
          assert.ok(error.message.includes(part), part);
        }
        return true;
      },
    );
  });

  it("needs no space if there is nothing to build", () => {
    const folders = { modules: "/a", build: "/a", results: "/b" };
    checkDisk(diskNeeds([], folders), disks(0, 0));
    assert.ok(diskNeeds(targets, folders).every((place) => place.gib > 0));
  });
});
