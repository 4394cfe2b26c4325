/** File transfers in every state. */
import { type FakeFilesOptions, fakeId, fakeTransfer } from "./fake-files";
import { FOLDER, MANY, ONE, photo, seascape, VIDEO } from "./sample-files";
import { LONG, LONG_PAUSED, offer, PROGRAM, SOFIA } from "./sample-offers";
import {
  active,
  DECLINED,
  OVER,
  PAUSED,
  PRESENT,
  RUNNING,
  SENT,
  TO_SEVERAL,
  VIDEO_DONE,
  WITHOUT_FILES,
} from "./sample-transfers";

const over = (x: number, y: number) => ({ type: "over", x, y }) as const;

export const FILES = {
  none: {},
  running: { transfers: RUNNING },
  paused: { transfers: PAUSED },
  over: { transfers: OVER },
  present: { transfers: PRESENT },
  reselect: { transfers: WITHOUT_FILES },
  entries: { transfers: [active], entry: photo },
  failed: { transfers: OVER.slice(1, 2), entry: photo },
  offer: { transfers: [offer(31, FOLDER)] },
  offers: {
    transfers: [offer(32, { ...MANY, ...SOFIA }), PROGRAM, offer(34, { ...VIDEO, relayed: true }), active],
  },
  long: { transfers: [LONG, LONG_PAUSED] },
  program: { transfers: [PROGRAM] },
  relayed: { transfers: [offer(34, { ...VIDEO, ...SOFIA, relayed: true })] },
  chat: {
    changes: [
      { ...VIDEO_DONE, participant: "p0" },
      SENT,
      DECLINED,
      fakeTransfer({ ...ONE("바다.jpg", 4_812_033), id: fakeId(39), direction: "send", ...SOFIA }),
      offer(38, { ...MANY, ...SOFIA }),
    ],
    thumbnail: async () => seascape(),
  },
  chatToSeveral: { changes: TO_SEVERAL },
  dropOne: { drag: over(240, 210) },
  dropOneNarrow: { drag: over(200, 150) },
  dropEveryone: { drag: over(640, 5) },
} satisfies Record<string, FakeFilesOptions>;

/** Keys of transfers whose list of files is open in a scene. */
export const EXPANDED = { entries: [`receive-${fakeId(1)}`], failed: [`receive-${fakeId(22)}`] };
