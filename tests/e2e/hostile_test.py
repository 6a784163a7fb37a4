"""What strangers may send: the daemon answers or closes, lives on, and serves everybody else."""

import os
import random
import struct
import unittest

import wire
from live import Daemon, route, temporary_directory

FRAME_BYTES_MAX = 256 * 1024


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = temporary_directory()
        cls.daemon = Daemon(cls.folder.__enter__() / "data", "--clock", "trace").start()
        cls.daemon.apply()
        cls.tickets = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.kill()
        cls.folder.__exit__(None, None, None)

    def assert_serves(self):
        """The daemon is the same process as ever, and a stranger's bytes changed nothing."""
        type(self).tickets += 1
        answer = self.daemon.send([route(self.tickets)])[0]
        self.assertEqual(answer.get("outcome"), "assigned", self.daemon.read_log()[-2000:])
        self.assertIsNone(self.daemon.process.poll())

    def answer_to(self, data):
        """What comes back to `data` and the end of the stream; that it closes is tested too."""
        with wire.Connection(self.daemon.port) as connection:
            connection.send(data)
            connection.finish()
            return connection.read_to_end()

    def test_garbage_of_many_kinds(self):
        table = {
            "nothing at all": b"",
            "one byte": b"\x00",
            "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "tls": bytes.fromhex("1603010200010001fc0303") + bytes(200),
            "zeros": bytes(4096),
            "ones": b"\xff" * 4096,
            "text": b"route T-1 to anna, please\n" * 50,
        }
        for name, data in table.items():
            with self.subTest(name):
                self.assertLessEqual(len(self.answer_to(data)), 4096)
        self.assert_serves()

    def test_random_bytes(self):
        seed = int(os.environ.get("USHER_SEED", random.randrange(1 << 32)))
        print(f"USHER_SEED={seed}")
        chance = random.Random(seed)
        for _ in range(200):
            self.answer_to(chance.randbytes(chance.randrange(1, 600)))
        self.assert_serves()

    def test_a_frame_cut_off_at_every_byte_of_its_header(self):
        whole = wire.frame(b"x" * 64)
        for length in range(len(whole)):
            self.assertEqual(self.answer_to(whole[:length]), b"", f"cut after {length} bytes")
        self.assert_serves()

    def test_headers_that_lie(self):
        payload = bytes(64)
        table = {
            "a wrong checksum": wire.frame(payload, checksum=1),
            "a version of tomorrow": wire.frame(payload, version=200),
            "a reply, sent by a client": wire.frame(payload, kind=wire.REPLY),
            "a kind that does not exist": wire.frame(payload, kind=77),
            "flags that do not exist": wire.frame(payload, flags=0xFFFF),
            "no payload": wire.frame(b""),
            "a batch of nothing": wire.batch([]),
            "a batch with reserved bits": wire.batch([(1, payload)], reserved=1),
            "a batch that is cut off": wire.frame(wire.batch([(1, payload)])[32:-16], kind=4),
            "more than a frame may hold": wire.frame(bytes(FRAME_BYTES_MAX + 16)),
            "four gigabytes announced": wire.frame(payload, length=0xFFFFFFFF),
            "a payload that is no request": wire.frame(bytes(64)),
        }
        for name, data in table.items():
            with self.subTest(name):
                answer = self.answer_to(data)
                self.assertLessEqual(len(answer), 4096)
        self.assert_serves()

    def test_flatbuffers_that_lie(self):
        """A right frame around offsets that point anywhere: refused, the connection in step."""
        seed = int(os.environ.get("USHER_SEED", random.randrange(1 << 32)))
        print(f"USHER_SEED={seed}")
        chance = random.Random(seed)
        with wire.Connection(self.daemon.port) as connection:
            for number in range(1, 301):
                size = chance.choice((4, 8, 16, 64, 256, 4096))
                payload = bytearray(chance.randbytes(size))
                root = chance.choice((0, 4, 8, size - 4, size, 1 << 31))
                struct.pack_into("<I", payload, 0, root)
                self.assertTrue(connection.send(wire.frame(bytes(payload), correlation=number)))
                reply = connection.read_reply()
                self.assertIsNotNone(reply, "the daemon closed after a frame that was in step")
                self.assertEqual(reply[0], number)
        self.assert_serves()

    def test_batches_that_lie(self):
        """Whatever is in them: refused by name, or each request answered, and the daemon lives."""
        seed = int(os.environ.get("USHER_SEED", random.randrange(1 << 32)))
        print(f"USHER_SEED={seed}")
        chance = random.Random(seed)
        alone = (1 << 40) + 99  # no changed byte makes it of a request's
        for _ in range(200):
            requests = [(number, chance.randbytes(chance.randrange(80)))
                        for number in range(chance.randrange(5))]
            good = wire.batch(requests)[wire.HEADER.size:]
            bad = bytearray(good)
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            with wire.Connection(self.daemon.port) as connection:
                connection.send(wire.frame(bytes(bad), kind=wire.BATCH, correlation=alone))
                connection.send(wire.frame(bytes(16), correlation=1))
                first = connection.read_reply()
                self.assertIsNotNone(first)
                if first[0] == alone:
                    self.assertEqual(connection.read_to_end(), b"")
        self.assert_serves()

    def test_a_batch_is_answered_request_by_request_and_one_of_too_many_once(self):
        with wire.Connection(self.daemon.port) as connection:
            connection.send(wire.batch([(number, bytes(16)) for number in range(1, 1025)]))
            for number in range(1, 1025):
                self.assertEqual(connection.read_reply()[0], number)
            connection.send(wire.batch([(5, bytes(16))] * 1025, correlation=7))
            connection.send(wire.frame(bytes(16), correlation=8))
            self.assertEqual(connection.read_reply()[0], 7)
            self.assertEqual(connection.read_reply()[0], 8)
        self.assert_serves()

    def test_an_oversized_frame_is_refused_and_the_next_one_served(self):
        with wire.Connection(self.daemon.port) as connection:
            connection.send(wire.frame(bytes(FRAME_BYTES_MAX + 4096), correlation=7))
            connection.send(wire.frame(bytes(16), correlation=8))
            self.assertEqual(connection.read_reply()[0], 7)
            self.assertEqual(connection.read_reply()[0], 8)
        self.assert_serves()

    def test_many_connections_that_say_nothing(self):
        silent = [wire.Connection(self.daemon.port) for _ in range(200)]
        try:
            self.assert_serves()
        finally:
            for connection in silent:
                connection.socket.close()


if __name__ == "__main__":
    unittest.main()
