import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

/** Memory, where there is such a folder: large files are written and read several times. */
export const ROOT = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const PIECE = 4 << 20;

/** Writes a file of random bytes, so without holes and without two equal parts, and returns its hash. */
export async function writeRandom(path: string, bytes: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  try {
    for (let written = 0; written < bytes; ) {
      const piece = randomBytes(Math.min(PIECE, bytes - written));
      hash.update(piece);
      await file.write(piece);
      written += piece.length;
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Everything below a folder, hidden files too: sorted paths, with a slash at the end of folders. */
export async function listTree(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => relative(root, join(entry.parentPath, entry.name)) + (entry.isDirectory() ? "/" : ""))
    .sort();
}

/** In milliseconds, and bytes. */
export async function timeAndSize(path: string): Promise<{ modified: number; size: number }> {
  const { mtimeMs, size } = await stat(path);
  return { modified: Math.round(mtimeMs), size };
}
