#include "bench/load/report.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

namespace usher::bench {
namespace {

Report sample() {
    Summary first;
    first.name = "floor";
    first.rate = {200'000, 190'000, 210'000};
    first.rate_ratio = {1, 1, 1};
    first.latency.record(5'000);
    first.replies = 10;
    Summary second = first;
    second.name = "written \"2\"";
    second.rate_ratio = {0.62, 0.6, 0.7};
    second.server_us = Spread{1.25, 1.2, 1.3};
    second.server_busy = Spread{0.9, 0.8, 1};
    second.server_waited = Spread{0.01, 0, 0.02};
    second.errors = 2;
    second.first_errors = {"route was answered with overloaded: slow down"};
    Report report;
    report.mode = "closed loop";
    report.comparison = {5, 1, {first, second}};
    report.figures = {{}, {{"daemon allocations", 12}, {"daemon cores", 0}}};
    return report;
}

TEST(ReportText, ShowsRatesRatiosLatenciesErrorsAndChangedFigures) {
    const auto text = report_text(sample());
    for (const auto* part :
         {"5 rounds, 1 dropped", "200000", "0.620 (0.600–0.700)", "1.25 µs", "5.00 µs",
          "2 wrong replies of 10", "slow down", "daemon allocations: +12"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    EXPECT_EQ(text.find("daemon cores"), std::string::npos) << "a figure that did not change";
}

TEST(ReportText, SaysTimesInThreeFigures) {
    EXPECT_EQ(span_text(999), "999 ns");
    EXPECT_EQ(span_text(1'234), "1.23 µs");
    EXPECT_EQ(span_text(45'678), "45.7 µs");
    EXPECT_EQ(span_text(123'456'789), "123 ms");
    EXPECT_EQ(span_text(2'500'000'000), "2.50 s");
}

TEST(ReportJson, IsOneValidObject) {
    const auto text = report_json(sample());
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto object = boost::json::parse(text).as_object();
    EXPECT_EQ(object.at("rounds").to_number<int>(), 5);
    const auto& second = object.at("servers").as_array().at(1).as_object();
    EXPECT_EQ(second.at("name").as_string(), "written \"2\"");
    EXPECT_DOUBLE_EQ(second.at("rate_ratio").at("median").as_double(), 0.62);
    EXPECT_DOUBLE_EQ(second.at("server_cpu_us").at("median").as_double(), 1.25);
    EXPECT_EQ(second.at("latency_ns").at("p50").to_number<int>(), 5'000);
    EXPECT_EQ(second.at("figures").at("daemon allocations").to_number<int>(), 12);
}

}  // namespace
}  // namespace usher::bench
