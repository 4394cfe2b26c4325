/** How pictures are shown: zoom, full screen, one's own picture. */
export const pictureEn = {
  zoomArea: (name: string) => `${name}: zoom and move`,
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomWhole: "Show all of it",
  fullScreen: "Full screen",
  own: "Your picture",
  mirrorSelf: "Show yourself as in a mirror",
  mirrorHelp: "The others never see you mirrored.",
  ownInCall: "Show yourself in the call",
  hideSelf: "Hide my picture from me",
  showSelf: "Show my picture to me",
  zoomKeys:
    "On a shared screen: + and − zoom, 0 shows all of it, the arrow keys move it. With a mouse, turn the wheel while Ctrl is held, and drag.",
};
