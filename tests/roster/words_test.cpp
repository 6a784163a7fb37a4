// The small words of the room: text, distances, nesting, dates, hours, order.
#include <algorithm>
#include <chrono>

#include "roster/calendar.h"
#include "roster/hours.h"
#include "roster/order.h"
#include "roster/posix_zone.h"
#include "roster/suggest.h"
#include "roster/text.h"
#include "roster/unparsable.h"
#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

TEST(Text, TellsWellFormedUtf8FromBroken) {
    for (const auto* good : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_utf8(good)) << quote(good);
    }
    for (const auto* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF",
                            "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xFF", "a\xFE"}) {
        EXPECT_FALSE(is_utf8(bad)) << quote(bad);
    }
}

TEST(Text, QuotesWhatCannotBeShown) {
    EXPECT_EQ(quote("a\n\xFF\x7F"), "\"a\\x0A\\xFF\\x7F\"");
    EXPECT_EQ(quote("å"), "\"å\"");
    EXPECT_EQ(quote(std::string(200, 'x')), '"' + std::string(80, 'x') + "…\"");
}

TEST(Suggest, CountsSlipsOfEveryKind) {
    EXPECT_EQ(edit_distance("support", "support", 3), 0U);
    EXPECT_EQ(edit_distance("Support", "sUPPORT", 3), 0U);
    EXPECT_EQ(edit_distance("suport", "support", 3), 1U);
    EXPECT_EQ(edit_distance("supporrt", "support", 3), 1U);
    EXPECT_EQ(edit_distance("suppord", "support", 3), 1U);
    EXPECT_EQ(edit_distance("spuport", "support", 3), 1U);
    EXPECT_EQ(edit_distance("", "abc", 3), 3U);
    EXPECT_EQ(edit_distance("abc", "xyz", 3), 3U);
    EXPECT_EQ(edit_distance("abcd", "wxyz", 3), 4U) << "more than the limit is limit + 1";
    EXPECT_EQ(edit_distance("a", "abcdef", 3), 4U);
}

TEST(Suggest, TakesTheNearestAndStopsWithItsBudget) {
    std::uint64_t budget = 3;
    Nearest nearest("helpdsk", budget);
    nearest.consider("help");
    nearest.consider("helpdesks");
    nearest.consider("helpdesk");
    nearest.consider("helpdsk");
    EXPECT_EQ(nearest.best(), "helpdesk") << "the fourth was beyond the budget";
    EXPECT_EQ(nearest.hint("-"), "did you mean \"helpdesk\"?");
    EXPECT_EQ(budget, 0U);
}

TEST(Suggest, DoesNotSuggestWhatSharesNothing) {
    std::uint64_t budget = 100;
    Nearest nearest("x", budget);
    nearest.consider("y");
    nearest.consider("");
    EXPECT_EQ(nearest.hint("otherwise"), "otherwise");
}

TEST(Unparsable, IsWhatNestsTooDeepOutsideOfTextAndComments) {
    const std::string open(nesting_max, '[');
    const std::string parts = [] {
        std::string out = "a";
        for (std::uint32_t i = 1; i < key_parts_max; ++i) out += ".a";
        return out;
    }();
    const auto fits = [](const std::string& text) { return !find_unparsable(text).has_value(); };
    EXPECT_TRUE(fits("x = " + open));
    EXPECT_FALSE(fits("x = " + open + "["));
    EXPECT_FALSE(fits("x = " + open + "{"));
    EXPECT_TRUE(fits("x = " + open + "]["));
    EXPECT_TRUE(fits("[" + parts + "]\n" + parts + " = 1\n" + parts + " = 2\n"));
    EXPECT_FALSE(fits("[" + parts + ".a]"));
    EXPECT_FALSE(fits(parts + ". a = 1"));
    EXPECT_FALSE(fits("\"a.b\"." + parts + " = 1"));
    for (const auto* quote : {"\"", "'", "\"\"\"", "'''"}) {
        const auto in = [&](const std::string& text) { return "x = " + (quote + text) + quote; };
        EXPECT_TRUE(fits(in(open + open + parts + parts))) << quote;
        EXPECT_FALSE(fits(in("text") + "\ny = " + open + "[")) << quote;
        EXPECT_FALSE(fits(in("") + "\ny = " + open + "[")) << quote;
    }
    EXPECT_TRUE(fits("# " + open + open));
    EXPECT_FALSE(fits("# it's\nx = " + open + "["));
    EXPECT_FALSE(fits("x = \"a \\\" b\"\ny = " + open + "["));
    EXPECT_FALSE(fits("x = 'a \\'\ny = " + open + "["));
    EXPECT_FALSE(fits("x = \"\"\"a \" \\\"\"\" b\"\"\"\"\"\ny = " + open + "["));
    EXPECT_FALSE(fits("x = \"open\ny = " + open + "[")) << "a text ends with its line";
}

