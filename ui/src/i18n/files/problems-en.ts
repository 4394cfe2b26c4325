import type { ProblemTexts } from "./problems";

const KEPT = "What has arrived is kept.";

export const problemsEn: ProblemTexts = {
  missing: {
    here: ({ sends }) =>
      sends
        ? {
            title: "Your files or their drive are gone",
            help: "Put them back or plug in their drive, and it goes on by itself.",
          }
        : {
            title: "Your folder or its drive is gone",
            help: "Put the folder back or plug in its drive, and it goes on by itself.",
          },
    there: ({ name, sends }) =>
      sends
        ? {
            title: `${name}'s files or their drive are gone`,
            help: `It goes on by itself once ${name} has put them back or plugged in their drive.`,
          }
        : {
            title: `${name}'s folder or its drive is gone`,
            help: `It goes on by itself once ${name} has put the folder back or plugged in its drive.`,
          },
  },
  denied: {
    here: ({ sends }) => ({
      title: sends ? "No permission to read your files" : "No permission to save in your folder",
      help: `Allow it in the properties of the ${sends ? "files" : "folder"} or in the system's privacy settings, and it goes on by itself.`,
    }),
    there: ({ name, sends }) => ({
      title: sends
        ? `${name} has no permission to read the files`
        : `${name} has no permission to save in the folder`,
      help: "It goes on by itself once they have allowed it.",
    }),
  },
  unreadable: {
    here: () => ({
      title: "Your disk cannot be read",
      help: "Check the drive. Once it can be read, it goes on by itself.",
    }),
    there: ({ name }) => ({
      title: `${name}'s disk cannot be read`,
      help: "It goes on by itself once their drive can be read.",
    }),
  },
  "too-large": {
    here: ({ name }) => ({
      title: "Your drive cannot store a file of this size",
      help: `Some drives store no file above 4\u00a0GB. Cancel it, ask ${name} to send it again, and save it on another drive.`,
    }),
    there: ({ name }) => ({
      title: `${name}'s drive cannot store a file of this size`,
      help: "Some drives store no file above 4\u00a0GB. Cancel it and send it again: they can save it on another drive.",
    }),
  },
  "disk-full": {
    here: () => ({
      title: "Your disk is full",
      help: `Make room, and it goes on by itself. ${KEPT}`,
    }),
    there: ({ name }) => ({
      title: `${name}'s disk is full`,
      help: `It goes on by itself once they have made room. ${KEPT}`,
    }),
  },
  "read-only": {
    here: () => ({
      title: "Your folder is read-only",
      help: `Make it writable (some memory cards have a switch), and it goes on by itself. ${KEPT}`,
    }),
    there: ({ name }) => ({
      title: `${name}'s folder is read-only`,
      help: `It goes on by itself once they have made it writable. ${KEPT}`,
    }),
  },
  unwritable: {
    here: () => ({
      title: "It cannot be saved in your folder",
      help: `Check the folder and its drive. Once that works, it goes on by itself. ${KEPT}`,
    }),
    there: ({ name }) => ({
      title: `It cannot be saved in ${name}'s folder`,
      help: `It goes on by itself once they have solved it. ${KEPT}`,
    }),
  },
  other: {
    here: ({ code }) => ({
      title: "Paused by a problem with your disk",
      help: `Check the drive. Once it works, it goes on by itself. Reason code: “${code}”`,
    }),
    there: ({ name, code }) => ({
      title: `Paused by a problem with ${name}'s disk`,
      help: `It goes on by itself once they have solved it. Reason code: “${code}”`,
    }),
  },
};
