#include "net/log.h"

#include <gtest/gtest.h>

namespace usher::net::log {
namespace {

TEST(LogLine, ShowsPlainValuesAsTheyAre) {
    EXPECT_EQ(line_of("listening", {{"address", "127.0.0.1:7447"}, {"cores", 2}}),
              "listening address=127.0.0.1:7447 cores=2");
}

TEST(LogLine, CannotBeForgedByAValue) {
    EXPECT_EQ(line_of("x", {{"who", "a b=\"c\"\n<3>fake\x1b[0m"}}),
              "x who=\"a b=\\\"c\\\"\\x0a<3>fake\\x1b[0m\"");
    EXPECT_EQ(line_of("x", {{"who", "\xff\x7f\\"}}), "x who=\"\\xff\\x7f\\\\\"");
    EXPECT_EQ(line_of("x", {{"who", ""}}), "x who=\"\"");
}

TEST(LogLine, CutsALongValueAndSaysSo) {
    const auto line = line_of("x", {{"who", std::string(10'000, 'y')}});
    EXPECT_EQ(line, "x who=" + std::string(256, 'y') + "...");
}

TEST(LogLevel, IsReadByItsNameOnly) {
    EXPECT_EQ(level_of("debug"), Level::debug);
    EXPECT_EQ(level_of("warning"), Level::warning);
    EXPECT_FALSE(level_of("loud"));
}

}  // namespace
}  // namespace usher::net::log
