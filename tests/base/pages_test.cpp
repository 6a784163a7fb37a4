#include "base/pages.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace usher
