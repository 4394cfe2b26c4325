import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { crc32, deflateSync } from "node:zlib";
import { compileXProgram } from "./x-program";

const run = promisify(execFile);

/** What the display of an app shows of one of its windows, as a PNG. */
export async function pictureOf(environment: NodeJS.ProcessEnv, window: string): Promise<Buffer> {
  const program = await compileXProgram(environment, "window-picture");
  const options = { env: environment, encoding: "buffer", maxBuffer: 64 << 20 } as const;
  const { stdout } = await run(program, [window], options);
  return pngOf(stdout);
}

/** A PNG of a portable pixmap with 8 bits for each colour. */
function pngOf(pixmap: Buffer): Buffer {
  const header = /^P6\n(\d+) (\d+)\n255\n/.exec(pixmap.toString("latin1", 0, 64));
  if (!header) throw new Error("not a portable pixmap");
  const [width, height] = [Number(header[1]), Number(header[2])];
  const pixels = pixmap.subarray(header[0].length);
  const rows: Buffer[] = [];
  for (let row = 0; row < height; row += 1) {
    // Without a filter (PNG §9).
    rows.push(Buffer.from([0]), pixels.subarray(row * width * 3, (row + 1) * width * 3));
  }
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  // 8 bits, RGB.
  size.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", size),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
