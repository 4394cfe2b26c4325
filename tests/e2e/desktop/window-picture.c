/*
 * Writes what the X server shows in the area of a window, with the dialogs above it, as a portable pixmap (P6). The
 * WebDriver's screenshot waits for the next time that the page is presented, which a page without changes never is.
 *
 * Usage: window-picture <window>
 */
#include <stdio.h>
#include <stdlib.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>

int main(int argc, char **argv) {
    Display *display = XOpenDisplay(NULL);
    if (!display || argc != 2) return 1;
    Window window = strtoul(argv[1], NULL, 0), root = DefaultRootWindow(display), child;
    XWindowAttributes own, all;
    int x, y;
    if (!XGetWindowAttributes(display, window, &own) || !XGetWindowAttributes(display, root, &all) ||
        !XTranslateCoordinates(display, window, root, 0, 0, &x, &y, &child))
        return 1;
    int left = x < 0 ? 0 : x, top = y < 0 ? 0 : y;
    int right = x + own.width > all.width ? all.width : x + own.width;
    int bottom = y + own.height > all.height ? all.height : y + own.height;
    if (right <= left || bottom <= top) return 1;
    XImage *image = XGetImage(display, root, left, top, right - left, bottom - top, AllPlanes, ZPixmap);
    if (!image) return 1;
    printf("P6\n%d %d\n255\n", image->width, image->height);
    for (int row = 0; row < image->height; row++)
        for (int column = 0; column < image->width; column++) {
            unsigned long pixel = XGetPixel(image, column, row);
            putchar(pixel >> 16 & 255);
            putchar(pixel >> 8 & 255);
            putchar(pixel & 255);
        }
    XDestroyImage(image);
    XCloseDisplay(display);
    return fflush(stdout) ? 1 : 0;
}
