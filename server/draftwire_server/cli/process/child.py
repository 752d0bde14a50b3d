"""Start a program so that it ends when its parent does, and as another user where root may not run it.

Run as a script, without the package (`python -I -S child.py PARENT SIGNAL UID GID KEEP -- program …`): it
must start in milliseconds. The signal of the parent's death is set after the change of user, which would
clear it, and survives `exec`. PostgreSQL refuses to run as root; a checkout below a directory that only root
may enter is nevertheless reached, by keeping CAP_DAC_OVERRIDE alone over the change of user (KEEP = 1).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def die_with(parent: int, signum: int) -> None:
    """Ask the kernel for ``signum`` when the parent's thread ends; elsewhere than on Linux the next start
    cleans up.

    Exits at once if the parent has died before it could be asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def become(uid: int, gid: int, keep_dac_override: bool) -> None:
    """Change to a user for good; optionally keep the right to pass closed directories."""
    libc = ctypes.CDLL(None, use_errno=True)
    if keep_dac_override:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([gid])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if keep_dac_override:
        mask = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        # effective, permitted, inheritable; the second triple is for capabilities from 32 on
        data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        if libc.capset(header, data) == 0:
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def run() -> None:
    """Become the program named on the command line."""
    parent, signum, uid, gid, keep = (int(arg) for arg in sys.argv[1:6])
    program = sys.argv[7:]
    if uid != os.geteuid():
        become(uid, gid, bool(keep))
    die_with(parent, signum)
    os.execv(program[0], program)  # noqa: S606 - that is what this script is for


if __name__ == "__main__":
    run()
