/*
 * Asks a program to close a window, as the button of a window manager does (ICCCM 4.2.8.1). xdotool cannot replace it before
 * its version of 2021.
 *
 * Usage: close-window <window>
 */
#include <stdlib.h>

#include <X11/Xlib.h>

int main(int argc, char **argv) {
    Display *display = XOpenDisplay(NULL);
    if (!display || argc != 2) return 1;
    XEvent event = {.xclient = {.type = ClientMessage, .window = strtoul(argv[1], NULL, 0), .format = 32}};
    event.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
    event.xclient.data.l[0] = (long)XInternAtom(display, "WM_DELETE_WINDOW", False);
    event.xclient.data.l[1] = CurrentTime;
    XSendEvent(display, event.xclient.window, False, NoEventMask, &event);
    XCloseDisplay(display);
    return 0;
}
