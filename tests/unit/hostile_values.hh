// SPDX-License-Identifier: Apache-2.0
// What somebody might write where a name or a sentence is meant: each ends a value, or begins something, in one of the
// formats that values are written to. EVIL is what would then stand where nothing of the user's stands.
#pragma once

#include <array>
#include <string>

namespace xconn {

inline const std::array<std::string, 16> kHostile{
    "EVIL",
    "x\nEVIL\n",
    "x\r\nEVIL",
    "\x1b]52;c;EVIL\a",
    "\x1b[2J\x1b[1;1HEVIL",
    "\xc2\x9b"
    "31mEVIL",
    "\xe2\x80\xaeLIVE",
    "x\"; EVIL [image=\"/etc/hostname\"]; \"",
    "x\"] end EVIL[\"<script>EVIL</script>",
    "]]><EVIL/><!--",
    "x | EVIL |\\",
    "[EVIL](javascript:EVIL) `EVIL` <b onmouseover=\"EVIL\">",
    "x\n    children {\n      EVIL {\n        updown = EVIL\n",
    "} EVIL { # ! x",
    "../../EVIL",
    "$(EVIL) 'EVIL' ;EVIL&& %s{{EVIL}}",
};

}  // namespace xconn
