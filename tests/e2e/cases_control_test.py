"""The runner of cases must be able to say no."""

import unittest

from cases import lacking


class Comparison(unittest.TestCase):
    def test_what_is_said_may_be_more_than_what_is_expected(self):
        self.assertIsNone(lacking({"a": 1, "_why": "so"}, {"a": 1, "b": 2}))
        self.assertIsNone(lacking({"load": {"email": 1}}, {"load": {"email": 1, "calling": 0}}))
        self.assertIsNone(lacking({}, {"reject": "bad_field"}))

    def test_what_differs_is_told(self):
        table = [
            ({"outcome": "assigned"}, {"outcome": "team"}), ({"agent": "a"}, {}),
            ({"load": {"email": 1}}, {"load": {"email": 2}}), ({"tickets": ["1"]}, {"tickets": []}),
            ({"tickets": ["1", "2"]}, {"tickets": ["2", "1"]}), ({"open": True}, {"open": 1}),
            ({"load": {"email": 1}}, {"load": 1}),
        ]
        for expected, answer in table:
            self.assertIsNotNone(lacking(expected, answer), (expected, answer))


if __name__ == "__main__":
    unittest.main()
