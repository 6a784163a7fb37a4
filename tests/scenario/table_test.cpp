#include "clients/usherctl/table.h"

#include <gtest/gtest.h>

namespace usher::ctl {
namespace {

TEST(Table, columns_are_as_wide_as_their_widest_cell) {
    Table table({{"agent"}, {"load", Align::right}, {"verdict"}});
    table.add({"anna", "1", "eligible"});
    table.add({"christopher", "120", "away"});
    std::string out;
    table.append_to(out, false);
    EXPECT_EQ(out,
              "agent        load  verdict\n"
              "anna            1  eligible\n"
              "christopher   120  away\n");
}

TEST(Table, counts_characters_and_not_bytes) {
    Table table({{"key"}, {"n", Align::right}});
    table.add({"åäö", "1"});
    table.add({"abcd", "22"});
    std::string out;
    table.append_to(out, false);
    EXPECT_EQ(out,
              "key    n\n"
              "åäö    1\n"
              "abcd  22\n");
}

TEST(Table, paints_only_its_heading_and_only_when_asked) {
    Table table({{"a"}});
    table.add({"1"});
    std::string out;
    table.append_to(out, true);
    EXPECT_EQ(out, "\x1b[1ma\x1b[0m\n1\n");
}

}  // namespace
}  // namespace usher::ctl
