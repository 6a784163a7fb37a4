"""Frames by hand, right and wrong: a second, tiny description of docs/protocol.md for tests that
must send what no client of ours would send."""

import ctypes
import ctypes.util
import socket
import struct

HEADER = struct.Struct("<IIBBHIQQ")
VERSION, REQUEST, REPLY, BATCH = 1, 1, 2, 4

_xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
_xxhash.XXH3_64bits.restype = ctypes.c_uint64
_xxhash.XXH3_64bits.argtypes = (ctypes.c_char_p, ctypes.c_size_t)


def frame(payload, correlation=1, version=VERSION, kind=REQUEST, flags=0, length=None,
          checksum=None):
    """A frame with whatever is asked for put in wrongly; a right checksum unless one is given."""
    length = len(payload) if length is None else length
    rest = HEADER.pack(length, 0, version, kind, flags, 0, correlation, 0)[8:] + payload
    if checksum is None:
        checksum = _xxhash.XXH3_64bits(rest, len(rest)) & 0xFFFFFFFF
    return struct.pack("<II", length, checksum) + rest


def batch(requests, correlation=0, reserved=0, **wrong):
    """A frame of several requests, each (correlation, payload)."""
    items = b"".join(struct.pack("<IIQ", len(payload), reserved, number) + payload +
                     bytes(-len(payload) % 16) for number, payload in requests)
    return frame(items, correlation=correlation, kind=BATCH, **wrong)


class Connection:
    def __init__(self, port, seconds=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False if the daemon has closed already: it may, while we still write."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def finish(self):
        """No more from us; the daemon sees the end of the stream."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def read_to_end(self, bytes_max=1 << 20):
        """What the daemon still says until it closes; raises TimeoutError if it does not close."""
        received = b""
        while len(received) < bytes_max:
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
        return received

    def read_reply(self):
        """(correlation, payload) of one frame, its checksum checked; None at the end."""
        head = self.read_exactly(HEADER.size)
        if head is None:
            return None
        length, checksum, version, kind, _, _, correlation, _ = HEADER.unpack(head)
        payload = self.read_exactly(length)
        rest = head[8:] + payload
        assert checksum == _xxhash.XXH3_64bits(rest, len(rest)) & 0xFFFFFFFF, "a wrong checksum"
        assert (version, kind) == (VERSION, REPLY), (version, kind)
        return correlation, payload

    def read_exactly(self, count):
        received = b""
        while len(received) < count:
            piece = self.socket.recv(count - len(received))
            if not piece:
                return None
            received += piece
        return received
