// The tables of transitions against two others who know: the date library (up to where the zone
// files' own tables end) and the C library (everywhere).
#include "roster/zones.h"

#include <date/tz.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <random>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

std::uint64_t seed() {
    const char* given = std::getenv("USHER_SEED");
    const std::uint64_t out =
        given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 0);
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(out));
    return out;
}

std::int64_t second_of(int year) {
    const date::sys_days day{date::year{year} / 1 / 1};
    return std::int64_t{day.time_since_epoch().count()} * 86'400;
}

std::int32_t offset_at(const engine::Zone& zone, std::int64_t second) {
    const auto after =
        std::upper_bound(zone.transitions.begin(), zone.transitions.end(), second,
                         [](std::int64_t at, const engine::Transition& t) { return at < t.at_s; });
    return (after - 1)->offset_s;
}

// Every place of the database by the names that people write.
std::vector<std::string> zone_names() {
    std::vector<std::string> out;
    for (const auto& zone : date::get_tzdb().zones) {
        const auto& name = zone.name();
        if (name != "localtime" && name != "posixrules" && name != "Factory") out.push_back(name);
    }
    return out;
}

TEST(Zones, EveryTableBeginsAtTheBeginningOfTimeAndGoesUpInSteps) {
    ZoneTables tables;
    for (const auto& name : zone_names()) {
        const auto number = tables.find(name);
        ASSERT_TRUE(number.exists()) << name;
        const auto& transitions = tables[number].transitions;
        ASSERT_FALSE(transitions.empty()) << name;
        EXPECT_EQ(transitions[0].at_s, std::numeric_limits<std::int64_t>::min()) << name;
        EXPECT_LT(transitions.back().at_s, second_of(2101)) << name;
        for (std::size_t i = 1; i < transitions.size(); ++i) {
            EXPECT_LT(transitions[i - 1].at_s, transitions[i].at_s) << name;
            EXPECT_NE(transitions[i - 1].offset_s, transitions[i].offset_s) << name;
        }
    }
}

TEST(Zones, AgreeWithTheDateLibraryUpToTheEndOfItsTables) {
    std::mt19937_64 random(seed());
    const auto names = zone_names();
    ZoneTables tables;
    std::uniform_int_distribution<std::int64_t> any_second(second_of(1900), second_of(2037) - 1);
    for (int i = 0; i < 20'000; ++i) {
        const auto& name = names[random() % names.size()];
        const auto second = any_second(random);
        const auto info =
            date::locate_zone(name)->get_info(date::sys_seconds{std::chrono::seconds{second}});
        ASSERT_EQ(offset_at(tables[tables.find(name)], second), info.offset.count())
            << name << " at " << second;
    }
}

class Zone {
  public:
    explicit Zone(const std::string& name) {
        setenv("TZ", (":" + name).c_str(), 1);
        tzset();
    }
    ~Zone() {
        unsetenv("TZ");
        tzset();
    }
    static std::int64_t offset_at(std::int64_t second) {
        const std::time_t at = second;
        std::tm local{};
        localtime_r(&at, &local);
        return local.tm_gmtoff;
    }
};

TEST(Zones, AgreeWithTheCLibraryInEveryYear) {
    std::mt19937_64 random(seed());
    ZoneTables tables;
    std::uniform_int_distribution<std::int64_t> any_second(second_of(1902), second_of(2101) - 1);
    for (const auto& name : zone_names()) {
        const Zone zone(name);
        const auto& table = tables[tables.find(name)];
        for (int i = 0; i < 200; ++i) {
            const auto second = any_second(random);
            ASSERT_EQ(offset_at(table, second), Zone::offset_at(second))
                << name << " at " << second;
        }
        // And around every change after the files' own tables.
        for (const auto& change : table.transitions) {
            if (change.at_s < second_of(2030)) continue;
            ASSERT_EQ(change.offset_s, Zone::offset_at(change.at_s))
                << name << " at " << change.at_s;
            ASSERT_NE(change.offset_s, Zone::offset_at(change.at_s - 1))
                << name << " at " << change.at_s;
        }
    }
}

// Rule 9.
TEST(Zones, OccurrencesAgreeWithTheDateLibrary) {
    std::mt19937_64 random(seed());
    const auto names = zone_names();
    ZoneTables tables;
    std::uniform_int_distribution<std::int64_t> any_second(second_of(1902), second_of(2036));
    std::uniform_int_distribution<std::int64_t> near(-7200, 7200);
    int gaps = 0;
    int folds = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto& name = names[random() % names.size()];
        const auto& table = tables[tables.find(name)];
        auto local = any_second(random);
        // Half of them close to a change of that zone.
        if (i % 2 == 0 && table.transitions.size() > 1) {
            const auto& change = table.transitions[1 + random() % (table.transitions.size() - 1)];
            if (change.at_s < second_of(2036)) local = change.at_s + change.offset_s + near(random);
        }
        const auto info =
            date::locate_zone(name)->get_info(date::local_seconds{std::chrono::seconds{local}});
        const auto first = local - info.first.offset.count();
        const bool twice = info.result == date::local_info::ambiguous;
        const auto last = twice ? local - info.second.offset.count() : first;
        const auto found = occurrences(table, local * 1000 + 5);
        ASSERT_EQ(found.first_ms, first * 1000 + 5) << name << " " << local;
        ASSERT_EQ(found.last_ms, last * 1000 + 5) << name << " " << local;
        gaps += info.result == date::local_info::nonexistent ? 1 : 0;
        folds += twice ? 1 : 0;
    }
    EXPECT_GT(gaps, 100);
    EXPECT_GT(folds, 100);
}

TEST(Zones, AreEachMadeOnceAndNumberedAsTheyAreAskedFor) {
    ZoneTables tables;
    EXPECT_EQ(tables.find("Europe/Oslo").value, 0U);
    EXPECT_FALSE(tables.find("Europe/Atlantis").exists());
    EXPECT_FALSE(tables.find("../../../etc/passwd").exists());
    EXPECT_EQ(tables.find("UTC").value, 1U);
    EXPECT_EQ(tables.find("Europe/Oslo").value, 0U);
    const auto zones = tables.take();
    ASSERT_EQ(zones.size(), 2U);
    EXPECT_EQ(zones[1], (engine::Zone{"UTC", {engine::Transition{}}}));
}

// The date library keeps what it has read; the rule of the years behind its table is ours to read.
TEST(Zones, OfWhichAFileCannotBeOpenedAreRefusedAndNotMadeUpWithoutTheirRule) {
    const auto find = [] { return ZoneTables{}.find("Europe/Stockholm").exists(); };
    ASSERT_TRUE(find());
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    const rlimit none{0, files.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const bool found = find();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
    EXPECT_FALSE(found);
    EXPECT_TRUE(find());
}

}  // namespace
}  // namespace usher::roster
