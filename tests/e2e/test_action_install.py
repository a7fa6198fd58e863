# SPDX-License-Identifier: Apache-2.0
"""How the GitHub Action chooses and installs packages: from its cache, from a release, and when it has neither."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

SCRIPTS = ROOT / "packaging" / "action"
ARCH = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
SYSTEM = "{ID}-{VERSION_ID}".format(**platform.freedesktop_os_release())

APT = """#!/bin/sh
echo "apt-get $*" >>"$CALLS"
for word; do
  case $word in Dir::Cache::archives=*) folder=${word#*=} ;; esac
done
case "$*" in
  *--download-only*) [ ! -e "$CALLS.offline" ] && touch "$folder/frr_8_$(dpkg --print-architecture).deb" "$folder/lock" ;;
  *install*) [ ! -e "$CALLS.broken" ] || { rm "$CALLS.broken"; exit 100; } ;;
esac
"""


class Job:
    """A runner whose apt-get only says what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.cache, self.release, self.calls = folder / "cache", folder / "releases" / "v1.2.3", folder / "calls"
        self.policy, self.output = folder / "policy-rc.d", folder / "output"
        programs = folder / "programs"
        programs.mkdir()
        for name, text in {"apt-get": APT, "xconn": "#!/bin/sh\necho xconn 1.2.3\n"}.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "CROSSCONNECT_VERSION": "v1.2.3",
            "CROSSCONNECT_FOLDER": str(self.cache),
            "CROSSCONNECT_RELEASES": self.release.parent.as_uri(),
            "CROSSCONNECT_POLICY": str(self.policy),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_RUN_ID": "7",
            "RUNNER_TEMP": str(folder),
        }

    def run(self, script: str, **more: str) -> tuple[int, str]:
        command = [SCRIPTS / script]
        done = subprocess.run(command, env={**self.environment, **more}, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def publish(self, *names: str) -> None:
        self.release.mkdir(parents=True, exist_ok=True)
        for name in names:
            (self.release / name).write_text(name)
        sums = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in self.release.glob("*.deb")
        ]
        (self.release / "SHA256SUMS").write_text("".join(sums))

    @property
    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


OURS = [f"{SYSTEM}_crossconnect_1.2.3_{ARCH}.deb", f"{SYSTEM}_python3-crossconnect_1.2.3_{ARCH}.deb"]
OTHERS = ["plan9-4_crossconnect_1.2.3_amd64.deb", f"{SYSTEM}_crossconnect_1.2.3_m68k.deb"]


def test_from_a_release_and_then_from_the_cache(job):
    job.publish(*OURS, *OTHERS)
    status, said = job.run("install")
    assert status == 0 and "crossconnect: xconn 1.2.3 from file://" in said, said
    assert sorted(path.name for path in job.cache.iterdir()) == sorted([*OURS, f"frr_8_{ARCH}.deb"])
    assert ["update" in call for call in job.asked] == [True, False, False] and not job.policy.exists()
    job.calls.unlink()
    shutil.rmtree(job.release)  # the network is gone
    status, said = job.run("install")
    assert status == 0 and f"from {job.cache}" in said
    (call,) = job.asked
    assert " install " in call and all(name in call for name in [*OURS, "frr_8_"])


def test_packages_that_do_not_fit_any_more_are_fetched_anew(job):
    job.publish(*OURS)
    job.cache.mkdir()
    (job.cache / "crossconnect_old.deb").touch()
    Path(f"{job.calls}.broken").touch()
    status, said = job.run("install")
    assert status == 0 and "cached packages no longer fit this runner; fetching them again" in said
    assert not (job.cache / "crossconnect_old.deb").exists()


def test_without_cache_and_network_it_says_what_to_do(job):
    status, said = job.run("install")
    assert status == 4 and "::error title=Crossconnect is not installed::release v1.2.3 could not be fetched" in said
    assert "no packages are cached" in said and "with the input 'packages'" in said and not job.policy.exists()


def test_a_release_without_packages_for_this_system(job):
    job.publish(*OTHERS)
    status, said = job.run("install")
    assert status == 4 and f"has no packages for {SYSTEM} on {ARCH}: use a runner of ubuntu-24.04" in said


