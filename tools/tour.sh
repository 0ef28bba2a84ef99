#!/bin/sh
# sh tools/tour.sh [URL]: takes the README's tour of a store that runs, word for word, and looks at what it answered.
set -eu
store=${1:-http://localhost:3000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk '/^## / { tour = /two minutes/ } /^```/ { code = tour && $0 == "```sh"; next } tour && code' \
  "$(dirname "$0")/../README.md" | sed "s|^STORE=.*|STORE=$store|" >"$work/tour"
grep -q '^STORE=' "$work/tour" || { echo 'the README has no tour' >&2; exit 1; }
sh "$work/tour" | tee "$work/answers"

for expected in \
  '"cart":[{"id":"badger-enamel-mug","quantity":3}]' \
  '"status":"paid"' \
  '{"cart":[{"id":"sett-stoneware-teapot","quantity":1}]}' \
  '"code":"INVALID_REQUEST"'; do
  grep -qF "$expected" "$work/answers" || { echo "not answered: $expected" >&2; exit 1; }
done
echo 'the tour went well'
