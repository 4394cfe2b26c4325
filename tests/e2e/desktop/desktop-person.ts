import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { ko } from "../../../ui/src/i18n/ko";
import { HERE, type Place } from "../fixtures/place";
import type { SignalingServer } from "../fixtures/server";
import { reachProgress } from "../fixtures/transfer-progress";
import { DesktopApp } from "./app";
import { FileDrag } from "./file-drag";
import { listTree, ROOT } from "./file-tree";
import { evaluateIn, joinAs } from "./native";
import { resizeWindow } from "./native-dialog";
import { openBelow } from "./processes";
import { expectTile } from "./test";
import { button, byTestId, type WebDriver } from "./webdriver";

/** Folders in a home folder that are not files which a test made. */
const OWN_FOLDERS: ReadonlySet<string> = new Set(["config", "data", "cache", "Downloads"]);

export interface PersonOptions {
  language?: "en" | "ko";
  place?: Place;
}

export interface TransferShown {
  direction: "send" | "receive";
  state: string;
  title: string;
  /** The line that says how it stands; empty while it is active. */
  status: string;
  /** Per cent; null if no progress is shown. */
  percent: number | null;
}

/** One person with the desktop app, a home folder that survives it and a folder for downloads, in a room. */
export class DesktopPerson {
  #app: DesktopApp;

  private constructor(
    readonly name: string,
    readonly home: string,
    /** The texts of the interface in this person's language. */
    readonly texts: typeof en,
    private readonly server: SignalingServer,
    private readonly room: string,
    private readonly place: Place,
    app: DesktopApp,
  ) {
    this.#app = app;
  }

  /** Starts the app and joins the room. */
  static async enter(
    server: SignalingServer,
    room: string,
    name: string,
    { language = "en", place = HERE }: PersonOptions = {},
  ): Promise<DesktopPerson> {
    const home = await mkdtemp(join(ROOT, "maru-desktop-"));
    await mkdir(join(home, "config/app.maru.desktop"), { recursive: true });
    await mkdir(join(home, "Downloads"));
    await writeFile(join(home, "config/user-dirs.dirs"), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
    await writeFile(join(home, "config/app.maru.desktop/settings.json"), JSON.stringify({ language }));
    const app = await DesktopApp.start({ server: server.originFrom(place), place, home });
    const texts = language === "ko" ? (ko as typeof en) : en;
    const person = new DesktopPerson(name, home, texts, server, room, place, app);
    await joinAs(app.window, room, name);
    return person;
  }

  get app(): DesktopApp {
    return this.#app;
  }

  get window(): WebDriver {
    return this.#app.window;
  }

  get downloads(): string {
    return join(this.home, "Downloads");
  }

  /** A path of this person's files. */
  path(...names: string[]): string {
    return join(this.home, ...names);
  }

  /** What the downloads folder has: see {@link listTree}. */
  received(): Promise<string[]> {
    return listTree(this.downloads);
  }

  /** The folders of what is kept of transfers that are not over. */
  async records(): Promise<string[]> {
    const root = join(this.home, "data/app.maru.desktop/transfers");
    const all = await listTree(root).catch(() => []);
    const folders = all.filter((path) => path.indexOf("/") === path.length - 1);
    const unfinished = await Promise.all(
      folders.map(async (folder) => {
        const record = await readFile(join(root, folder, "record.json"), "utf8").catch(() => null);
        return record === null || (JSON.parse(record) as { end: unknown }).end === null;
      }),
    );
    return folders.filter((_, index) => unfinished[index]);
  }

  /** Files and folders of this person that the app has open, also of those that are removed; not what it keeps for itself. */
  async filesInUse(): Promise<string[]> {
    const { app } = await this.#app.usage();
    const all = await openBelow(app.pid, this.home);
    return all.filter((path) => !/^(config|data|cache)\//.test(path));
  }

  async close(): Promise<void> {
    await this.#app.close();
    await rm(this.home, { recursive: true, force: true });
  }

  /** The app crashes, and is started again; the person joins the same room. */
  async crashAndReturn(whileGone: () => Promise<void> = async () => undefined): Promise<void> {
    await this.#app.kill();
    await whileGone();
    await this.startAgain();
  }

  /** Starts the app, which has ended, and joins the same room. */
  async startAgain(): Promise<void> {
    await this.#app.close();
    this.#app = await DesktopApp.start({
      server: this.server.originFrom(this.place),
      place: this.place,
      home: this.home,
    });
    await this.rejoin();
  }

  async expectInCall(): Promise<void> {
    await expect.poll(() => this.window.count(byTestId("dock"))).toBe(1);
  }

  async leave(): Promise<void> {
    await this.window.click(button(this.texts.dock.leave));
    await expect.poll(() => this.window.count(byTestId("start-join"))).toBe(1);
  }

  async rejoin(): Promise<void> {
    await joinAs(this.window, this.room, this.name);
  }

