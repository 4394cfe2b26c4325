#!/usr/bin/env python3
"""Frames of one track in another track: WebKitGTK's shared frame converter, without any other code.

    xvfb-run -a ./reproduce.py WIDTH HEIGHT FRAMES_PER_SECOND [SECONDS]

needs gir1.2-webkit2-4.1, python3-gi and GStreamer's base and good plugins. With GST_DEBUG=webkitvideoframeconverter:7
the third column of the trace names the threads that convert.
"""

import http.server
import json
import os
import sys
import threading
from functools import partial

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

FEATURES = ("WebCodecsVideo", "MediaStreamTrackProcessing")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main():
    width, height, rate = map(int, sys.argv[1:4])
    seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 8
    here = os.path.dirname(os.path.abspath(__file__))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=here))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    view = WebKit2.WebView()
    settings = view.get_settings()
    settings.set_enable_media_stream(True)
    settings.set_enable_mock_capture_devices(True)
    settings.set_media_playback_requires_user_gesture(False)
    settings.set_hardware_acceleration_policy(WebKit2.HardwareAccelerationPolicy.NEVER)
    features = WebKit2.Settings.get_all_features()
    for feature in map(features.get, range(features.get_length())):
        if feature.get_identifier() in FEATURES:
            settings.set_feature_enabled(feature, True)
    view.connect("permission-request", lambda _, request: (request.allow(), True)[1])
    window = Gtk.Window()
    window.set_default_size(1280, 800)
    window.add(view)
    window.show_all()

    def end(text):
        print(text, flush=True)
        Gtk.main_quit()

    def answered(view, result):
        try:
            counted = json.loads(view.call_async_javascript_function_finish(result).to_string())
            end(f"{counted['red']} of {counted['frames']} camera frames are red {list(counted['sizes'])}")
        except GLib.Error as error:
            end(f"failed: {error.message}")

    def loaded(view, event):
        if event == WebKit2.LoadEvent.FINISHED:
            call = f"return reproduce({width}, {height}, {rate}, {seconds * 1000})"
            view.call_async_javascript_function(call, -1, None, None, None, None, answered)

    view.connect("web-process-terminated", lambda _, why: end(f"the web process died: {why.value_nick}"))
    view.connect("load-changed", loaded)
    view.load_uri(f"http://127.0.0.1:{server.server_port}/page.html")
    GLib.timeout_add_seconds(seconds + 30, lambda: end("no answer"))
    Gtk.main()


main()