def test_a_package_that_is_not_what_the_release_says(job):
    job.publish(*OURS)
    (job.release / OURS[0]).write_text("something else")
    status, said = job.run("install")
    assert status == 4 and "does not match its SHA256SUMS" in said
    assert not [call for call in job.asked if " install " in call]


def test_dependencies_that_apt_cannot_fetch(job):
    job.publish(*OURS)
    Path(f"{job.calls}.offline").touch()
    status, said = job.run("install")
    assert status == 4 and "apt could not fetch the packages' dependencies" in said


def test_services_that_somebody_switched_off_stay_as_they_are(job):
    job.publish(*OURS)
    job.policy.write_text("mine")
    assert job.run("install")[0] == 0 and job.policy.read_text() == "mine"


# --- what is chosen -----------------------------------------------------------------------------------------------------


def chosen(job: Job, **inputs: str) -> dict[str, str]:
    job.output.unlink(missing_ok=True)
    status, said = job.run("choose", **inputs)
    assert status == 0, said
    return dict(line.split("=", 1) for line in job.output.read_text().splitlines())


def test_the_release_is_the_actions_own_unless_another_is_named(job):
    outputs = chosen(job)
    own = (ROOT / "CMakeLists.txt").read_text().split("project(crossconnect VERSION ")[1].split()[0]
    assert outputs["version"] == f"v{own}" and outputs["key"] == f"crossconnect-v{own}-{SYSTEM}-{ARCH}-"
    assert outputs["releases"].startswith("https://github.com/") and outputs["releases"].endswith("/releases/download")
    assert chosen(job, INPUT_VERSION="v3.4.5", ImageVersion="20261101.1")["key"].endswith(
        f"v3.4.5-{SYSTEM}-{ARCH}-20261101.1"
    )


def test_two_jobs_on_one_runner_do_not_meet(job):
    first, second = chosen(job), chosen(job)
    assert first["run"] != second["run"] and first["results"] != second["results"]
    assert first["folder"] == second["folder"]


@pytest.mark.parametrize("version", ["1.2.3", "v1", "main", "v1.2.3\n::error::x", "../v1.2.3"])
def test_a_version_that_is_no_release(job, version):
    status, said = job.run("choose", INPUT_VERSION=version)
    assert (
        status == 2
        and said.count("::error") == 1 + version.count("::error")
        and "is not a release: write it as v1.2.3" in said
    )
    assert said.count("\n") == 1


def test_packages_of_ones_own(job, tmp_path):
    status, said = job.run("choose", INPUT_PACKAGES=str(tmp_path))
    assert status == 2 and "has no crossconnect_*.deb" in said
    (tmp_path / "crossconnect_1_all.deb").touch()
    packages = chosen(job, INPUT_PACKAGES=str(tmp_path))["packages"]
    assert packages == str(tmp_path)
    assert job.run("install", CROSSCONNECT_PACKAGES=packages)[0] == 0
    assert sorted(path.name for path in job.cache.iterdir()) == ["crossconnect_1_all.deb", f"frr_8_{ARCH}.deb"]
    assert (tmp_path / "crossconnect_1_all.deb").exists()  # the folder is its owner's


# --- with dpkg and apt themselves ---------------------------------------------------------------------------------------


def package(folder: Path, name: str, depends: str = "") -> None:
    root = folder / name
    (root / "DEBIAN").mkdir(parents=True)
    fields = {
        "Package": name,
        "Version": "1.2.3",
        "Architecture": "all",
        "Maintainer": "t <t@t.invalid>",
        "Description": "t",
    }
    if depends:
        fields["Depends"] = depends
    (root / "DEBIAN" / "control").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()))
    if name == "crossconnect":
        (root / "usr" / "bin").mkdir(parents=True)
        (root / "usr" / "bin" / "xconn").write_text("#!/bin/sh\necho xconn 1.2.3\n")
        (root / "usr" / "bin" / "xconn").chmod(0o755)
    command = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(folder / f"{name}_1.2.3_all.deb")]
    subprocess.run(command, check=True, capture_output=True)
    shutil.rmtree(root)


