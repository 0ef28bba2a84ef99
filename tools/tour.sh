#!/bin/sh
# sh tools/tour.sh [URL]: runs the commands of the README's "Five minutes" against a running store and checks the responses.
set -eu
store=${1:-http://localhost:3000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk '/^## / { tour = /Five minutes/ } /^```/ { code = tour && $0 == "```sh"; next } tour && code' \
  "$(dirname "$0")/../README.md" | sed "s|^STORE=.*|STORE=$store|" >"$work/tour"
grep -q '^STORE=' "$work/tour" || { echo 'README.md has no section "Five minutes"' >&2; exit 1; }
sh "$work/tour" | tee "$work/responses"

for expected in \
  '"cart":[{"id":"badger-enamel-mug","quantity":3}]' \
  '"status":"paid"' \
  '{"cart":[{"id":"sett-stoneware-teapot","quantity":1}]}' \
  '"code":"PAYMENT_DECLINED"'; do
  grep -qF "$expected" "$work/responses" || { echo "missing from the responses: $expected" >&2; exit 1; }
done
echo 'the tour succeeded'