TEST(Unparsable, IsAHeaderThatDoesNotBeginWithAKey) {
    const auto taken = [](const std::string& text) { return !find_unparsable(text).has_value(); };
    for (const auto* good :
         {"[a]", "[[a]]", "[ a ]", "[[\t-_9]]", "['x']", "[[\"x\"]]", "[]", "[[]]", "[", "[[",
          "x = [\n!\n]", "# [!", "x = '''\n[!\n'''", "x = 1 [!", "\xEF\xBB\xBF[a]"}) {
        EXPECT_TRUE(taken(good)) << good;
    }
    for (const auto* bad :
         {"[!a]", "[[!a]]", "[\na]", "[ #a]", "\n\t [=", "[[\r\na]]", "[[[a]]]", "x = [1]\n[.a]",
          "x = '''\n'''\n[,", "[\xC3\xA5]", "[{a}]", "\xEF\xBB\xBF[!a]", "# a\r\n[!"}) {
        EXPECT_FALSE(taken(bad)) << bad;
    }
    const auto where = find_unparsable("[a]\n  [[ %]]");
    ASSERT_TRUE(where.has_value());
    EXPECT_EQ(where->line, 2U);
    EXPECT_EQ(where->column, 6U);
}

TEST(Unparsable, DoesNotReachTheParser) {
    for (const auto* text : {"[!a]", "[\na]", "[[.b]]"}) {
        const auto parsed = parse_one(text);
        ASSERT_EQ(parsed.problems.size(), 1U) << text;
        EXPECT_EQ(parsed.problems[0].message, "a table's header has no key");
    }
}

// toml++ 3.3 runs off the end of is_non_ascii_horizontal_whitespace() for U+00A1 to U+0499, U+2C5E
// to U+3057 and U+FB26 to U+FEFE. Found by the fuzzer.
TEST(Unparsable, IsALetterWhereTheParserWouldAskWhetherItIsABlank) {
    const auto taken = [](const std::string& text) { return !find_unparsable(text).has_value(); };
    for (const std::string it : {"é", "ж", "、", "\uFB50", "\u00A0", "\xFF"}) {
        for (const auto& bad :
             {it, "[a]\n" + it + " = 1", "[a" + it + "]", "x =" + it + "1", "x = 1 " + it,
              "x = -\"" + it + "\"", "x = [1'" + it + "']", "x = [\"a\"\"" + it + "\"]",
              "x = \"\"\"a\\" + it + "\"\"\"", "x = \"\"\"a \\ \r\n \n\t" + it + "\"\"\""}) {
            EXPECT_FALSE(taken(bad)) << bad;
            EXPECT_FALSE(parse_one(bad).definition.has_value()) << bad;
        }
        for (const auto& good :
             {"# " + it, "x = '" + it + "'", "x=[\"" + it + "\",'" + it + "']",
              "a.\"" + it + "\"=1", "\"" + it + "\" = 1", "x = \"\"\"" + it + "\"\"\"",
              "x = \"\"\"\\\n a" + it + "\"\"\"", "x = '''\\" + it + "'''",
              "x = '''\\\n" + it + "'''", "x = \"\"\"\\\n\"\"\" # " + it, "x = \"\\" + it + "\""}) {
            EXPECT_TRUE(taken(good)) << good;
            parse_one(good);  // must come back
        }
    }
    const auto where = find_unparsable("é = 1");
    ASSERT_TRUE(where.has_value());
    EXPECT_EQ(where->line, 1U);
    EXPECT_EQ(where->column, 1U);
}

TEST(Unparsable, SaysWhereItIsNestedTooDeep) {
    const auto deep = find_unparsable("# é\nx = \"é\" " + std::string(nesting_max + 1, '['));
    ASSERT_TRUE(deep.has_value());
    EXPECT_EQ(deep->line, 2U);
    EXPECT_EQ(deep->column, 9U + nesting_max);
}

TEST(Calendar, KnowsDates) {
    EXPECT_EQ(parse_day("1970-01-01"), 0);
    EXPECT_EQ(parse_day("2024-02-29"), 19782);
    EXPECT_EQ(parse_day("1969-12-31"), -1);
    for (const auto* bad : {"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01",
                            "2026/01/01", "2026-01-01 ", "02026-01-01", "20a6-01-01"}) {
        EXPECT_EQ(parse_day(bad), std::nullopt) << bad;
    }
}