def test_whole_packages_are_installed_without_a_network(job, tmp_path):
    """In a copy of this machine's files that goes when it is over, with no network."""
    job.cache.mkdir()
    package(job.cache, "crossconnect", depends="xconn-test-dependency")
    package(job.cache, "xconn-test-dependency")
    script = f"""
      mount -t tmpfs none {tmp_path}/layers && cd {tmp_path}/layers && mkdir upper work root
      mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
      for folder in dev proc tmp; do mount --rbind /$folder root/$folder; done
      mount -t tmpfs none root/run
      rm -f root/usr/sbin/policy-rc.d root/var/lib/dpkg/updates/*  # what somebody may install just now
      chroot root env PATH=/usr/bin:/usr/sbin:/bin:/sbin {SCRIPTS}/install
      chroot root dpkg-query -W -f '${{Package}} ${{db:Status-Status}}\\n' crossconnect xconn-test-dependency
      chroot root xconn version
      ! test -e root/usr/sbin/policy-rc.d
    """
    (tmp_path / "layers").mkdir()
    command = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec", script]
    environment = {**job.environment, "CROSSCONNECT_POLICY": "/usr/sbin/policy-rc.d"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-3:] == ["crossconnect installed", "xconn-test-dependency installed", "xconn 1.2.3"]
    assert (
        not shutil.which("xconn-test-dependency") and not Path("/var/lib/dpkg/info/xconn-test-dependency.list").exists()
    )


# --- what a release has -------------------------------------------------------------------------------------------------

VERSION = (ROOT / "CMakeLists.txt").read_text().split("project(crossconnect VERSION ")[1].split()[0]


def release(tag: str, given: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "ci" / "release", tag, given, out], capture_output=True, text=True, timeout=60)


@pytest.fixture
def systems(tmp_path: Path) -> Path:
    """Packages of the three systems and the image, as the release workflow has downloaded them."""
    folder = tmp_path / "systems"
    for system in ("debian-12", "debian-13", "ubuntu-24.04"):
        for name in ("crossconnect", "python3-crossconnect"):
            package(folder / system, name)
    (folder / "image").mkdir()
    for name in (f"crossconnect-{VERSION}.oci.tar", "digest", "contents.cdx.json"):
        (folder / "image" / name).write_text(name)
    return folder


def test_the_action_installs_what_a_release_has(job, systems):
    done = release(f"v{VERSION}", systems, job.release.parent / f"v{VERSION}")
    assert done.returncode == 0, done.stderr
    status, said = job.run("install", CROSSCONNECT_VERSION=f"v{VERSION}")
    assert status == 0, said
    ours = {f"{SYSTEM}_crossconnect_1.2.3_all.deb", f"{SYSTEM}_python3-crossconnect_1.2.3_all.deb"}
    assert {path.name for path in job.cache.glob("*crossconnect*")} == ours


def test_a_releases_contents_are_listed_and_the_same_again(systems, tmp_path):
    for name in ("one", "two"):
        assert release(f"v{VERSION}", systems, tmp_path / name).returncode == 0
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()} and len(files) == 11
    assert f"crossconnect-{VERSION}.oci.tar" in files and "image-contents.cdx.json" in files
    contents = json.loads(files["contents.cdx.json"])
    first = contents["components"][0]
    assert contents["bomFormat"] == "CycloneDX" and len(contents["components"]) == 6
    assert first["purl"] == "pkg:deb/debian/crossconnect@1.2.3?arch=all&distro=debian-12"
    assert [one["name"] for one in first["components"]] == ["/usr/bin/xconn"]
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "one", capture_output=True
    )
    assert checked.returncode == 0


def test_nothing_is_released_in_parts_or_under_another_version(systems, tmp_path):
    done = release("v99.0.0", systems, tmp_path / "out")
    assert done.returncode == 1 and f"the tag is v99.0.0, and CMakeLists.txt says version {VERSION}" in done.stderr
    next((systems / "debian-13").glob("python3-*")).unlink()
    done = release(f"v{VERSION}", systems, tmp_path / "out")
    assert done.returncode == 1 and "debian-13 has no python3-crossconnect: nothing is released in parts" in done.stderr
    assert not (tmp_path / "out").exists()


def test_nothing_is_released_without_the_image(systems, tmp_path):
    next((systems / "image").glob("*.oci.tar")).unlink()
    done = release(f"v{VERSION}", systems, tmp_path / "out")
    assert done.returncode == 1 and f"crossconnect-{VERSION}.oci.tar: nothing is released in parts" in done.stderr
    assert not (tmp_path / "out").exists()
