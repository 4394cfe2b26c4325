import { readdir, readFile, readlink } from "node:fs/promises";
import { relative } from "node:path";

/** Resources that a process has used since its start (Linux, proc(5)). */
export interface Usage {
  pid: number;
  name: string;
  /** Seconds of processor time. */
  cpu: number;
  /** Bytes of resident memory. */
  memory: number;
}

/** sysconf(_SC_CLK_TCK) on every Linux that runs this. */
const TICKS_PER_SECOND = 100;
const PAGE = 4096;

/** Seconds of processor time of the threads of a process whose names match, as far as the kernel keeps them. */
export async function cpuOfThreads(pid: number, name: RegExp): Promise<number> {
  let cpu = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    try {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      if (!name.test(stat.slice(stat.indexOf("(") + 1, end))) continue;
      const fields = stat.slice(end + 2).split(" ");
      cpu += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      // It ended between the listing and the look.
    }
  }
  return cpu;
}

/** Every descendant of `root`. */
export async function usageOfTree(root: number): Promise<Usage[]> {
  const all = new Map<number, { parent: number; usage: Usage }>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = await readFile(`/proc/${entry}/stat`, "utf8");
      // The name may have spaces and parentheses: fields are counted from the last parenthesis.
      const end = stat.lastIndexOf(")");
      const fields = stat.slice(end + 2).split(" ");
      const number = (index: number) => Number(fields[index - 3]);
      all.set(Number(entry), {
        parent: number(4),
        usage: {
          pid: Number(entry),
          name: stat.slice(stat.indexOf("(") + 1, end),
          cpu: (number(14) + number(15)) / TICKS_PER_SECOND,
          memory: number(24) * PAGE,
        },
      });
    } catch {
      // It ended between the listing and the look.
    }
  }
  const isOurs = (pid: number): boolean => {
    const process = all.get(pid);
    return process !== undefined && (process.parent === root || isOurs(process.parent));
  };
  return [...all].filter(([pid]) => isOurs(pid)).map(([, { usage }]) => usage);
}

/** Signals those descendants of `root` whose names match. */
export async function signalTree(root: number, signal: NodeJS.Signals, name: RegExp): Promise<void> {
  for (const usage of await usageOfTree(root)) if (name.test(usage.name)) process.kill(usage.pid, signal);
}

/** Paths, from `folder` on, of everything below it that a process has open; those of removed files end with " (deleted)". */
export async function openBelow(pid: number, folder: string): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  // One may be closed between the listing and the look.
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "")),
  );
  return targets
    .filter((target) => target.startsWith(`${folder}/`))
    .map((target) => relative(folder, target));
}
