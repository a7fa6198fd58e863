# SPDX-License-Identifier: Apache-2.0
"""What a student in an exam must not be able to do: scripts that tell what they could, and hostile words."""

from __future__ import annotations

from exam_host import HOME

FIXED, OTHER = "one-session-down", "one-row"  # at the one sits ada, at the other ben

READABLE = f"""
for file in /etc/shadow {HOME} {HOME}/exam.json "$ATTEMPTS" /srv/exercises/{FIXED}/solution.md /srv/exercises \\
  /srv/exercises/{FIXED}/exercise.yaml /srv/exercises/{FIXED}/broken.sh /srv/exercises/{OTHER}/solution.md \\
  "$RUN/plan.json" "$RUN/topology.json" "$RUN/events.jsonl" "$RUN/agent.sock" "$RUN/nodes/msee1" /run/frr/msee1 \\
  /run/netns /run/xconn-exam/ben "$RUN/nodes/ce/bgpd.log" /proc/1/root /proc/1/ns/net /proc/1/environ; do
  ([ -d "$file" ] && ls -A "$file" || head -c 1 "$file") 2> /dev/null | grep -q '' && echo "read $file"
done
echo done
"""

WRITABLE = """
for file in /etc/x /usr/x /root/x /srv/x /run/x /run/frr/x "$RUN/x" "$RUN/nodes/ce/x" /sys/x /dev/x /home/x /var/lib/x \\
  /etc/passwd /proc/sys/kernel/panic /proc/sysrq-trigger /sys/kernel/mm/ksm/run @WORLD@; do
  (: >> "$file") 2> /dev/null && echo "wrote $file"
done
echo done
"""

UNDONE = """
mount -t tmpfs none /mnt && echo mounted
mount -o remount,bind,rw / && echo remounted
umount /srv/exercises && echo uncovered
unshare --net true && echo unshared
unshare --user --map-root-user true && echo a user namespace
nsenter --net=/proc/1/ns/net true && echo entered
mknod /tmp/disk b 8 0 && echo a device
chroot / true && echo chroot
su -c true && echo su
setpriv --reuid=0 true && echo root
chown 0 /tmp && echo chown
dmesg -C && echo dmesg
hostname mine && echo hostname
for pid in $(ls /proc | grep '^[0-9]*$'); do [ $pid -gt 2 ] && [ $pid -ne $$ ] && kill -0 $pid 2> /dev/null && [ $(stat -c %u /proc/$pid) -ne $(id -u) ] && echo "may signal $pid"; done
kill -9 1 2> /dev/null && echo "signalled the first process"
grep -lE '^(zebra|bgpd|bfdd|staticd|charon)$' /proc/[0-9]*/comm 2> /dev/null
for node in msee1 carrier app; do vtysh -N $node -c 'show version' > /dev/null 2>&1 && echo "vtysh of $node"; done
echo done
"""

CALLS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def refused(name, number, *words):
    if libc.syscall(number, *words) >= 0 or ctypes.get_errno() != 1: print(name, ctypes.get_errno())
child = os.fork()
if child == 0: os.execv("/bin/cat", ["cat"])
refused("ptrace", 101, 16, child, 0, 0)
refused("setns", 308, 0, 0x40000000)
refused("unshare", 272, 0x10000000)
refused("mount", 165, b"none", b"/mnt", b"tmpfs", 0, 0)
refused("bpf", 321, 0, 0, 0)
refused("keyctl", 250, 0, -3, 0)
refused("pivot_root", 155, b"/", b"/")
os.kill(child, 9)
print("done")
"""

HOSTILE = [
    ("exec", "--lab", f"{OTHER}-ben", "ce", "--", "id"),
    ("exec", "-l", f"{OTHER}-ben", "ce", "--", "id"),
    ("exec", f"--lab={OTHER}-ben", "ce", "--", "id"),
    ("exec", "--attempt", f"{OTHER}-ben", "ce", "--", "id"),
    ("exec", "--folder", "/tmp", "ce", "--", "id"),
    ("exec", "--as", "root", "ce", "--", "id"),
    ("exec", "../ce", "--", "id"),
    ("exec", "ce/../msee1", "--", "id"),
    ("exec", "ce\n", "--", "id"),
    ("exec", "msee1", "--", "id"),
    ("exec", "--", "--as=root", "id"),
    ("exec", "--", "--help", "id"),
    ("exec", "", "--", "id"),
    ("exec", "ce"),
    ("exec", "ce", "--"),
    ("shell", "msee1"),
    ("shell",),
    ("shell", "--", "--as=root"),
    ("inspect", "--lab", f"{OTHER}-ben"),
    ("inspect", "--all"),
    ("inspect", "--", "--all"),
    ("inspect", "../ce"),
    ("az", "--lab", f"{OTHER}-ben", "network", "express-route", "list"),
    ("az", "network", "express-route", "list", "--lab", f"{OTHER}-ben"),
    ("az", "network", "express-route", "list", "--la", f"{OTHER}-ben"),
    ("az", "network", "express-route", "list", "-l", f"{OTHER}-ben"),
    ("az", "network", "express-route", "list", f"--lab=../ben/{OTHER}-ben"),
    ("az", "network", "express-route", "list", "-g", f"{OTHER}-ben"),
    ("az", "network", "express-route", "list", "--query", "--expr-file=/etc/hostname"),
    ("az", "network", "express-route", "list", "--query=--filename=/etc/shadow"),
    ("ticket", "--exercise", f"../{OTHER}-ben"),
    ("ticket", "--exercise", OTHER),
    ("ticket", "--exercise", ""),
    ("ticket", "--folder", "/tmp"),
    ("ticket", "train", "solution"),
    ("ticket", f"@{HOME}/exam.json"),
    ("start", "/srv/exercises/one-row"),
    ("start", "../exercises/one-row"),
    ("start", "dead-backup"),
    ("start", OTHER, "--student", "ben"),
    ("start", OTHER, "--seed", "1"),
    ("answer", "--what", f"@{HOME}/exam.json"),
    ("status", "--watch"),
    *((verb,) for verb in ("fault", "events", "plan", "solution", "page", "checkpoint", "stop", "mcp", "capture", "class")),
]  # fmt: skip
