/** The system's notifications, and their settings. */
export const notificationsEn = {
  title: "Notifications",
  on: "Tell me of messages and people while I look at something else",
  hideText: "Leave out what a message says",
  denied:
    "Your browser blocks notifications of this page. Allow them in its settings for this page, then turn this on again.",
  hiddenMessage: "New message",
};
