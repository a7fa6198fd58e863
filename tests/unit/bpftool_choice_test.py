#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which bpftool cmake/bpf.cmake takes: one that runs."""

import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UBUNTUS_WRAPPER = "#!/bin/sh\necho 'WARNING: bpftool not found for kernel 6.8.0-1030' >&2\nexit 2\n"


class Bpftool(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def program(self, path: str, text: str) -> Path:
        program = self.root / path
        program.parent.mkdir(parents=True)
        program.write_text(text)
        program.chmod(0o755)
        return program

    def configure(self, *places: str) -> subprocess.CompletedProcess:
        script = self.root / "try.cmake"
        script.write_text(f'include({ROOT}/cmake/bpf.cmake)\nmessage(STATUS "takes ${{BPFTOOL}}")\n')
        folders = ";".join(str(self.root / place) for place in places)
        command = ["cmake", f"-DBPFTOOL_PLACES={folders}", "-P", str(script)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_one_that_fails_is_passed_over(self):
        self.program("sbin/bpftool", UBUNTUS_WRAPPER)
        good = self.program("linux-tools-6.8.0-31/bpftool", "#!/bin/sh\necho bpftool v7.4.0\n")
        self.assertIn(f"takes {good}", self.configure("sbin", "linux-tools-*").stdout)

    def test_without_one_it_says_what_to_install(self):
        self.program("sbin/bpftool", UBUNTUS_WRAPPER)
        ended = self.configure("sbin")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("linux-tools-generic", ended.stderr)


if __name__ == "__main__":
    unittest.main()
