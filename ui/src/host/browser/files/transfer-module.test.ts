import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hashBlob } from "./hash-blob";
import { GROUP_BYTES, TransferModule } from "./transfer-module";

const MODULE = new URL("./transfer.wasm", import.meta.url);

type Vector = { hash: string } & ({ text: string } | { size: number });

/** The test of the crate computes them in Rust. */
const VECTORS: Vector[] = JSON.parse(
  readFileSync(new URL("../../../../../crates/transfer-wasm/vectors/hashes.json", import.meta.url), "utf8"),
);

function patterned(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => index % 251);
}

async function instantiate(): Promise<TransferModule> {
  const { instance } = await WebAssembly.instantiate(readFileSync(MODULE));
  return new TransferModule(instance);
}

// `cargo xtask test` builds it first and fails if it cannot. `npm test` alone does without a Rust toolchain.
describe.skipIf(!existsSync(MODULE))("the WebAssembly module (cargo xtask wasm)", () => {
  it("hashes as Rust and b3sum do", async () => {
    const module = await instantiate();
    expect(VECTORS.length).toBeGreaterThan(5);
    for (const vector of VECTORS) {
      const content = "text" in vector ? vector.text : patterned(vector.size);
      expect(await hashBlob(module, new Blob([content]))).toBe(vector.hash);
    }
  });

  it("says what a group hashes to", async () => {
    const module = await instantiate();
    const bytes = patterned(GROUP_BYTES);
    expect(module.hashGroup(GROUP_BYTES, 0, bytes).kind).toBe("file");
    const first = module.hashGroup(2 * GROUP_BYTES, 0, bytes);
    const second = module.hashGroup(2 * GROUP_BYTES, 1, bytes);
    expect([first.kind, second.kind]).toEqual(["digest", "digest"]);
    // Its place in the file enters the digest.
    expect(first.bytes).not.toEqual(second.bytes);
    // A copy: the next result does not change it.
    expect(module.hashGroup(2 * GROUP_BYTES, 0, bytes).bytes).toEqual(first.bytes);
  });

  it("combines digests in any order, of several files at once", async () => {
    const module = await instantiate();
    const size = 3 * GROUP_BYTES + 1;
    const content = patterned(size);
    const digests = [0, 1, 2, 3].map((group) => {
      const bytes = content.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES);
      return module.hashGroup(size, group, bytes).bytes;
    });
    const [ascending, other] = [module.openFile(size), module.openFile(size)];
    for (const group of [0, 1, 2, 3]) ascending.add(group, digests[group] ?? new Uint8Array());
    for (const group of [2, 0, 3, 1]) other.add(group, digests[group] ?? new Uint8Array());
    expect(other.finish()).toEqual(ascending.finish());
  });

  it("refuses with a code", async () => {
    const module = await instantiate();
    const size = 2 * GROUP_BYTES;
    const group = patterned(GROUP_BYTES);
    const refused = (code: string) => expect.objectContaining({ name: "TransferModuleError", code });
    const failure = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(failure(() => module.hashGroup(2 ** 53, 0, group))).toEqual(refused("file-too-large"));
    expect(failure(() => module.hashGroup(size, 2, group))).toEqual(refused("no-such-group"));
    expect(failure(() => module.hashGroup(size - 1, 1, group))).toEqual(refused("too-many-bytes"));
    expect(failure(() => module.hashGroup(size, 1, group.subarray(1)))).toEqual(refused("incomplete"));
    expect(failure(() => module.hashGroup(size, 1, patterned(GROUP_BYTES + 1)))).toEqual(refused("too-long"));
    expect(failure(() => module.openFile(GROUP_BYTES))).toEqual(refused("no-digests"));
    const file = module.openFile(size);
    const { bytes } = module.hashGroup(size, 0, group);
    file.add(0, bytes);
    expect(failure(() => file.add(0, bytes))).toEqual(refused("duplicate"));
    expect(failure(() => file.add(2, bytes))).toEqual(refused("no-such-group"));
    expect(failure(() => file.add(1, bytes.subarray(1)))).toBeInstanceOf(RangeError);
    expect(failure(() => file.finish())).toEqual(refused("incomplete"));
  });

  it("keeps a closed file from using the handle of the next one", async () => {
    const module = await instantiate();
    const closed = module.openFile(2 * GROUP_BYTES);
    closed.close();
    const next = module.openFile(2 * GROUP_BYTES);
    closed.close();
    expect(() => closed.add(0, new Uint8Array(32))).toThrow("no-such-handle");
    next.add(0, new Uint8Array(32));
    next.add(1, new Uint8Array(32));
    expect(next.finish()).toHaveLength(32);
  });

  it("goes on when its memory has grown", async () => {
    const { instance } = await WebAssembly.instantiate(readFileSync(MODULE));
    const module = new TransferModule(instance);
    const before = module.hashGroup(6, 0, patterned(6)).bytes;
    (instance.exports.memory as WebAssembly.Memory).grow(1);
    expect(module.hashGroup(6, 0, patterned(6)).bytes).toEqual(before);
  });
});
