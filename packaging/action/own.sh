# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Of this tree, as CMakeLists.txt says it: project(crossconnect VERSION 1.2.3 HOMEPAGE_URL https://...). To be sourced.
cmakelists=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../CMakeLists.txt

own_version() { sed -n 's/^project(crossconnect VERSION \([0-9.]*\).*/v\1/p' "$cmakelists"; }
own_releases() { sed -n 's/^project(.* HOMEPAGE_URL \([^ )]*\).*/\1\/releases\/download/p' "$cmakelists"; }
