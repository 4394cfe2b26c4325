/*
 * A file manager that drags files over a window and drops them, by the X drag-and-drop protocol, version 5
 * (https://freedesktop.org/wiki/Specifications/XDND/). xdotool cannot replace it: it moves the pointer, but a drag needs a
 * program that owns the files.
 *
 * Usage: file-drag <uri>...
 *
 * Reads commands, one per line: "over <x> <y>" (pixels of the window), "drop", "leave". Answers each with one line:
 * "accepted", "refused" or "done". The target is the only window with XdndAware that is visible.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <X11/Xatom.h>
#include <X11/Xlib.h>

enum { VERSION = 5, MAX_LINE = 256, MAX_URIS = 1 << 20, STATUS_MS = 200, FINISHED_MS = 20000, ATTEMPTS = 50 };

static Display *display;
static Window source, target;
static char uris[MAX_URIS];
static Atom aware, enter, position, status, leave, drop, finished, selection, uri_list, copy, targets;

static Window find_target(Window window) {
    Atom type;
    int format;
    unsigned long count, rest;
    unsigned char *data = NULL;
    XWindowAttributes attributes;
    XGetWindowProperty(display, window, aware, 0, 1, False, XA_ATOM, &type, &format, &count, &rest, &data);
    if (data) XFree(data);
    if (type == XA_ATOM && XGetWindowAttributes(display, window, &attributes) && attributes.map_state == IsViewable)
        return window;
    Window root, parent, *children = NULL, found = None;
    unsigned int length = 0;
    if (!XQueryTree(display, window, &root, &parent, &children, &length)) return None;
    for (unsigned int i = 0; i < length && found == None; i++) found = find_target(children[i]);
    if (children) XFree(children);
    return found;
}

static void tell(Atom type, long l1, long l2, long l3, long l4) {
    XEvent event = {.xclient = {.type = ClientMessage, .window = target, .message_type = type, .format = 32}};
    long data[5] = {(long)source, l1, l2, l3, l4};
    memcpy(event.xclient.data.l, data, sizeof data);
    XSendEvent(display, target, False, NoEventMask, &event);
    XFlush(display);
}

/* The target asks what is dragged. */
static void answer(XSelectionRequestEvent *request) {
    Atom offered[] = {targets, uri_list};
    XEvent event = {.xselection = {.type = SelectionNotify,
                                   .requestor = request->requestor,
                                   .selection = request->selection,
                                   .target = request->target,
                                   .property = request->property,
                                   .time = request->time}};
    if (request->target == uri_list)
        XChangeProperty(display, request->requestor, request->property, uri_list, 8, PropModeReplace,
                        (unsigned char *)uris, (int)strlen(uris));
    else if (request->target == targets)
        XChangeProperty(display, request->requestor, request->property, XA_ATOM, 32, PropModeReplace,
                        (unsigned char *)offered, 2);
    else
        event.xselection.property = None;
    XSendEvent(display, request->requestor, False, NoEventMask, &event);
    XFlush(display);
}

/* Handles events until a message of this type; returns its second number, or -1 after `ms` without one. */
static long await(Atom type, int ms) {
    for (;;) {
        while (XPending(display)) {
            XEvent event;
            XNextEvent(display, &event);
            if (event.type == SelectionRequest) answer(&event.xselectionrequest);
            if (event.type == ClientMessage && event.xclient.message_type == type) return event.xclient.data.l[1];
        }
        struct pollfd connection = {.fd = ConnectionNumber(display), .events = POLLIN};
        if (poll(&connection, 1, ms) <= 0) return -1;
    }
}

/* As a file manager does while the pointer rests: again, until the target has read what is dragged. */
static int over(int x, int y) {
    int root_x, root_y;
    Window child;
    XTranslateCoordinates(display, target, DefaultRootWindow(display), x, y, &root_x, &root_y, &child);
    for (int i = 0; i < ATTEMPTS; i++) {
        tell(position, 0, (long)root_x << 16 | root_y, CurrentTime, (long)copy);
        if (await(status, STATUS_MS) & 1) return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    display = XOpenDisplay(NULL);
    if (!display || argc < 2) return 1;
    for (int i = 1; i < argc; i++) {
        if (strlen(uris) + strlen(argv[i]) + 3 > sizeof uris) return 1;
        strcat(strcat(uris, argv[i]), "\r\n");
    }
    struct { Atom *atom; char *name; } names[] = {
        {&aware, "XdndAware"}, {&enter, "XdndEnter"}, {&position, "XdndPosition"}, {&status, "XdndStatus"},
        {&leave, "XdndLeave"}, {&drop, "XdndDrop"}, {&finished, "XdndFinished"}, {&selection, "XdndSelection"},
        {&uri_list, "text/uri-list"}, {&copy, "XdndActionCopy"}, {&targets, "TARGETS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        *names[i].atom = XInternAtom(display, names[i].name, False);
    source = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
    target = find_target(DefaultRootWindow(display));
    if (target == None) return 1;
    XSetSelectionOwner(display, selection, source, CurrentTime);
    tell(enter, (long)VERSION << 24, (long)uri_list, None, None);
    char line[MAX_LINE];
    int x, y;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "over %d %d", &x, &y) == 2) {
            puts(over(x, y) ? "accepted" : "refused");
        } else if (strcmp(line, "drop\n") == 0) {
            tell(drop, 0, CurrentTime, 0, 0);
            puts(await(finished, FINISHED_MS) & 1 ? "done" : "refused");
        } else if (strcmp(line, "leave\n") == 0) {
            tell(leave, 0, 0, 0, 0);
            puts("done");
        } else {
            return 1;
        }
        fflush(stdout);
    }
    return 0;
}