TEST(Calendar, KnowsLocalTimes) {
    EXPECT_EQ(parse_local_time("1970-01-01T00:00"), 0);
    EXPECT_EQ(parse_local_time("1970-01-02 01:02:03"), 90'123'000);
    EXPECT_EQ(parse_local_time("1970-01-01T00:00:00.1239"), 123);
    EXPECT_EQ(parse_local_time("1969-12-31T23:59:59.5"), -500);
    for (const auto* bad : {"1970-01-01", "1970-01-01T24:00", "1970-01-01T00:60",
                            "1970-01-01T00:00:60", "1970-01-01T00:00Z", "1970-01-01T00:00+01:00",
                            "1970-01-01T00:00:00.", "1970-01-01T00:00:", "1970-01-01T0:00",
                            "1970-01-01x00:00", "1970-01-01T00:00:00.1x", "1970-01-01T00:00:0"}) {
        EXPECT_EQ(parse_local_time(bad), std::nullopt) << bad;
    }
}

engine::DailySpan span_of(std::string_view line) {
    const auto parsed = parse_hours(line);
    const auto* span = std::get_if<engine::DailySpan>(&parsed);
    EXPECT_NE(span, nullptr) << line << ": " << std::get<HoursFault>(parsed).message;
    return span == nullptr ? engine::DailySpan{} : *span;
}

TEST(Hours, KnowDaysRangesAndLists) {
    EXPECT_EQ(span_of("mon 09:00-17:00"), (engine::DailySpan{0x01, 540, 1020}));
    EXPECT_EQ(span_of("mon-fri 09:00-17:00"), (engine::DailySpan{0x1F, 540, 1020}));
    EXPECT_EQ(span_of("sat-mon 00:00-24:00"), (engine::DailySpan{0x61, 0, 1440}));
    EXPECT_EQ(span_of("sun,tue-thu,sun  22:30-06:00"), (engine::DailySpan{0x4E, 1350, 360}));
    EXPECT_EQ(span_of("mon-sun 00:00-00:00"), (engine::DailySpan{0x7F, 0, 0}));
    EXPECT_EQ(span_of("tue-tue 23:59-00:01"), (engine::DailySpan{0x02, 1439, 1}));
}

TEST(Hours, AWrappingRangeThatEndsTheDayBeforeIsEveryDay) {
    EXPECT_EQ(span_of("wed-tue 08:00-09:00").weekdays, 0x7F);
}

TEST(Order, OneThatJumpsIsTheOnlyOneThatMoved) {
    EXPECT_EQ(moved({}), std::vector<bool>{});
    EXPECT_EQ(moved({0, 1, 2, 3}), (std::vector<bool>{false, false, false, false}));
    EXPECT_EQ(moved({3, 0, 1, 2}), (std::vector<bool>{true, false, false, false}));
    EXPECT_EQ(moved({1, 2, 3, 0}), (std::vector<bool>{false, false, false, true}));
    EXPECT_EQ(std::ranges::count(moved({5, 4, 3, 2, 1, 0}), true), 5);
}

TEST(PosixZone, KnowsEveryWayToNameADay) {
    const auto seconds_of = [](int year, unsigned month, unsigned day) {
        const std::chrono::sys_days date{std::chrono::year{year} / static_cast<int>(month) /
                                         static_cast<int>(day)};
        return std::int64_t{date.time_since_epoch().count()} * 86'400;
    };
    const auto berlin = parse_posix_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    ASSERT_TRUE(berlin.has_value());
    EXPECT_EQ(berlin->transitions(2050)[0],
              (engine::Transition{seconds_of(2050, 3, 27) + 3600, 7200}));
    EXPECT_EQ(berlin->transitions(2050)[1],
              (engine::Transition{seconds_of(2050, 10, 30) + 3600, 3600}));

    const auto days = parse_posix_zone("<-03>3<-02>2:30,J60/1:30:15,300/-1");
    ASSERT_TRUE(days.has_value());
    EXPECT_EQ(days->transitions(2048)[0],
              (engine::Transition{seconds_of(2048, 3, 1) + 10'800 + 5415, -9000}));
    EXPECT_EQ(days->transitions(2048)[1],
              (engine::Transition{seconds_of(2048, 10, 27) + 9000 - 3600, -10'800}));
}

TEST(PosixZone, RefusesWhatIsNoRuleWithSummerTime) {
    for (const auto* bad :
         {"", "UTC0", "CET-1", "CET", "C-1CEST,M3.5.0,M10.5.0", "CET-1CEST", "CET-1CEST,M3.5.0",
          "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M1.1.0", "CET-1CEST,M3.5.7,M10.5.0",
          "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1", "CET-1CEST,J400,J1", "CET-1CEST,M3.5,M10.5.0"}) {
        EXPECT_FALSE(parse_posix_zone(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace usher::roster
