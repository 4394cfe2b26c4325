import type { OwnDiskTexts } from "./own-disk";

const LIST = "Maru stores a list of what you send, on the drive of your user account.";

export const ownDiskEn: OwnDiskTexts = {
  missing: {
    send: {
      title: "No longer where it was",
      help: "Put it back, or plug in its drive, then try again.",
    },
    receive: {
      title: "Your folder or its drive is gone",
      help: "Put the folder back, plug in its drive, or choose another folder, then try again.",
    },
  },
  denied: {
    send: {
      title: "No permission on your disk",
      help: `Check that you may read the files, and that Maru may write: ${LIST} Then send it again.`,
    },
    receive: {
      title: "No permission to save in your folder",
      help: "Allow it in the properties of the folder or in the system's privacy settings, or choose another folder, then try again.",
    },
  },
  "disk-full": {
    send: {
      title: "Your own disk is full",
      help: `${LIST} Free space there, then send it again.`,
    },
    receive: {
      title: "Your disk is full",
      help: "Free space, also on the drive of your user account, then try again.",
    },
  },
  "read-only": {
    send: {
      title: "Your own disk is read-only",
      help: `${LIST} Make it writable, then send it again.`,
    },
    receive: {
      title: "The folder is read-only",
      help: "Make it writable (some memory cards have a switch), or choose another folder, then try again.",
    },
  },
  unwritable: {
    send: {
      title: "Your own disk cannot be written",
      help: `${LIST} Check that drive, then send it again.`,
    },
    receive: {
      title: "It cannot be saved here",
      help: "Check the folder and its drive, or choose another folder, then try again.",
    },
  },
};
