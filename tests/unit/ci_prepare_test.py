#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which packages ci/prepare asks apt for, on systems whose apt is a script of this test."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A name that others only refer to has no candidate, though `apt-cache show` knows it.
APT_CACHE = """#!/bin/sh
[ "$1" = policy ] && shift || exit 0
for name; do
  candidate='(none)'
  case " $AVAILABLE " in *" $name "*) candidate=1.0-1 ;; esac
  printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n  Version table:\\n' "$name" "$candidate"
done
"""
DPKG_QUERY = """#!/bin/sh
for name in $INSTALLED; do printf 'installed %s\\n' "$name"; done
"""
APT_GET = "#!/bin/sh\n"


class Prepare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.programs = Path(folder.name)
        for name, text in {"apt-cache": APT_CACHE, "apt-get": APT_GET, "dpkg-query": DPKG_QUERY}.items():
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def prepare(self, *words: str, available: str = "", installed: str = "") -> subprocess.CompletedProcess:
        environment = {"PATH": f"{self.programs}:{os.environ['PATH']}", "AVAILABLE": available, "INSTALLED": installed}
        command = [str(ROOT / "ci/prepare"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def missing(self, **system: str) -> list[str]:
        return self.prepare("--list", "build", "check", **system).stdout.split()

    def test_a_name_without_a_candidate_is_passed_over(self):
        asked = self.missing(available="libboost1.83-dev libclang-rt-18-dev linux-tools-generic")
        self.assertIn("libboost1.83-dev", asked)
        self.assertIn("libclang-rt-18-dev", asked)
        self.assertIn("linux-tools-generic", asked)
        self.assertNotIn("libboost1.81-dev", asked)

    def test_what_is_installed_is_not_asked_for_though_another_comes_first(self):
        asked = self.missing(available="libboost1.81-dev libboost1.83-dev", installed="libboost1.83-dev")
        self.assertNotIn("libboost1.81-dev", asked)
        self.assertNotIn("libboost1.83-dev", asked)

    def test_a_package_that_nowhere_is_ends_it_by_name(self):
        ended = self.prepare("build", available="libboost1.81-dev")
        self.assertEqual(ended.returncode, 4)
        self.assertIn("apt has no package libboost-filesystem1.81-dev or libboost-filesystem1.83-dev;", ended.stderr)
        self.assertNotIn("libboost1.81-dev", ended.stderr)


if __name__ == "__main__":
    unittest.main()
