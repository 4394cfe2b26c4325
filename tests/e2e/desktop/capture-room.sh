#!/bin/bash
# Starts a private PipeWire with cameras, and a portal that gives access to them; runs the given command there. It must
# run under dbus-run-session, with a folder for its files and the portal's program (maru-portal). With "sound" it has a
# loudspeaker too (spk), and a microphone that captures the audio played to micsink.
#
# Usage: capture-room.sh <folder> <portal> [sound] <camera>... -- <command>...
# A camera is its name, the colours of its stripes and its sizes, separated by colons: usual:e61e1e:1ec81e:2828e6:640x480
set -eu
folder=$1 portal=$2
shift 2
export XDG_RUNTIME_DIR=$folder/run XDG_STATE_HOME=$folder/state
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_STATE_HOME"
running=()
trap 'kill "${running[@]}" 2> /dev/null || true; wait' EXIT
begin() { local log=$1; shift; "$@" > "$folder/$log.log" 2>&1 & running+=($!); }
# Waits until the command succeeds, for thirty seconds at most.
await() { for _ in $(seq 300); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "never: $*" >&2; exit 1; }
has() { pw-cli ls Node | grep -q "\"$1\""; }

# shellcheck disable=SC2046 # Words of a command.
cc -O1 -o "$folder/camera" "$(dirname "$0")/camera.c" $(pkg-config --cflags --libs libpipewire-0.3)
begin pipewire pipewire
await test -S "$XDG_RUNTIME_DIR/pipewire-0"
begin wireplumber wireplumber
if [ "$1" = sound ]; then
    shift
    begin pipewire-pulse pipewire-pulse
    await pactl info
    pactl load-module module-null-sink sink_name=spk rate=48000 channels=2 > /dev/null
    pactl load-module module-null-sink sink_name=micsink rate=48000 channels=1 > /dev/null
    await pactl load-module module-remap-source source_name=mic master=micsink.monitor
    await pactl set-default-sink spk
    await pactl set-default-source mic
fi
while [ "$1" != -- ]; do
    IFS=: read -r -a words <<< "$1"
    begin "camera-${words[0]}" "$folder/camera" "${words[@]}"
    await has "${words[0]}"
    shift
done
shift

begin portal "$portal" screen
await dbus-send --session --print-reply --dest=org.freedesktop.portal.Desktop /org/freedesktop/portal/desktop \
    org.freedesktop.DBus.Peer.Ping
"$@"
