import fc from "fast-check";
import { expect, test } from "vitest";
import { HEADER_BYTES, MAX_FRAME_BYTES, readControl, readHeader, writeHeader } from "./wire";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

test("a header is read back as it was written", () => {
  fc.assert(
    fc.property(
      fc.record({
        stream: u32,
        keyframe: fc.boolean(),
        playoutDelay: u16,
        timestamp: u32,
        width: u16,
        height: u16,
      }),
      fc.integer({ min: 1, max: 5_000 }),
      (header, bytes) => {
        const message = writeHeader(header, bytes);
        expect(message.byteLength).toBe(HEADER_BYTES + bytes);
        expect(readHeader(message)).toEqual(header);
      },
    ),
  );
});

test("the header has the byte layout that the shell expects", () => {
  const message = writeHeader(
    {
      stream: 0x80000001,
      keyframe: true,
      playoutDelay: 0x0102,
      timestamp: 0x03040506,
      width: 640,
      height: 480,
    },
    1,
  );
  expect([...new Uint8Array(message, 0, HEADER_BYTES)]).toEqual([
    1, 1, 2, 1, 1, 0, 0, 0x80, 6, 5, 4, 3, 0x80, 2, 0xe0, 1,
  ]);
});

test("anything that is no frame is ignored", () => {
  const header = { stream: 1, keyframe: false, playoutDelay: 0, timestamp: 0, width: 2, height: 2 };
  expect(readHeader(new ArrayBuffer(0))).toBeNull();
  expect(readHeader(writeHeader(header, 0))).toBeNull();
  expect(readHeader(new ArrayBuffer(HEADER_BYTES + MAX_FRAME_BYTES + 1))).toBeNull();
  const other = writeHeader(header, 1);
  new DataView(other).setUint8(0, 9);
  expect(readHeader(other)).toBeNull();
});

test("known control messages are read, others ignored", () => {
  expect(readControl('{"type":"encode","stream":3,"bitrate":0}')).toEqual({
    type: "encode",
    stream: 3,
    bitrate: 0,
  });
  expect(readControl('{"type":"keyframe","stream":3,"more":1}')).toEqual({ type: "keyframe", stream: 3 });
  for (const bad of ["", "null", "[]", '{"type":"encode","stream":-1,"bitrate":1}', '{"type":"later"}']) {
    expect(readControl(bad)).toBeNull();
  }
});
