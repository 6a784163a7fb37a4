#include "tests/cases/match.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace usher::cases {
namespace {

std::optional<std::string> mismatch_of(std::string_view expected, std::string_view got) {
    return mismatch(boost::json::parse(expected), boost::json::parse(got));
}

TEST(CaseMatch, an_answer_may_say_more_than_is_expected) {
    EXPECT_EQ(mismatch_of(R"({})", R"({"a": 1})"), std::nullopt);
    EXPECT_EQ(mismatch_of(R"({"a": {"b": 1}})", R"({"a": {"b": 1, "c": 2}, "d": 3})"),
              std::nullopt);
    EXPECT_EQ(mismatch_of(R"({"a": [{"b": 1}]})", R"({"a": [{"b": 1, "c": 2}]})"), std::nullopt);
}

TEST(CaseMatch, comments_expect_nothing) {
    EXPECT_EQ(mismatch_of(R"({"_why": "because"})", R"({})"), std::nullopt);
}

TEST(CaseMatch, says_what_differs_and_where) {
    EXPECT_EQ(mismatch_of(R"({"a": 1})", R"({"a": 2})"), "a: expected 1, got 2");
    EXPECT_EQ(mismatch_of(R"({"a": 1})", R"({})"), "a: expected 1, got nothing");
    EXPECT_EQ(mismatch_of(R"({"a": {"b": true}})", R"({"a": {"b": false}})"),
              "a.b: expected true, got false");
    EXPECT_EQ(mismatch_of(R"({"a": "1"})", R"({"a": 1})"), "a: expected \"1\", got 1");
}

TEST(CaseMatch, lists_are_compared_whole_and_in_order) {
    EXPECT_EQ(mismatch_of(R"({"a": ["1"]})", R"({"a": ["1", "2"]})"),
              R"(a: expected ["1"], got ["1","2"])");
    EXPECT_EQ(mismatch_of(R"({"a": ["1", "2"]})", R"({"a": ["2", "1"]})"),
              R"(a[0]: expected "1", got "2")");
    EXPECT_EQ(mismatch_of(R"({"a": []})", R"({"a": {}})"), "a: expected [], got {}");
}

}  // namespace
}  // namespace usher::cases
