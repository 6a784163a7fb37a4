#include "base/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace usher {
namespace {

TEST(Pages, AreZeroAndCanBeWrittenToTheLastByte) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{4096}, (std::size_t{2} << 20U) - 1,
                                    std::size_t{2} << 20U, (std::size_t{5} << 20U) + 3}) {
        const auto pages = zeroed_pages(bytes);
        auto* begin = static_cast<unsigned char*>(pages.get());
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(begin) % 16, 0U);
        for (std::size_t at = 0; at < bytes; at += 509) ASSERT_EQ(begin[at], 0U) << bytes;
        ASSERT_EQ(begin[bytes - 1], 0U);
        std::memset(begin, 0xff, bytes);
    }
}

TEST(Pages, ComeOneByOneOrAreMissing) {
    constexpr std::size_t page = 4096;
    constexpr std::size_t bytes = (std::size_t{1} << 20U) + 5;
    for (const auto brought :
         {std::size_t{0}, std::size_t{3}, bytes / page + 1, bytes / page + 9}) {
        PagesToCome to_come{bytes};
        EXPECT_EQ(to_come.bytes(), bytes);
        for (std::size_t n = 0; n < brought; ++n) to_come.bring_one();
        EXPECT_EQ(to_come.present(), std::min(brought, bytes / page + 1) * page);
        const auto pages = to_come.take();
        EXPECT_EQ(to_come.bytes() + to_come.present(), 0U);
        auto* begin = static_cast<unsigned char*>(pages.get());
        EXPECT_TRUE(std::all_of(begin, begin + bytes, [](auto byte) { return byte == 0; }));
        std::memset(begin, 0xff, bytes);
    }
}

}  // namespace
}  // namespace usher
