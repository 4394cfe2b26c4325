#!/bin/sh
# Draws every icon file from icon.svg. Needs the Debian packages librsvg2-bin, icoutils and icnsutils.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 32 48 64 128 256 512; do
  rsvg-convert --width $size --height $size icon.svg --output "$work/$size.png"
done
cp "$work/32.png" 32x32.png
cp "$work/128.png" 128x128.png
cp "$work/256.png" 128x128@2x.png
cp "$work/512.png" icon.png
icotool --create --output icon.ico "$work/16.png" "$work/32.png" "$work/48.png" --raw="$work/256.png"
png2icns icon.icns "$work/16.png" "$work/32.png" "$work/128.png" "$work/256.png" "$work/512.png"
