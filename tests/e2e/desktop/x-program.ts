import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Compiles a program for the X server of an app, from `<name>.c` beside this file, and returns its path. */
export async function compileXProgram(environment: NodeJS.ProcessEnv, name: string): Promise<string> {
  const { stdout } = await run("pkg-config", ["--cflags", "--libs", "x11"]);
  const binary = join(environment.HOME ?? "", name);
  const source = join(import.meta.dirname, `${name}.c`);
  await run("cc", ["-O1", "-o", binary, source, ...stdout.trim().split(/\s+/)]);
  return binary;
}
