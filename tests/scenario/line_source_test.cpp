#include "clients/scenario/line_source.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "protocol/limits.h"

namespace usher::scenario {
namespace {

class LineSourceTest : public testing::Test {
  protected:
    LineSourceTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "usher-lines-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
    }
    ~LineSourceTest() override { std::filesystem::remove_all(folder_); }

    std::string plain(const std::string& content) {
        const auto path = (folder_ / "plain").string();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

    std::string gzipped(const std::string& content) {
        const auto path = (folder_ / "lines.gz").string();
        gzFile file = gzopen(path.c_str(), "wb");
        EXPECT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())),
                  static_cast<int>(content.size()));
        gzclose(file);
        return path;
    }

    static std::vector<std::string> all(const std::string& path) {
        auto source = LineSource::open(path);
        EXPECT_TRUE(source.has_value());
        std::vector<std::string> lines;
        while (true) {
            auto line = source->next();
            EXPECT_TRUE(line.has_value());
            if (!line || !*line) break;
            lines.emplace_back(**line);
            EXPECT_EQ(source->line_number(), lines.size());
        }
        return lines;
    }

    std::filesystem::path folder_;
};

using Lines = std::vector<std::string>;

TEST_F(LineSourceTest, gives_lines_without_their_ends) {
    EXPECT_EQ(all(plain("")), Lines{});
    EXPECT_EQ(all(plain("a\n\nb")), (Lines{"a", "", "b"}));
    EXPECT_EQ(all(plain("a\nb\n")), (Lines{"a", "b"}));
    EXPECT_EQ(all(plain("\n")), Lines{""});
}

TEST_F(LineSourceTest, reads_gzip_by_its_content) {
    EXPECT_EQ(all(gzipped("a\nb\n")), (Lines{"a", "b"}));
    EXPECT_EQ(all(gzipped("")), Lines{});
}

TEST_F(LineSourceTest, lines_cross_its_buffer_unharmed) {
    Lines expected;
    std::string content;
    for (std::size_t size = 1; size < 900'000; size = size * 3 + 1) {
        expected.emplace_back(size, static_cast<char>('a' + size % 26));
        content += expected.back() + "\n";
    }
    EXPECT_EQ(all(plain(content)), expected);
    EXPECT_EQ(all(gzipped(content)), expected);
}

TEST_F(LineSourceTest, cuts_a_line_that_no_request_can_have) {
    const auto lines = all(plain(std::string(3'000'000, 'x') + "\nnext\n"));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].size(), protocol::frame_bytes_ceiling + 1);
    EXPECT_EQ(lines[1], "next");
}

TEST_F(LineSourceTest, says_what_it_cannot_open) {
    auto missing = LineSource::open((folder_ / "missing").string());
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ExitCode::io);
    EXPECT_NE(missing.error().message.find("No such file"), std::string::npos);
    auto folder = LineSource::open(folder_.string());
    ASSERT_FALSE(folder.has_value());
    EXPECT_EQ(folder.error().code, ExitCode::io);
}

TEST_F(LineSourceTest, a_gzip_file_that_was_cut_off_is_a_fault_and_no_end) {
    std::string noise;
    for (unsigned i = 0; i < 20'000; ++i) noise += std::to_string(i * 2'654'435'761U) + "\n";
    const auto path = gzipped(noise);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    auto source = LineSource::open(path);
    ASSERT_TRUE(source.has_value());
    std::optional<Fault> fault;
    for (int i = 0; i < 30'000 && !fault; ++i) {
        auto line = source->next();
        if (!line) fault = line.error();
        if (line && !*line) break;
    }
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->code, ExitCode::data);
    EXPECT_NE(fault->message.find("damaged behind line"), std::string::npos);
}

TEST_F(LineSourceTest, knows_how_far_it_has_come) {
    std::string content;
    for (int i = 0; i < 100'000; ++i) content += "a line of some length\n";
    auto source = LineSource::open(plain(content));
    ASSERT_TRUE(source.has_value());
    for (int i = 0; i < 50'000; ++i) ASSERT_TRUE(source->next().has_value());
    EXPECT_NEAR(source->progress().value_or(-1), 0.5, 0.01);
}

}  // namespace
}  // namespace usher::scenario
