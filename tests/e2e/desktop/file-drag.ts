import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { pathToFileURL } from "node:url";
import { compileXProgram } from "./x-program";

/** A file manager on the display of an app (`file-drag.c`), which drags files over its window. */
export class FileDrag {
  private constructor(
    private readonly program: ChildProcessWithoutNullStreams,
    private readonly answers: Interface,
  ) {}

  /**
   * @param environment of the app.
   * @param dragged absolute paths, or URLs as they are.
   */
  static async start(environment: NodeJS.ProcessEnv, ...dragged: string[]): Promise<FileDrag> {
    const binary = await compileXProgram(environment, "file-drag");
    const uris = dragged.map((each) => (each.startsWith("/") ? pathToFileURL(each).href : each));
    const program = spawn(binary, uris, { env: environment });
    await once(program, "spawn");
    return new FileDrag(program, createInterface(program.stdout));
  }

  /** In pixels of the window. Whether the window takes what is dragged. */
  async over(x: number, y: number): Promise<boolean> {
    return (await this.#command(`over ${x} ${y}`)) === "accepted";
  }

  /** Resolves when the window has the files. */
  async drop(): Promise<boolean> {
    return (await this.#command("drop")) === "done";
  }

  async leave(): Promise<void> {
    await this.#command("leave");
  }

  end(): void {
    this.program.kill();
  }

  async #command(line: string): Promise<string> {
    const answer = once(this.answers, "line");
    const ended = once(this.program, "exit").then(() => {
      throw new Error(`file-drag ended at '${line}'`);
    });
    this.program.stdin.write(`${line}\n`);
    const [text] = (await Promise.race([answer, ended])) as [string];
    return text;
  }
}
