"""File systems in files, for what must be tried with a real kernel: one whose power is cut, and one
whose device runs out of room for what the kernel has promised to write. Root alone may mount."""

import fcntl
import os
import shutil
import struct
import subprocess

SHUTDOWN = 0x8004587D                   # _IOR('X', 125, __u32): XFS has it, ext4 took it over
NOLOGFLUSH = 2
FREEZE, THAW = 0xC0045877, 0xC0045878   # _IOWR('X', 119 and 120, int)
IMAGE_MIB = {"ext4": 256, "xfs": 320}   # an XFS has 300 at least
DEVICE_MIB = 160                        # of memory, for an image that is mostly holes


def run(*command):
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class FileSystem:
    """A file system in a file, mounted through a loop device."""

    def __init__(self, folder, kind):
        self.image = folder / f"{kind}.img"
        self.mount_point = folder / "mount"
        self.mount_point.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(IMAGE_MIB[kind] << 20)
        run(f"mkfs.{kind}", "-q", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.mount_point)

    def unmount(self):
        run("umount", self.mount_point)

    def cut_power(self):
        self.control(SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        self.unmount()
        self.mount()

    def control(self, request, argument):
        fd = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, request, argument)
        finally:
            os.close(fd)


class ThinDevice:
    """A FileSystem whose image lies in a memory of bounded size. exhaust() takes the memory away
    from under whatever the image has zeros in: the file system has those blocks, and any program
    that has filled them with zeros and synced them, but the next write to them fails in the device,
    long after write(2) has said yes. What is there stays as it is."""

    def __init__(self, folder, kind):
        self.memory = folder / "memory"
        self.memory.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={DEVICE_MIB}m,huge=never", "tmpfs", self.memory)
        self.ballast = self.memory / "ballast"
        try:
            self.files = FileSystem(self.memory, kind)
        except BaseException:
            run("umount", self.memory)
            raise

    def write_at_most(self, kib):
        """In one request. The kernel's loop device takes a write that its file had room for in part
        for a good one (6.18, lo_complete_rq): that would be a device that lies, not one that fails.
        For a single page there is room or none."""
        device = os.stat(self.files.mount_point).st_dev
        queue = f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/queue"
        with open(f"{queue}/max_sectors_kb", "w") as most:
            most.write(str(kib))

    def exhaust(self, pages_left=0):
        """Frozen meanwhile, so that no write falls between a zero that is seen and its hole."""
        self.files.control(FREEZE, struct.pack("i", 0))
        try:
            self.write_at_most(4)
            while True:
                run("fallocate", "--dig-holes", self.files.image)
                if self.free_pages() == pages_left:
                    break
                self.fill(pages_left)
        finally:
            self.files.control(THAW, struct.pack("i", 0))

    def free_pages(self):
        memory = os.statvfs(self.memory)
        return memory.f_bavail * memory.f_frsize // 4096

    def fill(self, pages_left):
        with open(self.ballast, "ab", buffering=0) as ballast:
            while (pages := self.free_pages()) > pages_left:
                ballast.write(bytes(4096) * min(pages - pages_left, 256))

    def relieve(self):
        self.ballast.unlink()
        self.write_at_most(1024)

    def remount(self):
        """What the kernel remembers goes; what the device has comes back."""
        self.files.unmount()
        self.files.mount()

    def has_given_up(self):
        """Whether the file system itself has ended writing, until it is mounted again."""
        try:
            (self.files.mount_point / "probe").touch()
        except OSError:
            return True
        return False

    def close(self):
        self.files.unmount()
        run("umount", self.memory)


def why_not(folder, make):
    """Empty if make(folder) mounts something, which is taken away again; or why it does not."""
    if os.geteuid() != 0:
        return "only root may mount"
    place = folder / "try"
    place.mkdir()
    try:
        made = make(place)
        (made.close if isinstance(made, ThinDevice) else made.unmount)()
    except (OSError, subprocess.CalledProcessError) as fault:
        detail = getattr(fault, "stderr", b"") or b""
        return f"no loop mounts here: {fault} {detail.decode('utf-8', 'replace').strip()}"
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return ""
