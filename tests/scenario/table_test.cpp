#include "clients/usherctl/table.h"

#include <gtest/gtest.h>

#include "clients/usherctl/stages.h"

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

TEST(StagesText, has_a_row_for_each_core_and_stage) {
    std::vector<protocol::StatusEntry> entries{{"shard 0", "seq", "9"}};
    for (const auto* scope : {"core 0", "core 1"})
        for (const auto* stage : {"read", "write"})
            for (const auto& [name, value] : {std::pair{"stamped", "12"},
                                              {"p50_ns", "1500"},
                                              {"p90_ns", "2000"},
                                              {"p99_ns", "30049"},
                                              {"max_ns", "1000000"}})
                entries.push_back({scope, std::string("stage_") + stage + "_" + name, value});
    entries.push_back({"core 1", "stage_sync_stamped", "0"});
    EXPECT_EQ(stages_text(entries, false),
              "core    stage  stamped  p50 µs  p90 µs  p99 µs  max µs\n"
              "core 0  read        12     1.5     2.0    30.0  1000.0\n"
              "core 0  write       12     1.5     2.0    30.0  1000.0\n"
              "core 1  read        12     1.5     2.0    30.0  1000.0\n"
              "core 1  write       12     1.5     2.0    30.0  1000.0\n"
              "core 1  sync         0       –       –       –       –\n");
}

}  // namespace
}  // namespace usher::ctl