  async resize(width: number, height: number): Promise<void> {
    await resizeWindow(this.#app.environment, width, height);
    await expect
      .poll(() => this.window.evaluate("return [innerWidth, innerHeight]"), { message: "the window's size" })
      .toEqual([width, height]);
  }

  // Sending

  /** Drags these over the tile of `receiver`, or over the middle of the call for everyone, and drops them. */
  async drop(receiver: { name: string } | null, ...paths: string[]): Promise<void> {
    if (receiver) await expectTile(this.window, receiver.name);
    const drag = await FileDrag.start(this.#app.environment, ...paths);
    const label = receiver ? this.texts.files.drop.one(receiver.name) : null;
    await expect
      .poll(
        async () => {
          const [x, y] = await this.#dropPoint(receiver);
          await drag.over(x, y);
          return this.window.evaluate<string>(
            `return document.querySelector('[data-testid="drop"] .drop-label')?.textContent ?? ""`,
          );
        },
        { message: `files can be sent to ${receiver?.name ?? "everyone"}` },
      )
      .toEqual(label ?? expect.stringMatching(/^Send to everyone/));
    expect(await drag.drop()).toBe(true);
    drag.end();
  }

  #dropPoint(receiver: { name: string } | null): Promise<[number, number]> {
    if (!receiver) return Promise.resolve([2, 2]);
    return this.window.evaluate<[number, number]>(
      `const tile = [...document.querySelectorAll('[data-testid="tile"]')]
         .find((tile) => tile.textContent.includes(arguments[0]));
       const { x, y, width, height } = tile.getBoundingClientRect();
       return [Math.round(x + width / 2), Math.round(y + height / 2)];`,
      receiver.name,
    );
  }

  // Offers

  /** Waits for an offer, and returns what its card says. */
  async expectOffer(): Promise<string> {
    await expect.poll(() => this.window.count(byTestId("offer")), { message: "an offer" }).toBe(1);
    return this.window.evaluate<string>(`return document.querySelector('[data-testid="offer"]').textContent`);
  }

  async accept(): Promise<void> {
    await this.expectOffer();
    await this.window.click(button(this.texts.files.offer.accept));
  }

  async decline(): Promise<void> {
    await this.expectOffer();
    await this.window.click(button(this.texts.files.offer.decline));
  }

  // The panel

  async openFiles(): Promise<void> {
    const open = `return document.querySelector(".files-list") !== null`;
    if (await this.window.evaluate<boolean>(open)) return;
    const keys = `[data-testid="dock"] [aria-keyshortcuts="F"]`;
    await this.window.click({ using: "css selector", value: keys });
    await expect.poll(() => this.window.evaluate(open)).toBe(true);
  }

  /** As the panel shows them, from top to bottom. */
  transfers(): Promise<TransferShown[]> {
    return this.window.evaluate<TransferShown[]>(
      `return [...document.querySelectorAll('[data-testid="transfer"]')].map((card) => ({
         direction: card.dataset.direction,
         state: card.dataset.state,
         title: card.querySelector(".transfer-title").textContent,
         status: card.querySelector(".transfer-status strong")?.textContent ?? "",
         percent: card.querySelector("[role=progressbar]") &&
           Number(card.querySelector("[role=progressbar]").getAttribute("aria-valuenow")),
       }));`,
    );
  }

  /** Waits until the only transfer in the panel is in this state, and says so. */
  async expectTransfer(state: string, status?: string): Promise<TransferShown> {
    let transfers: TransferShown[] = [];
    await expect
      .poll(
        async () => {
          transfers = await this.transfers();
          return transfers;
        },
        { message: `the transfer of ${this.name}` },
      )
      .toMatchObject([status === undefined ? { state } : { state, status }]);
    return transfers[0] as TransferShown;
  }

  /** {@link expectTransfer}, in the panel that is opened for it. */
  async expectState(state: string): Promise<void> {
    await this.openFiles();
    await this.expectTransfer(state);
  }

  /**
   * Waits until the only transfer has passed this share, and then presses its button at once, if one is named: both in the
   * page, since the transfer goes on while a test asks from outside. Returns the per cent at that moment.
   */
  async reach(percent: number, press?: "pause" | "cancel"): Promise<number> {
    const label = press === undefined ? null : `${this.texts.files.actions[press]}:`;
    return reachProgress(this.name, evaluateIn(this.window), percent, label);
  }

  /** Presses a button of the only transfer. */
  async press(action: "pause" | "resume" | "cancel"): Promise<void> {
    const label = `${this.texts.files.actions[action]}:`;
    await this.window.click({
      using: "css selector",
      value: `[data-testid="transfer"] [aria-label^="${label}"]`,
    });
  }

  /** Removes all transfers, which are over, from the panel as a person does; and what was sent and received, for the next. */
  async cleanUp(): Promise<void> {
    await this.openFiles();
    await this.choose(this.texts.files.removeFinished);
    await expect.poll(() => this.transfers(), { message: `the panel of ${this.name} is empty` }).toEqual([]);
    for (const name of await readdir(this.home)) {
      if (!OWN_FOLDERS.has(name)) await rm(this.path(name), { recursive: true });
    }
    for (const name of await readdir(this.downloads))
      await rm(join(this.downloads, name), { recursive: true });
  }

  /** Presses the button with this text, in the panel. */
  async choose(label: string): Promise<void> {
    await expect.poll(() => this.window.count(button(label)), { message: label }).toBe(1);
    await this.window.click(button(label));
  }
}
