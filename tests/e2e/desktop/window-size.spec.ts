import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DesktopApp } from "./app";
import { joinAs } from "./native";
import { windowGeometry } from "./native-dialog";
import { expect, test } from "./test";

/** A window of a larger screen, most of it outside of this one. */
const LARGE = { width: 2400, height: 1400, x: 900, y: 500, prev_x: 0, prev_y: 0 };
/** Of a screen that is gone. */
const GONE = { width: 1180, height: 760, x: 4000, y: 300, prev_x: 0, prev_y: 0 };

for (const [screen, scale, saved] of [
  ["1920x1080", 2, null],
  ["1280x720", 1, LARGE],
  ["1280x720", 1, GONE],
] as const) {
  const what = saved === null ? "at first" : `saved at ${saved.x},${saved.y}`;
  test(`the window is inside of a screen of ${screen} at ${scale * 100} %, ${what}`, async ({
    server,
    room,
  }) => {
    const home = await mkdtemp(join(tmpdir(), "maru-desktop-"));
    if (saved) {
      const folder = join(home, "config/app.maru.desktop");
      await mkdir(folder, { recursive: true });
      const state = { ...saved, maximized: false, visible: true, decorated: true, fullscreen: false };
      await writeFile(join(folder, ".window-state.json"), JSON.stringify({ main: state }));
    }
    const environment = { GDK_SCALE: `${scale}` };
    const app = await DesktopApp.start({ server: server.origin, home, screen, environment });
    await joinAs(app.window, room, "Desk");
    const [width = 0, height = 0] = screen.split("x").map(Number);
    const { left, top, right, bottom } = await windowGeometry(app.environment);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(width);
    expect(bottom).toBeLessThanOrEqual(height);
    // As large as it may be, and not only small.
    expect(right - left).toBeGreaterThan(width * 0.9);
    const below = await app.window.evaluate<number>(
      `return document.querySelector('[data-testid="dock"]').getBoundingClientRect().bottom - innerHeight`,
    );
    expect(below).toBeLessThanOrEqual(0);
    await app.picture(`window-${screen}-${scale}`);
    await app.close();
    await rm(home, { recursive: true, force: true });
  });
}
