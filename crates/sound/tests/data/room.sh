#!/bin/bash
# Starts a private PipeWire with a loudspeaker whose signal arrives at its microphone 30 ms later, and runs the given
# command in it. Needs a folder for its files in MARU_SOUND_ROOM, and to be run by dbus-run-session.
set -eu
export XDG_RUNTIME_DIR=$MARU_SOUND_ROOM/run XDG_CONFIG_HOME=$MARU_SOUND_ROOM/config XDG_STATE_HOME=$MARU_SOUND_ROOM/state
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME"
running=()
trap 'kill "${running[@]}" 2>/dev/null || true; wait' EXIT
begin() { "$@" > "$MARU_SOUND_ROOM/$1.log" 2>&1 & running+=($!); }
# Waits up to ten seconds until the command succeeds.
await() { for _ in $(seq 100); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "never: $*" >&2; exit 1; }

begin pipewire
export MARU_SOUND_PIPEWIRE=$!
await test -S "$XDG_RUNTIME_DIR/pipewire-0"
begin wireplumber
begin pipewire-pulse
await pactl info
pactl load-module module-null-sink sink_name=spk rate=48000 channels=2 > /dev/null
pactl load-module module-null-sink sink_name=micsink rate=48000 channels=1 > /dev/null
await pactl load-module module-remap-source source_name=mic master=micsink.monitor
has() { pactl list short "$1" | grep -qw "$2"; }
await has sinks spk
await has sources mic
pactl set-default-sink spk
pactl set-default-source mic
begin pw-loopback --delay 0.03 --capture-props 'target.object=spk stream.capture.sink=true' \
    --playback-props 'target.object=micsink'
"$@"
