#!/bin/sh
# Puts Lathe, where it lies now, into this user's menu and opens .onnx and .lathe files with it.
# With --remove it takes all of that out again. Needs no rights but this user's.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/lathe.desktop
icon=$data/icons/hicolor/scalable/apps/lathe.svg
types=$data/mime/packages/lathe.xml

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$icon" "$types"
else
  mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$(dirname "$types")"
  # The specification of desktop entries wants a path with blanks in quotes, with \ " ` and $ escaped in it, and then
  # every backslash twice, as in any text there; the last step is for sed.
  quoted=$(printf '%s' "$here/lathe" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g; s/[&|\\]/\\&/g')
  sed "s|^Exec=.*|Exec=\"$quoted\" %f|" "$here/lathe.desktop" > "$entry"
  cp "$here/lathe.svg" "$icon"
  cp "$here/lathe-mime.xml" "$types"
  echo "Lathe is in the menu now; $0 --remove takes it out again."
fi
if command -v update-mime-database > /dev/null; then update-mime-database "$data/mime"; fi
if command -v update-desktop-database > /dev/null; then update-desktop-database "$data/applications"; fi
